import type { PullThread } from "../entities/thread.ts";
import { type DiffFile, diff } from "../git/diff.ts";
import { commitsBetween, mergeBase } from "../git/history.ts";
import type { CommitObject } from "../git/objects.ts";
import { readRef } from "../git/refs.ts";
import type { PullNumbers } from "../present/pull.ts";

/** The commit where the pull request left its base: files and lines are counted from there. */
export async function pullBase({ repository, pull }: PullThread): Promise<string> {
  // After a merge the base contains the head: the base as it was tells what the pull request brought.
  const tip = pull.merged === null ? await readRef(repository.git, `refs/heads/${pull.base.ref}`) : null;
  return (await mergeBase(repository.git, tip ?? pull.base.sha, pull.head.sha)) ?? pull.base.sha;
}

export async function pullFiles(thread: PullThread): Promise<readonly DiffFile[]> {
  return diff(thread.repository.git, await pullBase(thread), thread.pull.head.sha);
}

export async function pullCommits(thread: PullThread): Promise<readonly CommitObject[]> {
  return commitsBetween(thread.repository.git, await pullBase(thread), thread.pull.head.sha);
}

export async function pullNumbers(thread: PullThread): Promise<PullNumbers> {
  const [files, commits] = await Promise.all([pullFiles(thread), pullCommits(thread)]);
  return {
    commits: commits.length,
    changedFiles: files.length,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
  };
}
