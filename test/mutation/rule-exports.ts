import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pushRules, rules } from "../../src/rules/index.ts";
import type { Rule } from "../../src/rules/rule.ts";

/** One rule that is asked, by the name under which the list has it: its code, and its place among those of one code. */
export interface ListedRule {
  /** `scope`, and `record-place:2` for the second rule of one code. */
  readonly name: string;
  readonly rule: Rule;
}

/** Every rule that a review asks, and every one that only a push asks. Read from the lists, so that no rule is forgotten. */
export function listedRules(): readonly ListedRule[] {
  const seen = new Map<string, number>();
  return [...new Set([...rules, ...pushRules])].map((rule) => {
    const times = (seen.get(rule.code) ?? 0) + 1;
    seen.set(rule.code, times);
    return { name: times === 1 ? rule.code : `${rule.code}:${times}`, rule };
  });
}

/** Folders of tests that can notice a rule which judges nothing any more; only pure ones, so that a run takes seconds. */
export const noticing: readonly string[] = ["test/rules/", "test/scenarios/recorded.test.ts", "test/hostile/corpus/"];

/** The test file that is about a rule, where there is one: asked first. */
export function ownTest(root: string, { code }: Rule): string | undefined {
  return readdirSync(join(root, "test/rules")).find((name) => name === `${code}.test.ts`);
}
