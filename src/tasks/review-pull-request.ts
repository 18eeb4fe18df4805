// Longer than 250 lines on purpose: reading, deciding and applying one pull request is one story, and the merge is its end.
import { isDeepStrictEqual } from "node:util";
import { groupPrefix } from "../bump/group.ts";
import type { RegistryHost } from "../github/port.ts";
import { type ApprovalFacts, findApproval, passedOver } from "../policy/approval.ts";
import { type Decision, decide, mayBeLifted } from "../policy/decision.ts";
import { renderUnlikeComment } from "../policy/messages/reverts.ts";
import { type Operation, type Plan, planReview } from "../policy/plan.ts";
import { withoutWaived } from "../policy/waiver.ts";
import { RegistrarError } from "../registry/errors.ts";
import { rulesFor } from "../rules/index.ts";
import { judge, type Verdict } from "../rules/verdict.ts";
import { archivesReport } from "./archives-progress.ts";
import { confirmMerge } from "./confirm-merge.ts";
import { writeComment } from "./living-comment.ts";
import { checkIdentity, readApprovals } from "./read-approvals.ts";
import { type CommandFacts, noCommands, readCommands } from "./read-commands.ts";
import { type ReviewContext, type ReviewFacts, readReview } from "./read-review.ts";
import { readReviewers } from "./read-reviewers.ts";
import { noProgress, type Progress } from "./reconcile.ts";
import { halts, readReverts } from "./reverts.ts";
import { sameCheckRun } from "./same-check-run.ts";
import { writeTurnLabel } from "./turn-label.ts";

export interface ReviewTaskContext extends ReviewContext {
  readonly host: RegistryHost;
  /** One merge at a time in this process. */
  readonly mergeLock: <T>(work: () => Promise<T>) => Promise<T>;
  /** What this process knows of the work done; without it everything is looked at once more. */
  readonly progress?: Progress;
  readonly dryRun?: boolean;
}

export interface Review {
  readonly facts: ReviewFacts;
  /** Null where no approval could lift anything, and nobody asked for any. */
  readonly approvals: ApprovalFacts | null;
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly plan: Plan;
  readonly commands: CommandFacts;
  /** Why nothing at all is merged now; null where merging goes on, or nobody had to ask. */
  readonly haltedBy: string | null;
  /** Who is asked for a review. */
  readonly reviewers: readonly string[];
}

export interface ReviewOutcome extends Review {
  /** What was written, or would be in a dry run; writes that would change nothing are left out. */
  readonly done: readonly Operation["kind"][];
  readonly merged: boolean;
  /** The commit that the merge made, where it brought something else than what was judged; null else. */
  readonly unlike: string | null;
  /** Addresses (record paths) whose bump has to be made anew. */
  readonly rebuild: readonly string[];
  /** What is left to say and do once it is merged, for a job of its own. */
  readonly announce: (Operation & { readonly kind: "announce" }) | null;
  /** Set when it has to be looked at again by itself; null as a time means "with growing pauses". */
  readonly lookAgain: { readonly at: string | null } | null;
}

/** Reviews a pull request: read, decide, apply. Repeatable at any point. */
export async function reviewPullRequest(
  context: ReviewTaskContext,
  number: number,
  /** Whether it gets a check run of its own even where nothing has changed. */
  { afresh = false }: { readonly afresh?: boolean } = {},
): Promise<ReviewOutcome | null> {
  const reportArchives: ReviewContext["reportArchives"] = (of) => archivesReport(context, of);
  const reader = context.dryRun === true ? context : { ...context, reportArchives };
  const calmFor = context.now().getTime() - (context.progress?.calmAt ?? 0);
  const seen = { commented: isCommented(context, number), calm: calmFor < calmLastsMs };
  const review = await readAndDecide(reader, number, seen);
  // A closed one has nothing left to say; whoever reopens it sends an event.
  if (review === null) return null;
  return apply(context, review, afresh || review.commands.recheck);
}

/**
 * Read and decide without any write; null when the pull request is closed. Of an earlier reading serves again what cannot
 * be another by now, and evidence for five minutes.
 */
