import type { Decision } from "../../../src/policy/decision.ts";
import type { planReview } from "../../../src/policy/plan.ts";
import { type Finding, worstOutcome } from "../../../src/registry/finding.ts";
import { judge } from "../../../src/rules/verdict.ts";
import type { RegistryBuilder } from "./registry.ts";

/** What comments, checks and plans are made from. */
export type ReviewStory = Parameters<typeof planReview>[0];

/** A decision about a pull request, with the rules' own findings unless others are given. */
export function story(
  world: RegistryBuilder,
  decision: Decision,
  { findings, ...more }: Partial<ReviewStory> & { readonly findings?: readonly Finding[] } = {},
): ReviewStory {
  const { input } = world;
  const verdict = findings === undefined ? judge(input) : { outcome: worstOutcome(findings), findings };
  return {
    input,
    verdict,
    decision,
    headSha: "c0ffee".padEnd(40, "0"),
    merged: false,
    serverUrl: "https://github.com",
    docsUrl: "https://docs.example/docs",
    number: 7,
    baseSha: "ba5e".padEnd(40, "0"),
    checkIdentity: "7:digest",
    ownBranch: null,
    grouped: false,
    ...more,
  };
}

/** One of each kind. */
export const decisions: { readonly [Kind in Decision["kind"]]: Decision & { readonly kind: Kind } } = {
  "not-ours": { kind: "not-ours", reason: "It touches no record.", harmless: true },
  misconfigured: { kind: "misconfigured", problems: [".github/registrar.yml: unknown key."] },
  merge: { kind: "merge", approve: true, liftedBy: null },
  ready: { kind: "ready", because: "draft" },
  stopped: { kind: "stopped", by: "mia" },
  outdated: { kind: "outdated", because: "base-moved", rebuild: false },
  duplicate: { kind: "duplicate", of: 3 },
  blocked: { kind: "blocked" },
  wait: { kind: "wait", until: "2026-03-01T12:05:00.000Z" },
  "ask-maintainers": { kind: "ask-maintainers", liftable: true },
};
