import { commonAncestors, straightWay, wholeHistory } from "./ancestry.ts";
import { Cache } from "./cache.ts";
import type { GitFolder } from "./folder.ts";
import type { CommitObject } from "./objects.ts";

interface Known {
  readonly bases: Cache<string | null>;
  readonly ranges: Cache<readonly CommitObject[]>;
  readonly counts: Cache<{ ahead: number; behind: number }>;
}

const caches = new WeakMap<object, Known>();

function known(git: GitFolder): Known {
  const found = caches.get(git.objects) ?? { bases: new Cache(1000), ranges: new Cache(500), counts: new Cache(1000) };
  caches.set(git.objects, found);
  return found;
}

/** null when the histories have nothing in common. */
export function mergeBase(git: GitFolder, one: string, other: string): Promise<string | null> {
  if (one === other) return Promise.resolve(one);
  return known(git).bases.get(`${one} ${other}`, async () => {
    const [only, ...more] = await commonAncestors(git, one, other);
    if (more.length === 0) return only ?? null;
    // Histories that crossed: git picks one.
    return git.text(["merge-base", one, other]);
  });
}

export async function isAncestor(git: GitFolder, ancestor: string, descendant: string): Promise<boolean> {
  return (await mergeBase(git, ancestor, descendant)) === ancestor;
}

/** How far `head` is ahead of and behind `base`. */
export function count(git: GitFolder, base: string, head: string): Promise<{ ahead: number; behind: number }> {
  return known(git).counts.get(`${base} ${head}`, async () => {
    const common = await mergeBase(git, base, head);
    const ways =
      common === null
        ? []
        : [straightWay(git, head, { ancestor: common }), straightWay(git, base, { ancestor: common })];
    const [ahead = null, behind = null] = await Promise.all(ways);
    return ahead !== null && behind !== null
      ? { ahead: ahead.length, behind: behind.length }
      : countByGit(git, base, head);
  });
}

async function countByGit(git: GitFolder, base: string, head: string): Promise<{ ahead: number; behind: number }> {
  const text = await git.text(["rev-list", "--left-right", "--count", `${base}...${head}`]);
  const [behind = 0, ahead = 0] = text.split(/\s+/).map(Number);
  return { ahead, behind };
}

/** The commits of `head` that `base` does not have, oldest first, as a pull request lists them. */
export function commitsBetween(git: GitFolder, base: string, head: string): Promise<readonly CommitObject[]> {
  return known(git).ranges.get(`${base} ${head}`, async () => {
    const common = await mergeBase(git, base, head);
    const way = common === null ? null : await straightWay(git, head, { ancestor: common });
    return way === null ? walk(git, ["--reverse", "--topo-order", head, `^${base}`]) : [...way].reverse();
  });
}

/** What a push brought, newest first, where it is a straight line or the merge of one; null where the way is another. */
export async function mergedCommits(
  git: GitFolder,
  before: string,
  head: string,
): Promise<readonly CommitObject[] | null> {
  const commit = await git.commit(head);
  const [first, second, ...more] = commit?.parents ?? [];
  if (commit === null || more.length > 0) return null;
  if (second === undefined) return straightWay(git, head, { ancestor: before });
  if (first !== before || (await mergeBase(git, before, second)) !== before) return null;
  const way = await straightWay(git, second, { ancestor: before });
  return way === null ? null : [commit, ...way];
}

/** The commit and what came before it, newest first: all, or what else `git rev-list` is told to look for. */
export async function listHistory(
  git: GitFolder,
  start: string,
  limits: readonly string[],
): Promise<readonly string[]> {
  const whole = limits.length > 0 ? null : await wholeHistory(git, start);
  return whole ?? listCommits(git, [start, ...limits]);
}

/** SHAs, newest first. */
async function listCommits(git: GitFolder, args: readonly string[]): Promise<readonly string[]> {
  const text = await git.text(["rev-list", ...args]);
  return text.split("\n").filter((line) => line !== "");
}

/** Newest first. */
export function log(git: GitFolder, args: readonly string[]): Promise<readonly CommitObject[]> {
  return walk(git, args);
}

async function walk(git: GitFolder, args: readonly string[]): Promise<readonly CommitObject[]> {
  const shas = await listCommits(git, args);
  const commits = await Promise.all(shas.map((sha) => git.commit(sha)));
  return commits.filter((commit) => commit !== null);
}
