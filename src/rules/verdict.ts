import { createHash } from "node:crypto";
import { applyChange, type RecordChange } from "../registry/change.ts";
import { errorMessage } from "../registry/errors.ts";
import { type Finding, type Outcome, outcomes, worstOutcome } from "../registry/finding.ts";
import { quoted } from "../registry/plain-text.ts";
import { rules as allRules } from "./index.ts";
import { evidenceKey, findingOf, type RecordSubject, type ReviewInput, type Rule, type Said } from "./rule.ts";

/** All findings of one head commit under one set of inputs, worst first. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

/** Judges a change. Total: a rule that crashes or says nothing becomes a `retry` on us, never a pass. */
export function judge(input: ReviewInput, rules: readonly Rule[] = allRules): Verdict {
  const subjects = input.change.records.map((change) => subjectOf(change, input));
  const findings = rules.flatMap((rule) => runRule(rule, input, subjects));
  return { outcome: worstOutcome(findings), findings: sortFindings(findings) };
}

function subjectOf(change: RecordChange, input: ReviewInput): RecordSubject {
  const tip = input.tips[change.path] ?? null;
  return { change, tip, applied: applyChange(change, tip) };
}

function runRule(rule: Rule, input: ReviewInput, subjects: readonly RecordSubject[]): Finding[] {
  switch (rule.per) {
    case "pull-request":
      return answer(rule, { path: "" }, () => rule.check(input));
    case "file":
      return touchedFiles(input).flatMap((file) => answer(rule, { path: file.path }, () => rule.check(file, input)));
    case "record":
      return subjects.flatMap((subject) =>
        answer(rule, { path: subject.change.path }, () => rule.check(subject, input)),
      );
    case "version":
      return subjects.flatMap((subject) =>
        judgedEntries(subject.change).flatMap((entry) => {
          const { path } = subject.change;
          const evidence = input.evidence[evidenceKey(path, entry.version)] ?? null;
          return answer(rule, { path, version: entry.version }, () =>
            rule.check({ ...subject, entry, evidence }, input),
          );
        }),
      );
  }
}

/** Only what the change adds or alters is judged by version; removals are the record's business. */
export const judgedEntries = (change: RecordChange) => [
  ...change.added,
  ...change.altered.map((altered) => altered.after),
];

const touchedFiles = ({ change }: ReviewInput) => [
  ...change.keys,
  ...change.misplaced,
  ...change.others,
  ...(change.configuration === null ? [] : [change.configuration]),
];

function answer(rule: Rule, place: { path: string; version?: string }, check: () => readonly Said[]): Finding[] {
  let said: readonly Said[];
  try {
    said = check();
  } catch (error) {
    const message = `The rule could not be evaluated: ${quoted(errorMessage(error))}. This is not your fault.`;
    said = [{ outcome: "retry", message }];
  }
  if (said.length === 0) said = [{ outcome: "retry", message: "The rule gave no answer. This is not your fault." }];
  return said.map((one) => findingOf(rule, one, place));
}

/** Worst first, then in the order of the rules. */
function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const rank = (finding: Finding) => outcomes.indexOf(finding.outcome);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

/** SHA-256 of what was judged: the same inputs give the same digest; the time of judging plays no part. */
export function digestInputs(headSha: string, input: ReviewInput): string {
  const { now: _now, evidence, ...rest } = input;
  const timeless = Object.fromEntries(
    Object.entries(evidence).map(([key, { readAt: _readAt, ...facts }]) => [key, facts]),
  );
  return createHash("sha256")
    .update(JSON.stringify({ headSha, ...rest, evidence: timeless }))
    .digest("hex");
}
