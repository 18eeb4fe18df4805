import type { ReviewInput, Rule, Said } from "../../src/rules/rule.ts";
import { listedRules } from "./rule-exports.ts";

// Loaded before every test file of a mutation run, and by nothing else: breaks the one rule that the run is about.
const name = process.env.REGISTRAR_BROKEN_RULE ?? "";
if (name !== "") {
  const found = listedRules().find((listed) => listed.name === name);
  if (found === undefined) throw new Error(`No rule is called ${name}.`);
  breakRule(found.rule);
}

/** From now on the rule passes what it objected to. What it passes anyway keeps its words, or any test of those would notice. */
function breakRule(rule: Rule): void {
  const check = rule.check as (subject: unknown, input: ReviewInput) => readonly Said[];
  const broken = (subject: unknown, input: ReviewInput): readonly Said[] => {
    const said = check(subject, input);
    return said.every(({ outcome }) => outcome === "pass") ? said : [{ outcome: "pass", message: "All is well." }];
  };
  (rule as { check: typeof broken }).check = broken;
}
