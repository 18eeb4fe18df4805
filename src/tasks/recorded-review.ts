import type { ApprovalFacts } from "../policy/approval.ts";
import { type Change, compareTrees, type TouchedFile } from "../registry/change.ts";
import { parseRecord, type RegistryRecord } from "../registry/record.ts";
import { roleOf } from "../registry/tree.ts";
import { rulesFor } from "../rules/index.ts";
import type { ReviewInput } from "../rules/rule.ts";
import { digestInputs, judge } from "../rules/verdict.ts";
import { checkIdentity } from "./read-approvals.ts";
import type { CommandFacts } from "./read-commands.ts";
import type { ReviewFacts } from "./read-review.ts";
import { decideReview, type Review } from "./review-pull-request.ts";

/**
 * Everything that was read about one pull request, and what came of it, as files of a folder: names that begin with `_`
 * hold what was read, the others what follows from it. Texts are lists of lines, so that people can compare two of them.
 */
export type Recording = Readonly<Record<RecordedFile, string>>;

export const inputFiles = ["_pull-request.json", "_files.json", "_evidence.json", "_circumstances.json"] as const;
export const expectedFiles = ["verdict.json", "decision.json", "plan.json"] as const;
type RecordedFile = (typeof inputFiles)[number] | (typeof expectedFiles)[number];

/** Where records of a sandbox or of a GitHub of one's own are said to be from, so that no recording names a machine. */
const anywhere = "https://github.com";

/** A recording of a review. Pure. No credential is part of what a review reads, and so of no recording. */
export function recordReview(review: Review, serverUrl: string): Recording {
  const { facts, approvals, commands, haltedBy, reviewers } = review;
  const { pullRequest, base, input, touched, digest: _digest, ...others } = facts;
  const { files: _files, ...circumstance } = touched;
  const rest = { ...others, touched: circumstance, approvals, commands, haltedBy, reviewers };
  const { change, tips, evidence, ...circumstances } = input;
  const pinned = base.files.filter(({ path }) => path in facts.pinned);
  const read: Readonly<Record<(typeof inputFiles)[number], unknown>> = {
    "_pull-request.json": pullRequest,
    "_files.json": touchedFiles(change).map((file) => recordedFile(file, tips)),
    "_evidence.json": evidence,
    "_circumstances.json": { ...rest, base: { ...base, files: pinned }, input: circumstances },
  };
  const recorded = (name: (typeof inputFiles)[number]) => `${pretty(read[name]).replaceAll(serverUrl, anywhere)}\n`;
  const inputs = Object.fromEntries(inputFiles.map((name) => [name, recorded(name)]));
  const replayed = replayReview((name) => inputs[name] ?? "");
  return { ...inputs, ...expectedOf(replayed) } as Recording;
}

/** Judges and decides once more what a recording holds, given how its files are read. Pure. */
export function replayReview(readText: (name: (typeof inputFiles)[number]) => string): Review {
  const read = <T>(name: (typeof inputFiles)[number]) => JSON.parse(readText(name)) as T;
  const files = read<readonly RecordedTouch[]>("_files.json");
  const circumstances = read<RecordedCircumstances>("_circumstances.json");
  const { approvals, commands, haltedBy = null, reviewers = [], touched, input: rest, ...others } = circumstances;
  const pullRequest = read<ReviewFacts["pullRequest"]>("_pull-request.json");
  const touchedFiles = files.map(touchOf);
  const change = compareTrees(touchedFiles, rest.layout);
  const records = new Set(change.records.map(({ path }) => path));
  const tips = Object.fromEntries(
    files.filter(({ path }) => records.has(path)).map((file) => [file.path, tipOf(file, rest.layout)]),
  );
  const evidence = read<ReviewInput["evidence"]>("_evidence.json");
  const input: ReviewInput = { ...rest, change, tips, evidence };
  const digest = digestInputs(pullRequest.headSha, input);
  const facts: ReviewFacts = { ...others, pullRequest, input, digest, touched: { ...touched, files: touchedFiles } };
  const circumstance = { approvals, commands, haltedBy, reviewers };
  return decideReview(facts, {
    serverUrl: anywhere,
    docsUrl: null,
    verdict: judge(input, rulesFor(input)),
    ...circumstance,
  });
}

/** What has to follow, as it is kept beside the inputs: without the digest, which every new fact changes. */
export function expectedOf({ facts, verdict, decision, plan }: Review): Readonly<Record<string, string>> {
  const identity = checkIdentity(facts, verdict);
  const steady = (text: string) => text.replaceAll(identity, `${facts.pullRequest.number}:<digest>`);
  const findings = verdict.findings.map((finding) => `    ${JSON.stringify(finding)}`).join(",\n");
  return {
    // One finding a line: a new rule is a new line in each.
    "verdict.json": steady(`{\n  "outcome": "${verdict.outcome}",\n  "findings": [\n${findings}\n  ]\n}\n`),
    "decision.json": steady(`${pretty(decision)}\n`),
    "plan.json": steady(`${JSON.stringify(plan, inLines, 2)}\n`),
  };
}

type Lines = readonly string[];

/** One touched file. `tip` is there where the base's tip has another text than the merge base. */
interface RecordedTouch {
  readonly path: string;
  readonly mode: string | null;
  readonly before: Lines | null;
  readonly after: Lines | null;
  readonly tip?: Lines | null;
}

interface RecordedCircumstances extends Omit<ReviewFacts, "pullRequest" | "input" | "digest" | "touched"> {
  readonly approvals: ApprovalFacts | null;
  readonly commands: CommandFacts;
  readonly haltedBy?: string | null;
  readonly reviewers?: readonly string[];
  readonly touched: Omit<ReviewFacts["touched"], "files">;
  readonly input: Omit<ReviewInput, "change" | "tips" | "evidence">;
}

function touchedFiles({ records, keys, misplaced, others, configuration }: Change): readonly TouchedFile[] {
  const ofRecords = records.map(({ path, before, after, mode }) => ({
    ...{ path, mode },
    before: before?.text ?? null,
    after: after?.text ?? null,
  }));
  return [...ofRecords, ...keys, ...misplaced, ...others, ...(configuration === null ? [] : [configuration])];
}

function recordedFile({ path, mode, before, after }: TouchedFile, tips: ReviewInput["tips"]): RecordedTouch {
  const tip = tips[path]?.text ?? null;
  const moved = path in tips && tip !== before;
  return { path, mode, before: lines(before), after: lines(after), ...(moved ? { tip: lines(tip) } : {}) };
}

const lines = (text: string | null): Lines | null => text?.split("\n") ?? null;
const joined = (text: Lines | null): string | null => text?.join("\n") ?? null;

const touchOf = ({ path, mode, before, after }: RecordedTouch): TouchedFile => ({
  ...{ path, mode },
  before: joined(before),
  after: joined(after),
});

function tipOf({ path, before, tip = before }: RecordedTouch, layout: ReviewInput["layout"]): RegistryRecord | null {
  const role = roleOf(path, layout);
  const text = joined(tip);
  return text === null || role.kind !== "record" ? null : parseRecord({ path, address: role.address, text });
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** Texts line by line; of a table of all answers only those that are no pass, since verdict.json has the others. */
const inLines = (_key: string, value: unknown): unknown =>
  typeof value === "string" && value.includes("\n")
    ? value.split("\n").filter((line) => !line.startsWith("| ✅ |"))
    : value;
