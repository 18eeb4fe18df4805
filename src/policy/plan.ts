import type { CheckRun, LineComment, Note } from "../github/port.ts";
import type { Change } from "../registry/change.ts";
import type { Answer } from "./commands/carry-out.ts";
import type { Decision } from "./decision.ts";
import { renderAnswer } from "./messages/command-answers.ts";
import {
  approvalText,
  headline,
  isUngrouped,
  renderCheckSummary,
  renderComment,
  reviewText,
  type Story,
  subject,
  turnLabels,
} from "./messages.ts";
import { annotationOf, lineComments, type Placed, placeFindings } from "./placed-findings.ts";

/** One write that follows from a decision, as data. */
export type Operation =
  | { readonly kind: "check-run"; readonly number: number; readonly run: CheckRun }
  /** What is kept of the pull request itself, whatever becomes of its head. */
  | { readonly kind: "note"; readonly number: number; readonly note: Note }
  /** The answer to somebody's commands. */
  | { readonly kind: "answer"; readonly number: number; readonly comment: number; readonly body: string }
  | { readonly kind: "comment"; readonly number: number; readonly body: string }
  | {
      readonly kind: "review";
      readonly number: number;
      readonly headSha: string;
      readonly event: "APPROVE" | "COMMENT";
      readonly body: string;
      readonly comments: readonly LineComment[];
    }
  | { readonly kind: "request-reviews"; readonly number: number; readonly logins: readonly string[] }
  /** Whose turn it is; null where it is nobody's. Other labels stay as they are. */
  | { readonly kind: "label"; readonly number: number; readonly label: string | null }
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
  /** A bump of many records that does not pass as a whole: it is closed, and each record gets one of its own. */
  | {
      readonly kind: "ungroup";
      readonly number: number;
      readonly branch: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: "look-again"; readonly at: string | null };

/** The writes in order. A failing one ends the list; repeating the whole list is harmless. */
export type Plan = readonly Operation[];

type Planned = Story & {
  readonly number: number;
  readonly baseSha: string;
  readonly checkIdentity: string;
  /** The branch of a bump of ours; null for everybody else's. */
  readonly ownBranch: string | null;
  /** Maintainers who are asked for a review where one is needed. */
  readonly reviewers?: readonly string[];
  /** What is written because of somebody's commands. */
  readonly commanded?: {
    readonly note: Note | null;
    readonly answers: readonly Answer[];
    /** What the check run keeps of the head. */
    readonly kept: string;
  };
};

/**
 * Turns a decision into writes. Pure. What commands have changed is kept first, and answered next: before a merge, so that
 * whoever asks again after an interruption finds it done.
 */
export function planReview(story: Planned): Plan {
  const { number, commanded } = story;
  const plan = planDecision(story);
  if (commanded === undefined) return plan;
  const { note, answers } = commanded;
  const first = plan[0]?.kind === "check-run" ? 1 : 0;
  return [
    ...(note === null ? [] : [{ kind: "note" as const, number, note }]),
    ...plan.slice(0, first),
    ...answers.map((answer) => ({
      kind: "answer" as const,
      number,
      comment: answer.comment.id,
      body: renderAnswer(answer, story),
    })),
    ...plan.slice(first),
  ];
}

function planDecision(story: Planned): Plan {
  const { decision, number, headSha } = story;
  const places = placeFindings(story);
  const check: Operation = { kind: "check-run", number, run: checkRun(story, places) };
  const comment: Operation = { kind: "comment", number, body: renderComment(story) };
  if (isUngrouped(story)) return [check, comment, ungroup(story)];
  const label: Operation = { kind: "label", number, label: turnOf(decision) };
  switch (decision.kind) {
    case "not-ours":
      // What touches the registry gets a red check on another branch, and people ask why.
      return decision.harmless ? [check, label] : [check, comment, label];
    case "duplicate":
      // No check: it would stand on the other pull request as well.
      return [comment, label];
    case "merge":
      // No label: what is merged is nobody's turn, and nobody waits for a write that says so.
      return [
        check,
        ...(decision.approve ? [approval(story)] : []),
        merge(story),
        // Afterwards, so that nobody waits for it: the merge is what authors wait for.
        { kind: "announce", number, body: renderComment({ ...story, merged: true }), branch: story.ownBranch },
      ];
    case "blocked":
    case "ask-maintainers": {
      const comments = lineComments(story, places);
      const review: Operation = { kind: "review", number, headSha, event: "COMMENT", body: reviewText, comments };
      const asked = decision.kind === "ask-maintainers" && decision.liftable ? (story.reviewers ?? []) : [];
      return [
        check,
        comment,
        ...(comments.length > 0 ? [review] : []),
        ...(asked.length > 0 ? [{ kind: "request-reviews" as const, number, logins: asked }] : []),
        label,
      ];
    }
    case "wait":
      return [check, comment, label, { kind: "look-again", at: decision.until }];
    case "outdated":
      return [check, comment, label, ...(decision.rebuild ? rebuilds(story.input.change) : [])];
    case "misconfigured":
    case "ready":
    case "stopped":
      return [check, comment, label];
  }
}

/** Who is next, as one word; the comment says more. */
function turnOf(decision: Decision): string | null {
  switch (decision.kind) {
    case "blocked":
    case "duplicate":
      return turnLabels.author.name;
    case "outdated":
      return decision.rebuild ? turnLabels.waiting.name : turnLabels.author.name;
    case "ask-maintainers":
    case "misconfigured":
      return turnLabels.maintainer.name;
    case "wait":
      return turnLabels.waiting.name;
    case "not-ours":
    case "ready":
    case "stopped":
    case "merge":
      return null;
  }
}

const ungroup = (story: Story & { readonly number: number; readonly ownBranch: string | null }): Operation => ({
  kind: "ungroup",
  number: story.number,
  branch: story.ownBranch ?? "",
  addresses: story.input.change.records.map(({ path }) => path),
});

const approval = ({ number, headSha, input, waived = [] }: Story & { readonly number: number }): Operation => ({
  kind: "review",
  number,
  headSha,
  event: "APPROVE",
  body: approvalText(input.change, waived),
  comments: [],
});

function merge(story: Story & { number: number; baseSha: string }): Operation {
  const { number, headSha, baseSha, input } = story;
  // The title ends up in history, where GitHub would find mentions and references to close; old data may hold them.
  const title = `${subject(input.change)
    .replace(/[^\w ./()…+-]/g, "?")
    .replace(/GH-(?=\d)/gi, "GH?")} (#${number})`;
  return { kind: "merge", number, headSha, baseSha, method: input.settings.mergeMethod, title };
}

function rebuilds(change: Change): Operation[] {
  return change.records.map((record) => ({ kind: "rebuild", address: record.path }));
}

function checkRun(story: Planned, places: readonly Placed[]): CheckRun {
  const { status, conclusion } = checkState(story.decision);
  return {
    headSha: story.headSha,
    status,
    conclusion,
    title: headline(story).slice(0, 255),
    summary: renderCheckSummary(story),
    externalId: story.checkIdentity,
    startedAt: story.input.now,
    annotations: places.map(annotationOf),
    ...(story.commanded === undefined || story.commanded.kept === "" ? {} : { kept: story.commanded.kept }),
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
    case "duplicate":
    case "misconfigured":
    case "outdated":
    // Not success: with it anybody who may merge could.
    case "stopped":
      return { status: "completed", conclusion: "action_required" };
    case "wait":
      return { status: "in_progress", conclusion: null };
  }
}
