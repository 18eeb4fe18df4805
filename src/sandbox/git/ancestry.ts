import type { GitFolder } from "./folder.ts";
import type { CommitObject } from "./objects.ts";

const ONE = 1;
const OTHER = 2;
const BOTH = ONE | OTHER;
/** Behind a common ancestor: nothing better is found there. */
const STALE = 4;

/**
 * The best common ancestors of two commits, as `git merge-base` finds them: newest first from both, until everything left
 * is behind something common. More than one may be found where one alone is best; none means that there is none.
 */
export async function commonAncestors(git: GitFolder, one: string, other: string): Promise<readonly string[]> {
  const marks = new Map<string, number>();
  const queue: CommitObject[] = [];
  const found = new Set<string>();
  const mark = async (sha: string, added: number) => {
    const before = marks.get(sha) ?? 0;
    if ((before & added) === added) return;
    marks.set(sha, before | added);
    const commit = await git.commit(sha);
    if (commit !== null) insert(queue, commit);
  };
  await mark(one, ONE);
  await mark(other, OTHER);
  const isStale = ({ sha }: CommitObject) => ((marks.get(sha) ?? 0) & STALE) !== 0;
  while (queue.some((commit) => !isStale(commit))) {
    const commit = queue.shift();
    if (commit === undefined) break;
    let marked = marks.get(commit.sha) ?? 0;
    if ((marked & BOTH) === BOTH) {
      if ((marked & STALE) === 0) found.add(commit.sha);
      marked |= STALE;
    }
    for (const parent of commit.parents) await mark(parent, marked);
  }
  return [...found].filter((sha) => ((marks.get(sha) ?? 0) & STALE) === 0);
}

/** The commits from `head` back to `ancestor`, newest first; null when the way forks or is longer than is worth walking. */
export async function straightWay(
  git: GitFolder,
  head: string,
  { ancestor, longest = 250 }: { ancestor: string; longest?: number },
): Promise<readonly CommitObject[] | null> {
  const way: CommitObject[] = [];
  for (let sha = head; sha !== ancestor; ) {
    const commit = await git.commit(sha);
    const [parent] = commit?.parents ?? [];
    if (commit === null || parent === undefined || commit.parents.length > 1 || way.length === longest) return null;
    way.push(commit);
    sha = parent;
  }
  return way;
}

/** The commit and all before it, newest first, in git's order; null when there are more than is worth walking. */
export async function wholeHistory(
  git: GitFolder,
  start: string,
  { longest = 2000 }: { longest?: number } = {},
): Promise<readonly string[] | null> {
  const seen = new Set([start]);
  const queue: CommitObject[] = [];
  const visit = async (sha: string) => {
    const commit = await git.commit(sha);
    if (commit !== null) insert(queue, commit);
  };
  const history: string[] = [];
  await visit(start);
  for (let commit = queue.shift(); commit !== undefined; commit = queue.shift()) {
    if (history.length === longest) return null;
    history.push(commit.sha);
    for (const parent of commit.parents) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      await visit(parent);
    }
  }
  return history;
}

/** By date, newest first; equal ones in the order in which they came. */
function insert(queue: CommitObject[], commit: CommitObject): void {
  const { date } = commit.committer;
  const index = queue.findIndex((waiting) => waiting.committer.date < date);
  queue.splice(index < 0 ? queue.length : index, 0, commit);
}
