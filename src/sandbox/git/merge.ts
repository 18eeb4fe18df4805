import type { GitFolder } from "./folder.ts";
import { mergeBase } from "./history.ts";
import type { CommitObject, Person } from "./objects.ts";
import { writeCommit } from "./write.ts";

/** The tree of a merge of two commits, or null on conflict. https://git-scm.com/docs/git-merge-tree */
export async function mergeTree(git: GitFolder, ours: string, theirs: string): Promise<string | null> {
  const result = await git.program.run(
    git.path,
    ["merge-tree", "--write-tree", "--no-messages", "--name-only", ours, theirs],
    { allowed: [0, 1] },
  );
  return result.code === 0 ? (result.stdout.toString().split("\n")[0] ?? null) : null;
}

/** Puts the commits, oldest first, on top of `onto`; the new tip, or null on conflict. Merge commits are left out. */
export async function rebase(
  git: GitFolder,
  commits: readonly CommitObject[],
  { onto, committer }: { onto: string; committer: Person },
): Promise<string | null> {
  let tip = onto;
  for (const commit of commits) {
    const [parent] = commit.parents;
    const current = await git.commit(tip);
    if (parent === undefined || commit.parents.length > 1 || current === null) continue;
    // `merge-tree --merge-base` came with git 2.40. A helper commit with the tip's tree on the commit's parent makes
    // that parent the merge base in older ones.
    const helper = writeCommit(git, { ...current, parents: [parent], committer, author: committer });
    const tree = await mergeTree(git, helper, commit.sha);
    if (tree === null) return null;
    tip = writeCommit(git, { ...commit, tree, parents: [tip], committer });
  }
  return tip;
}

/** Whether a merge would work, and its tree. Unrelated histories do not merge. */
export async function tryMerge(git: GitFolder, base: string, head: string): Promise<string | null> {
  const common = await mergeBase(git, base, head);
  if (common === null) return null;
  // Where only one side has changed anything, the result is what it has.
  if (common === base) return (await git.commit(head))?.tree ?? null;
  return mergeTree(git, base, head);
}
