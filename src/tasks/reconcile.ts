import type { MergedPullRequest, PostedCheckRun, RegistryReader } from "../github/port.ts";
import { pendingComments } from "../policy/commands/pending-comments.ts";
import { commentMarker, isAnnouncement, pushIdentity, renderAnnouncement } from "../policy/messages.ts";

/** How far the work has come, as this process alone knows it: without it everything is looked at once more, to no harm. */
export interface Progress {
  /** Pull requests by number, with the head whose verdict is posted. */
  readonly reviewed: Map<number, string>;
  /** Records that a pull request touched when it was reviewed. */
  readonly touched: Map<number, readonly string[]>;
  /** Merges whose last word is said, by pull request. */
  readonly announced: Set<number>;
  /** Commits of the default branch that a verdict covers. */
  readonly covered: Set<string>;
  /** Records whose releases comments have asked for, with the time of the last look. */
  readonly asked: Map<string, number>;
  /** Up to when comments have been looked through, in milliseconds; absent before the first look. */
  commentsUntil?: number;
}

export const noProgress = (): Progress => ({
  reviewed: new Map(),
  touched: new Map(),
  announced: new Set(),
  covered: new Set(),
  asked: new Map(),
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

/** How far back pushes and merges are looked at: who was away for longer starts afresh. */
const mostPushes = 20;
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

async function findReviews(host: RegistryReader, { reviewed, touched }: Progress): Promise<readonly number[]> {
  const open = await host.listOpenPullRequests();
  const numbers = new Set(open.map(({ number }) => number));
  for (const known of [reviewed, touched]) {
    for (const number of known.keys()) if (!numbers.has(number)) known.delete(number);
  }
  const reviews: number[] = [];
  for (const { number, headSha } of open) {
    if (reviewed.get(number) === headSha) continue;
    const run = ownRun(await host.listCheckRuns(headSha), number);
    // A success that is still open was perhaps cut off before its merge, so it is looked at again.
    if (run?.status === "completed" && run.conclusion !== "success") reviewed.set(number, headSha);
    else reviews.push(number);
  }
  return reviews;
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

/**
 * The commits of the default branch up to this one, oldest first, as far as none of them is covered: by the verdict of the
 * pull request whose merge it is, or by a report of its own. One push may bring several.
 */
export async function findUncovered(
  host: RegistryReader,
  tip: string,
  { covered }: Pick<Progress, "covered">,
): Promise<readonly string[]> {
  if (covered.has(tip)) return [];
  const commits = new Map((await host.listCommits(tip)).map((commit) => [commit.sha, commit]));
  const pushes: string[] = [];
  for (let sha: string | undefined = tip; sha !== undefined; sha = commits.get(sha)?.parents[0]) {
    const isFirst = commits.get(sha)?.parents.length === 0;
    if (isFirst || covered.has(sha) || (await isCovered(host, sha))) {
      covered.add(sha);
      return pushes.reverse();
    }
    pushes.push(sha);
    // Nothing is covered where Registrar is new: what was there before it is the tip's business alone.
    if (pushes.length === mostPushes) return [tip];
  }
  return [tip];
}

/** Whether a final verdict speaks of this commit of the default branch. */
async function isCovered(host: RegistryReader, sha: string): Promise<boolean> {
  const report = (await host.listCheckRuns(sha)).find(({ externalId }) => externalId.startsWith(pushIdentity));
  if (report?.status === "completed") return true;
  for (const merge of await host.listMergesOf(sha)) {
    const run = ownRun(await host.listCheckRuns(merge.headSha), merge.number);
    if (run?.status === "completed" && run.conclusion === "success") return true;
  }
  return false;
}

/** The newest run that speaks of this pull request. */
const ownRun = (runs: readonly PostedCheckRun[], number: number): PostedCheckRun | undefined =>
  runs.find(({ externalId }) => externalId.startsWith(`${number}:`));
