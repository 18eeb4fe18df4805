import { createHash } from "node:crypto";
import { applyChange, type RecordChange, type TouchedFile } from "../registry/change.ts";
import { errorMessage } from "../registry/errors.ts";
import { type Finding, type Outcome, outcomes, worstOutcome } from "../registry/finding.ts";
import { quoted } from "../registry/plain-text.ts";
import type { RecordEntry } from "../registry/record.ts";
import { rules as allRules } from "./index.ts";
import {
  evidenceKey,
  findingOf,
  type ProviderVersionSubject,
  type RecordSubject,
  type ReviewInput,
  type Rule,
  type Said,
  type VersionSubject,
} from "./rule.ts";

/** All findings of one head commit under one set of inputs, worst first. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

/** Judges a change. Total: a rule that crashes or says nothing becomes a `retry` on us, never a pass. */
export function judge(input: ReviewInput, rules: readonly Rule[] = allRules): Verdict {
  const subjects = input.change.records.map((change) => subjectOf(change, input));
  const findings = rules.flatMap((rule) => runRule(rule, input, subjects));
  if (!input.evidenceRead && !findings.some(isStopping)) findings.push(...unverified(rules, subjects));
  return { outcome: worstOutcome(findings), findings: sortFindings(findings) };
}

/** Whether this alone keeps a change from being merged, whatever anybody approves. */
const isStopping = ({ outcome, liftable }: Finding): boolean =>
  outcome === "fail" || (outcome === "hold" && liftable !== true);

/** Rules that were not asked have not passed, and no approval stands in for them. */
function unverified(rules: readonly Rule[], subjects: readonly RecordSubject[]): Finding[] {
  const silent = rules.filter((rule) => "upstream" in rule && rule.upstream === true);
  return subjects
    .filter(({ change }) => judgedEntries(change).length > 0)
    .flatMap(({ change }) =>
      silent
        .filter((rule) => isAbout(rule, change))
        .map((rule) =>
          findingOf(rule, { outcome: "retry", message: "Upstream has not been read." }, { path: change.path }),
        ),
    );
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
    case "provider-version":
      if (rule.upstream === true && !input.evidenceRead) return [];
      return subjects.flatMap((subject) =>
        judgedEntries(subject.change).flatMap((entry) => {
          const one = versionSubject(subject, entry, input);
          const place = { path: subject.change.path, version: entry.version };
          if (rule.per === "version") return answer(rule, place, () => rule.check(one, input));
          return isOfProvider(one) ? answer(rule, place, () => rule.check(one, input)) : [];
        }),
      );
  }
}

/** Evidence of the other kind is none. */
function versionSubject(subject: RecordSubject, entry: RecordEntry, input: ReviewInput): VersionSubject {
  const { path, address } = subject.change;
  const evidence = input.evidence[evidenceKey(path, entry.version)];
  return { ...subject, entry, evidence: evidence?.kind === address.kind ? evidence : null };
}

const isOfProvider = (subject: VersionSubject): subject is ProviderVersionSubject =>
  subject.change.address.kind === "provider";

const isAbout = (rule: Rule, { address }: RecordChange): boolean =>
  rule.per !== "provider-version" || address.kind === "provider";

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

/**
 * SHA-256 of what was judged: the same inputs give the same digest; when and in which order they were read plays no part.
 * Texts go in by their own hash, since one pull request may hold many megabytes of them.
 */
export function digestInputs(headSha: string, input: ReviewInput): string {
  const { now: _now, change, evidence, tips, keys, ...rest } = input;
  const timeless = Object.entries(evidence).map(([key, { readAt: _readAt, ...facts }]) => [key, facts] as const);
  const file = ({ path, before, after, mode }: TouchedFile) => ({
    path,
    before: hash(before),
    after: hash(after),
    mode,
  });
  const record = ({ path, before, after, mode }: RecordChange) =>
    file({ path, before: before?.text ?? null, after: after?.text ?? null, mode });
  const judged = {
    headSha,
    ...rest,
    records: change.records.map(record),
    files: touchedFiles(input).map(file),
    tips: byKey(Object.entries(tips).map(([path, tip]) => [path, hash(tip?.text ?? null)] as const)),
    keys: byKey(Object.entries(keys)),
    evidence: byKey(timeless),
  };
  return hash(JSON.stringify(judged)) ?? "";
}

/** SHA-256 of what findings say, in whatever order: another word, another place or one more makes it another one. */
export function digestFindings(findings: readonly Finding[]): string {
  const said = findings.map(({ code, outcome, path, version, pointer, message }) =>
    JSON.stringify([code, outcome, path, version ?? null, pointer ?? null, message]),
  );
  return hash(JSON.stringify(said.sort())) ?? "";
}

/**
 * What an approval answers: the inputs, and which holds they led to. Rules may say more of the same inputs after an update
 * of Registrar, and nobody has approved that.
 */
export function digestVerdict(inputs: string, { findings }: Verdict): string {
  const holds = findings.filter(({ outcome }) => outcome === "hold");
  const places = holds.map(({ code, path, version = "", pointer = "", liftable = false }) =>
    JSON.stringify([code, path, version, pointer, liftable]),
  );
  return hash(JSON.stringify([inputs, ...places.toSorted()])) ?? "";
}

const hash = (text: string | null): string | null =>
  text === null ? null : createHash("sha256").update(text).digest("hex");

const byKey = <T>(entries: readonly (readonly [string, T])[]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
