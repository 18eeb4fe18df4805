import type { MergedPullRequest, PullRequest, RegistryReader } from "../github/port.ts";
import { pendingComments } from "../policy/commands/pending-comments.ts";
import { commentMarker, isAnnouncement, renderAnnouncement } from "../policy/messages.ts";
import { findUncovered, ownRun } from "./find-uncovered.ts";
import { createLock } from "./lock.ts";

/** How far the work has come, as this process alone knows it: without it everything is looked at once more, to no harm. */
export interface Progress {
  /** Pull requests by number, with what of them the verdict is posted for (`standingOf`). */
  readonly reviewed: Map<number, string>;
  /** Records that a pull request touched when it was reviewed. */
  readonly touched: Map<number, readonly string[]>;
  /** Merges whose last word is said, by pull request. */
  readonly announced: Set<number>;
  /** Commits of the default branch that a verdict covers. */
  readonly covered: Set<string>;
  /** Pull requests that wait for a maintainer, with the approvals that the last look found. */
  readonly held: Map<number, string>;
  /** The merge by which all merging is halted, as the last look found it; empty where it is not. */
  readonly halted: Set<string>;
  /** When it was last seen that nothing halts merging, in milliseconds; 0 where that is not known. */
  calmAt: number;
  /** One at a time: judging what was pushed. */
  readonly judging: <T>(work: () => Promise<T>) => Promise<T>;
  /** Records whose releases comments have asked for, with the time of the last look. */
  readonly asked: Map<string, number>;
  /** Pull requests that somebody has commented on, as an event or a list of comments told. */
  readonly commented: Set<number>;
  /** When comments were answered, in milliseconds, oldest first. */
  readonly answers: number[];
  /** Up to when comments have been looked through, in milliseconds; absent before the first look. */
  commentsUntil?: number;
}

export const noProgress = (): Progress => ({
  reviewed: new Map(),
  touched: new Map(),
  announced: new Set(),
  covered: new Set(),
  held: new Map(),
  halted: new Set(),
  calmAt: 0,
  judging: createLock(),
  asked: new Map(),
  commented: new Set(),
  answers: [],
});

/** What somebody has to see to, because no event told of it or its work was cut off. */
export interface Unfinished {
  readonly reviews: readonly number[];
  /** Issues and pull requests with commands that nobody has answered. */
  readonly commanded: readonly number[];
  readonly announcements: readonly { readonly number: number; readonly body: string; readonly branch: string | null }[];
  /** Commits of the default branch that no verdict covers, oldest first. */
  readonly pushes: readonly string[];
}

/** How far back merges are looked at: who was away for longer starts afresh. */
const announcedWithinMs = 24 * 3_600_000;

/**
 * Looks at GitHub for what is left to do: open pull requests without a final verdict for their head, merges without their
 * last word, pushes that no verdict covers. Reads only.
 */
export async function findUnfinished(
  context: { readonly host: RegistryReader; readonly now: () => Date },
  progress: Progress,
): Promise<Unfinished> {
  const { host } = context;
  const { defaultBranch } = await host.readIdentity();
  const commanded = await findCommanded(context, progress);
  const reviews = await findReviews(host, progress);
  const merges = await host.listRecentMerges();
  const recent = merges.filter(({ mergedAt }) => context.now().getTime() - Date.parse(mergedAt) < announcedWithinMs);
  const announcements = await findAnnouncements(host, { merges: recent, progress });
  const pushes = await findUncovered(host, await host.readTip(defaultBranch), progress);
  return { reviews, commanded, announcements, pushes };
}

/** How far back the first look reads comments, and by how much each further one overlaps the one before. */
const firstCommentsMs = 30 * 24 * 3_600_000;
const overlapMs = 10 * 60_000;

