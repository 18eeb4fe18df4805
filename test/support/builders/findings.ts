import type { Finding } from "../../../src/registry/finding.ts";
import type { Rule } from "../../../src/rules/rule.ts";
import { judge } from "../../../src/rules/verdict.ts";
import type { RegistryBuilder } from "./registry.ts";

/** What one rule alone says about a pull request. */
export const findingsOf = (rule: Rule, world: RegistryBuilder): readonly Finding[] =>
  judge(world.input, [rule]).findings;

/** The same as short texts, to compare whole answers: `fail`, `hold liftable`, `pass`, `notice`. */
export const outcomesOf = (rule: Rule, world: RegistryBuilder): readonly string[] => findingsOf(rule, world).map(label);

export function label(finding: Finding): string {
  if (finding.outcome === "hold") return finding.liftable === true ? "hold liftable" : "hold";
  return finding.notice === true ? "notice" : finding.outcome;
}

/** A finding for tests of policy, where its content plays no part. */
export const finding = (outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding => ({
  code: "some-rule",
  outcome,
  path: "providers/acme/dns.json",
  message: "Something was found.",
  ...(outcome === "hold" ? { liftable: true } : {}),
  ...more,
});
