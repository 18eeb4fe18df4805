import { expect } from "vitest";
import { decide } from "../../../src/policy/decision.ts";
import { planReview } from "../../../src/policy/plan.ts";
import { type Finding, worstOutcome } from "../../../src/registry/finding.ts";
import { judge } from "../../../src/rules/verdict.ts";
import type { RegistryBuilder } from "../../support/builders/registry.ts";
import { story } from "../../support/builders/story.ts";
import { cpuMsOf } from "../../support/cpu-time.ts";

/** What one hostile thing has to end in: a finding of this code whose message names what is wrong. */
export interface Expected {
  readonly code: string;
  readonly outcome?: Finding["outcome"];
  readonly says: RegExp;
}

/** Most that the findings of one pull request, and all that is written about it, may come to, in characters. */
const longestMessage = 5_000;
const longestPlan = 2_000_000;

/**
 * Judges, decides and plans a pull request as the app does. It must end in the expected finding, never in a merge, and in
 * words: bounded, without control or bidirectional characters, in under a second, and no rule may crash.
 */
export async function expectExplained(world: RegistryBuilder, expected: Expected): Promise<readonly Finding[]> {
  const { input } = world;
  let findings: readonly Finding[] = [];
  let plan = "";
  let decision = "";
  const ms = await cpuMsOf(() => {
    const verdict = judge(input);
    findings = verdict.findings;
    const decided = decide(verdict, { ...calm, byRegistrar: input.byRegistrar });
    decision = decided.kind;
    plan = JSON.stringify(planReview(story(world, decided, { findings })));
  });
  expect(ms).toBeLessThan(1_000);
  expect(decision).not.toBe("merge");
  expect(worstOutcome(findings)).not.toBe("pass");
  for (const { message, next = "" } of findings) {
    expect(message).not.toMatch(/could not be evaluated|no answer/);
    expect(message.length + next.length).toBeLessThan(2 * longestMessage);
    expect(message + next).not.toMatch(odd);
  }
  expect(plan.length).toBeLessThan(longestPlan);
  const { code, outcome = "fail", says } = expected;
  const found = findings.filter((finding) => finding.code === code && finding.outcome === outcome);
  expect(found.map(({ message }) => message).join("\n"), `${outcome} ${code}`).toMatch(says);
  expect(found.every((finding) => finding.outcome !== "fail" || (finding.next ?? "") !== "")).toBe(true);
  return findings;
}

/** Controls and format characters: what a terminal obeys, or what hides and turns other text. */
export const odd = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Nothing else keeps a right pull request from being merged. */
const calm = {
  notOurs: null,
  configurationProblems: [],
  draft: false,
  paused: false,
  haltedBy: null,
  stoppedBy: null,
  outdated: null,
  duplicateOf: null,
  approvedBy: null,
} as const;

/** `{"a":{"a":…1…}}` */
export const nested = (levels: number, open = '{"a":', close = "}"): string =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;