/** An answer is younger than its command, so a list that has the command has its answer as well. */
async function findCommanded(
  { host, now }: { readonly host: RegistryReader; readonly now: () => Date },
  progress: Progress,
): Promise<readonly number[]> {
  const time = now().getTime();
  const since = progress.commentsUntil === undefined ? time - firstCommentsMs : progress.commentsUntil - overlapMs;
  const [{ botId }, comments] = await Promise.all([
    host.readIdentity(),
    host.listCommentsSince(new Date(since).toISOString()),
  ]);
  progress.commentsUntil = time;
  const threads = Map.groupBy(comments, ({ number }) => number);
  return [...threads].filter(([, own]) => pendingComments(own, botId).length > 0).map(([number]) => number);
}

async function findReviews(host: RegistryReader, progress: Progress): Promise<readonly number[]> {
  const { reviewed, touched, held, commented } = progress;
  const open = await host.listOpenPullRequests();
  const numbers = new Set(open.map(({ number }) => number));
  for (const known of [reviewed, touched, held, commented]) {
    for (const number of known.keys()) if (!numbers.has(number)) known.delete(number);
  }
  const reviews: number[] = [];
  for (const pullRequest of open) if (await isUnfinished(host, pullRequest, progress)) reviews.push(pullRequest.number);
  return reviews;
}

/** What of a pull request is reviewed: its head, as a draft or not, and for which branch. */
export const standingOf = ({
  headSha,
  draft,
  baseBranch,
}: Pick<PullRequest, "headSha" | "draft" | "baseBranch">): string =>
  `${headSha}${draft ? " as a draft" : ""} for ${baseBranch}`;

async function isUnfinished(
  host: RegistryReader,
  pullRequest: PullRequest,
  { reviewed, held }: Progress,
): Promise<boolean> {
  const { number, headSha } = pullRequest;
  const standing = standingOf(pullRequest);
  const known = reviewed.get(number);
  // Its check speaks of the head alone, and was made for another branch, or for a draft.
  if (known !== standing && known?.startsWith(headSha)) return true;
  if (known === standing) return held.has(number) && (await hasNewApproval(host, number, held));
  const run = ownRun(await host.listCheckRuns(headSha), number);
  // A success that is still open was perhaps cut off before its merge, so it is looked at again.
  if (run?.status !== "completed" || run.conclusion === "success") return true;
  reviewed.set(number, standing);
  return run.conclusion === "action_required" && hasNewApproval(host, number, held);
}

/** Whether somebody has approved since the last look: of that, too, an event may be lost. One request for what is held. */
async function hasNewApproval(host: RegistryReader, number: number, held: Progress["held"]): Promise<boolean> {
  const approvals = (await host.listReviews(number)).filter(({ state }) => state === "APPROVED");
  const seen = approvals.map(({ reviewer, submittedAt }) => `${reviewer.id} ${submittedAt}`).join();
  const isNew = seen !== "" && seen !== held.get(number);
  held.set(number, seen);
  return isNew;
}

async function findAnnouncements(
  host: RegistryReader,
  { merges, progress }: { readonly merges: readonly MergedPullRequest[]; readonly progress: Progress },
): Promise<Unfinished["announcements"]> {
  const { botId } = await host.readIdentity();
  const announcements: { number: number; body: string; branch: string | null }[] = [];
  for (const { number, headSha, headBranch, inRegistry, authorId } of merges) {
    if (progress.announced.has(number)) continue;
    const run = ownRun(await host.listCheckRuns(headSha), number);
    const body = run?.conclusion === "success" ? renderAnnouncement(run) : null;
    const comment = body === null ? null : await host.findComment(number, commentMarker);
    const said = body === null || (comment !== null && isAnnouncement(comment.body));
    const own = inRegistry && authorId === botId;
    const left = own && (await host.findBranchTip(headBranch)) === headSha;
    if (body !== null && (!said || left)) announcements.push({ number, body, branch: own ? headBranch : null });
    else progress.announced.add(number);
  }
  return announcements;
}