export async function readAndDecide(
  context: ReviewContext,
  number: number,
  {
    known,
    commented = false,
    calm = false,
  }: {
    readonly known?: ReviewFacts;
    /** Whether somebody has surely commented: GitHub may tell of a comment before its pull request counts it. */
    readonly commented?: boolean;
    /** Whether it was seen a moment ago that nothing halts merging: under the merge lock it is looked at anyway. */
    readonly calm?: boolean;
  } = {},
): Promise<Review | null> {
  const counted = await context.host.readPullRequest(number);
  const { comments: _comments, untouched: _untouched, ...uncounted } = counted;
  const pullRequest = commented ? uncounted : counted;
  if (pullRequest.state === "closed") return null;
  const facts = await readReview(context, pullRequest, known === undefined ? {} : { known });
  const verdict = judge(facts.input, rulesFor(facts.input));
  const identity = checkIdentity(facts, verdict);
  const commands = await readCommands(context, facts, { verdict, identity });
  const standing = withoutWaived(verdict, commands.waived);
  const approvals = mayBeLifted(standing) ? await readApprovals(context.host, facts, identity) : null;
  const { serverUrl, docsUrl = null } = context;
  const open = approvals !== null && findApproval(approvals) === null;
  const reviewers = open ? await readReviewers(context.host, facts, approvals) : [];
  const read = { serverUrl, docsUrl, verdict, approvals, commands, reviewers };
  const review = decideReview(facts, { ...read, haltedBy: null });
  if (review.decision.kind !== "merge" || facts.input.restores !== undefined || calm) return review;
  // Asked only where something would be merged.
  return decideReview(facts, { ...read, haltedBy: halts(await readReverts(context.host)) });
}

/** How long what was seen of halts serves the first reading, in milliseconds. */
const calmLastsMs = 60_000;

/** Whether a reading under the merge lock has seen that nothing halts merging. */
const calmNow = (review: Review | null): boolean =>
  review?.decision.kind === "merge" && review.facts.input.restores === undefined;

const isCommented = ({ progress }: ReviewTaskContext, number: number): boolean =>
  progress?.commented.has(number) === true;

/** Pure. */
export function decideReview(
  facts: ReviewFacts,
  {
    serverUrl,
    docsUrl,
    verdict,
    approvals,
    haltedBy,
    commands = noCommands,
    reviewers = [],
  }: {
    serverUrl: string;
    docsUrl: string | null;
    verdict: Verdict;
    approvals: ApprovalFacts | null;
    haltedBy: string | null;
    commands?: CommandFacts;
    reviewers?: readonly string[];
  },
): Review {
  const configurationOnly = facts.notOurs !== null && verdict.findings.some(isBrokenConfiguration);
  const decision = decide(withoutWaived(verdict, commands.waived), {
    notOurs: configurationOnly ? null : facts.notOurs,
    configurationProblems: configurationOnly ? [] : facts.base.configurationProblems,
    byRegistrar: facts.input.byRegistrar,
    draft: facts.pullRequest.draft,
    paused: facts.base.settings.paused,
    haltedBy,
    outdated: facts.outdated,
    duplicateOf: facts.duplicateOf,
    approvedBy: approvals === null ? null : findApproval(approvals),
    stoppedBy: commands.stop?.stopped === true ? commands.stop.by.login : null,
  });
  const plan = planReview({
    input: facts.input,
    verdict,
    decision,
    ...(approvals === null ? {} : { passedOver: passedOver(approvals) }),
    headSha: facts.pullRequest.headSha,
    merged: false,
    serverUrl,
    docsUrl,
    number: facts.pullRequest.number,
    baseSha: facts.base.commit,
    checkIdentity: checkIdentity(facts, verdict),
    ownBranch: facts.input.byRegistrar ? facts.pullRequest.headBranch : null,
    grouped: facts.input.byRegistrar && facts.pullRequest.headBranch.startsWith(groupPrefix),
    reviewers,
    waived: commands.waived,
    stop: commands.stop,
    commanded: commands,
  });
  return { facts, approvals, verdict, decision, plan, commands, haltedBy, reviewers };
}

const isBrokenConfiguration = (finding: { code: string; outcome: string }): boolean =>
  finding.code === "configuration" && finding.outcome === "fail";

async function apply(context: ReviewTaskContext, review: Review, afresh: boolean): Promise<ReviewOutcome> {
  const done: Operation["kind"][] = [];
  const rebuild: string[] = [];
  let merged = false;
  let unlike: string | null = null;
  let lookAgain: ReviewOutcome["lookAgain"] = null;
  let announce: ReviewOutcome["announce"] = null;
  for (const operation of review.plan) {
    switch (operation.kind) {
      case "rebuild":
        rebuild.push(operation.address);
        break;
      case "ungroup":
        if (context.dryRun !== true) await closeGroup(context.host, operation);
        rebuild.push(...operation.addresses);
        done.push("ungroup");
        break;
      case "look-again":
        lookAgain = { at: operation.at };
        break;
      case "announce":
        announce = operation;
        break;
      case "merge":
        if (context.dryRun !== true) {
          unlike = await context.mergeLock(() => merge(context, review, operation));
        }
        merged = context.dryRun !== true;
        done.push("merge");
        break;
      case "note":
        if (context.dryRun !== true) await context.host.writeNote(operation.number, operation.note);
        done.push("note");
        break;
      case "answer":
        if (context.dryRun !== true) await context.host.createComment(operation.number, operation.body);
        done.push("answer");
        break;
      case "request-reviews":
        if (context.dryRun !== true) await context.host.requestReviews(operation);
        done.push("request-reviews");
        break;
      case "check-run":
      case "comment":
      case "review":
      case "label":
        if (await write(context, { ...review.facts, afresh }, operation)) done.push(operation.kind);
        break;
    }
  }
  if (unlike !== null && announce !== null) announce = { ...announce, body: renderUnlikeComment(unlike) };
  return { ...review, done, merged, unlike, rebuild, announce, lookAgain };
}

