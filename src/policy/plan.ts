import { diffLines } from "diff";
import type { Annotation, CheckRun, LineComment } from "../github/port.ts";
import type { Change } from "../registry/change.ts";
import type { Finding } from "../registry/finding.ts";
import { linesOf } from "../registry/json.ts";
import { plainText } from "../registry/plain-text.ts";
import type { Decision } from "./decision.ts";
import {
  approvalText,
  headline,
  renderCheckSummary,
  renderComment,
  renderLineComment,
  reviewText,
  type Story,
  subject,
} from "./messages.ts";

/** One write that follows from a decision, as data. */
export type Operation =
  | { readonly kind: "check-run"; readonly run: CheckRun }
  | { readonly kind: "comment"; readonly number: number; readonly body: string }
  | {
      readonly kind: "review";
      readonly number: number;
      readonly headSha: string;
      readonly event: "APPROVE" | "COMMENT";
      readonly body: string;
      readonly comments: readonly LineComment[];
    }
  | {
      readonly kind: "merge";
      readonly number: number;
      readonly headSha: string;
      /** The base's tip that was judged; another one is judged again first. */
      readonly baseSha: string;
      readonly method: "merge" | "squash" | "rebase";
      readonly title: string;
    }
  /** After the merge, by a job of its own: the last word on the pull request, and the end of a branch of ours. */
  | { readonly kind: "announce"; readonly number: number; readonly body: string; readonly branch: string | null }
  /** A bump of ours whose base moved: its branch is made anew. */
  | { readonly kind: "rebuild"; readonly address: string }
  | { readonly kind: "look-again"; readonly at: string | null };

/** The writes in order. A failing one ends the list; repeating the whole list is harmless. */
export type Plan = readonly Operation[];

/** Line comments that a person reads; more are counted in the check. */
const mostLineComments = 20;

/** Turns a decision into writes. Pure. */
export function planReview(
  story: Story & {
    readonly number: number;
    readonly baseSha: string;
    readonly checkIdentity: string;
    /** The branch of a bump of ours; null for everybody else's. */
    readonly ownBranch: string | null;
  },
): Plan {
  const { decision, number, headSha } = story;
  const check: Operation = { kind: "check-run", run: checkRun(story) };
  const comment: Operation = { kind: "comment", number, body: renderComment(story) };
  switch (decision.kind) {
    case "not-ours":
      return [check];
    case "merge":
      return [
        check,
        ...(decision.approve ? [approval(story)] : []),
        merge(story),
        // Afterwards, so that nobody waits for it: the merge is what authors wait for.
        { kind: "announce", number, body: renderComment({ ...story, merged: true }), branch: story.ownBranch },
      ];
    case "blocked":
    case "ask-maintainers": {
      const comments = lineComments(story);
      const review: Operation = { kind: "review", number, headSha, event: "COMMENT", body: reviewText, comments };
      return [check, comment, ...(comments.length > 0 ? [review] : [])];
    }
    case "wait":
      return [check, comment, { kind: "look-again", at: decision.until }];
    case "outdated":
      return [check, comment, ...(decision.rebuild ? rebuilds(story.input.change) : [])];
    case "misconfigured":
    case "ready":
      return [check, comment];
  }
}

const approval = ({ number, headSha }: { number: number; headSha: string }): Operation => ({
  kind: "review",
  number,
  headSha,
  event: "APPROVE",
  body: approvalText,
  comments: [],
});

function merge(story: Story & { number: number; baseSha: string }): Operation {
  const { number, headSha, baseSha, input } = story;
  // Only parsed addresses and versions reach a merge message: `subject` is plain text of judged values.
  const title = `${subject(input.change)} (#${number})`;
  return { kind: "merge", number, headSha, baseSha, method: input.settings.mergeMethod, title };
}

function rebuilds(change: Change): Operation[] {
  return change.records.map((record) => ({ kind: "rebuild", address: record.path }));
}

function checkRun(story: Story & { checkIdentity: string }): CheckRun {
  const { status, conclusion } = checkState(story.decision);
  return {
    headSha: story.headSha,
    status,
    conclusion,
    title: headline(story).slice(0, 255),
    summary: renderCheckSummary(story),
    externalId: story.checkIdentity,
    startedAt: story.input.now,
    annotations: annotations(story),
  };
}

/** `neutral` and `skipped` would satisfy a required check, so they never occur. */
function checkState(decision: Decision): Pick<CheckRun, "status" | "conclusion"> {
  switch (decision.kind) {
    case "not-ours":
      return { status: "completed", conclusion: decision.harmless ? "success" : "action_required" };
    case "merge":
    case "ready":
      return { status: "completed", conclusion: "success" };
    case "blocked":
      return { status: "completed", conclusion: "failure" };
    case "ask-maintainers":
    case "misconfigured":
    case "outdated":
      return { status: "completed", conclusion: "action_required" };
    case "wait":
      return { status: "in_progress", conclusion: null };
  }
}

interface Placed {
  readonly finding: Finding;
  readonly path: string;
  readonly line: number;
}

/** Findings that stand at a line of the head's files. */
function placed({ input, verdict }: Story): readonly Placed[] {
  return verdict.findings
    .filter((finding) => finding.outcome === "fail" || finding.outcome === "hold")
    .flatMap((finding) => {
      const text = input.change.records.find((record) => record.path === finding.path)?.after?.text;
      if (text === undefined || finding.pointer === undefined) return [];
      const lines = linesOf(text, finding.pointer);
      return lines === undefined ? [] : [{ finding, path: finding.path, line: lines.first }];
    });
}

function annotations(story: Story): readonly Annotation[] {
  return placed(story).map(({ finding, path, line }) => ({
    path,
    line,
    level: finding.outcome === "fail" ? "failure" : "warning",
    title: finding.code,
    message: plainText([finding.message, finding.next].filter((text) => text !== undefined).join(" "), 4000),
  }));
}

/** Only lines that the pull request adds: those are surely part of GitHub's diff. */
function lineComments(story: Story): readonly LineComment[] {
  const added = new Map<string, ReadonlySet<number>>();
  const bodies = new Map<string, LineComment>();
  for (const { finding, path, line } of placed(story)) {
    const lines = added.get(path) ?? addedLines(story, path);
    added.set(path, lines);
    const key = `${path}:${line}`;
    const body = [bodies.get(key)?.body, renderLineComment(finding)].filter((text) => text !== undefined).join("\n\n");
    if (lines.has(line)) bodies.set(key, { path, line, body });
  }
  return [...bodies.values()].slice(0, mostLineComments);
}

function addedLines({ input }: Story, path: string): ReadonlySet<number> {
  const record = input.change.records.find((candidate) => candidate.path === path);
  const lines = new Set<number>();
  let line = 1;
  for (const part of diffLines(record?.before?.text ?? "", record?.after?.text ?? "", { timeout: 2000 }) ?? []) {
    if (part.removed) continue;
    for (let index = 0; index < part.count; index += 1) {
      if (part.added) lines.add(line + index);
    }
    line += part.count;
  }
  return lines;
}
