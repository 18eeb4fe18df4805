import type { RegistryHost, RegistryReader } from "../github/port.ts";
import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";
import { judgeUncovered } from "./judge-uncovered.ts";
import type { ReviewContext } from "./read-review.ts";
import type { Progress } from "./reconcile.ts";
import { newestFirst, type Revert, readReverts, revertedPaths } from "./reverts.ts";
import { pathsOfCommit } from "./undo-commit.ts";
import { type Withheld, withoutCommits } from "./withheld-tree.ts";

export interface PublishableTree {
  /** All of it where something is kept back: what came and went again is in no list of changes. */
  readonly tree: RegistryTree | RegistryHistory;
  /** What tells this state from others of the registry: the commit, and what is kept back of it. */
  readonly state: string;
  /** Of which commits something is kept back: in the order in which they are undone. */
  readonly withheld: readonly Withheld[];
}

/**
 * The default branch at a commit as it may be published: without what no verdict covers yet, and without what a verdict
 * objects to until it is mended or a maintainer accepts it. What is kept back is asked of GitHub each time, so a process
 * that starts afresh knows it too.
 */
export async function publishableTree(
  context: ReviewContext & { readonly host: RegistryHost },
  history: RegistryHistory,
  progress: Progress,
): Promise<PublishableTree> {
  const { host } = context;
  const { pending } = await judgeUncovered(context, history.commit, progress);
  const reverts = await readReverts(host);
  const unjudged = pending.map(async (commit) => ({ commit, paths: await pathsOfCommit(host, commit) }));
  // What is not judged is newer than all that is.
  const withheld = [
    ...(await Promise.all(unjudged)),
    ...(await kept(host, await newestFirst(host, reverts, history.commit))),
  ];
  return {
    tree: withheld.length === 0 ? history : await withoutCommits(host, await history.read(), withheld),
    state: publishedState(history.commit, reverts, pending),
    withheld,
  };
}

/** Of the same state nothing else would be published. */
export const publishedState = (commit: string, reverts: readonly Revert[], pending: readonly string[] = []): string =>
  [commit, ...reverts.map(({ branch, sha }) => `${branch}=${sha}`).toSorted(), ...pending].join(" ");

const kept = (host: RegistryReader, reverts: readonly Revert[]): Promise<readonly Withheld[]> =>
  Promise.all(reverts.map(async (one) => ({ commit: one.commit, paths: await revertedPaths(host, one) })));