/**
 * Closed before its branch goes: a branch that is deleted would close it as well, but say nothing of why. A branch that
 * stays is the next sweep's to delete: nobody reviews a closed pull request again, and each record still needs its own.
 */
async function closeGroup(host: RegistryHost, { number, branch }: Operation & { kind: "ungroup" }): Promise<void> {
  await host.closePullRequest(number);
  await host.deleteBranch(branch).catch(() => undefined);
}

/** Writes what differs from what is there; says whether it did. */
async function write(
  { host, dryRun, now }: ReviewTaskContext,
  { runs, pullRequest, afresh }: ReviewFacts & { readonly afresh: boolean },
  operation: Operation & { kind: "check-run" | "comment" | "review" | "label" },
): Promise<boolean> {
  switch (operation.kind) {
    case "check-run": {
      const { run } = operation;
      const own = `${operation.number}:`;
      const known = runs.find(({ externalId }) => externalId.startsWith(own)) ?? null;
      // The newest run is the one that counts; another pull request's may stand above ours.
      const newest = known !== null && known.id === runs[0]?.id;
      const again = afresh && known?.status === "completed";
      if (newest && sameCheckRun(known, run) && !again) return false;
      if (dryRun === true) return true;
      // Annotations only append, so another verdict of the same head gets a run of its own.
      const update = newest && !again && (known.status === "in_progress" || known.externalId === run.externalId);
      // The moment of the first posting is kept: approvals count from then on.
      const startedAt = known?.externalId === run.externalId ? known.startedAt : now().toISOString();
      await (update && run.annotations.length === 0
        ? host.updateCheckRun(known.id, { ...run, startedAt })
        : host.createCheckRun({ ...run, startedAt }));
      return true;
    }
    case "comment":
      return writeComment(host, operation, dryRun);
    case "review": {
      const { botId } = await host.readIdentity();
      const reviews = (await host.listReviews(operation.number)).filter(({ reviewer }) => reviewer.id === botId);
      const state = operation.event === "APPROVE" ? "APPROVED" : "COMMENTED";
      if (reviews.some((known) => known.headSha === operation.headSha && known.state === state)) return false;
      if (dryRun !== true) await host.createReview(operation);
      return true;
    }
    case "label":
      return writeTurnLabel(host, pullRequest, { label: operation.label, dryRun: dryRun === true });
  }
}

/**
 * Under the merge lock everything is read and decided once more: the pull request itself, the base, who approves, our own
 * checks, and evidence older than five minutes. Then the merge, pinned to the judged head, and a look at what came of it: the merge
 * commit, where it is not what was judged.
 */
async function merge(
  context: ReviewTaskContext,
  review: Review,
  operation: Operation & { kind: "merge" },
): Promise<string | null> {
  const commented = isCommented(context, operation.number);
  const again = await readAndDecide(context, operation.number, { known: review.facts, commented });
  if (context.progress !== undefined) context.progress.calmAt = calmNow(again) ? context.now().getTime() : 0;
  if (again === null || !isDeepStrictEqual(mergeOf(again), mergeOf(review))) {
    const message = `What pull request ${operation.number} was judged by has changed; it is judged again.`;
    throw new RegistrarError("github-conflict", message);
  }
  const { progress = noProgress() } = context;
  // Whoever publishes meanwhile waits for what comes of it.
  return progress.judging(async () => {
    const commit = await tryMerge(context, operation);
    if (commit === null) return null;
    // Where this cannot be said now, whoever looks at what was pushed compares and judges it.
    const confirmed = await confirmMerge({ ...context, progress }, again.facts, commit).catch(() => null);
    if (confirmed !== true) progress.calmAt = 0;
    return confirmed === false ? commit : null;
  });
}

/** The commit that the merge made; null where GitHub's answer was lost. */
async function tryMerge({ host }: ReviewTaskContext, operation: Operation & { kind: "merge" }): Promise<string | null> {
  try {
    return await host.merge(operation);
  } catch (error) {
    // GitHub may have merged it, and only its answer was lost.
    const now = await host.readPullRequest(operation.number).catch(() => null);
    if (now?.merged !== true || now.headSha !== operation.headSha) throw error;
    return null;
  }
}

/** Whether, what and by which verdict something is merged. Another base is the same as long as it says the same of this. */
const mergeOf = ({ facts, verdict, plan }: Review) => ({
  identity: checkIdentity(facts, verdict),
  merges: plan.flatMap((operation) => (operation.kind === "merge" ? [{ ...operation, baseSha: null }] : [])),
});
