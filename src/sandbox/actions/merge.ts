import type { PullThread } from "../entities/thread.ts";
import { ApiError, conflict } from "../errors.ts";
import { rebase, tryMerge } from "../git/merge.ts";
import { type RefChange, readRef, ZERO } from "../git/refs.ts";
import { writeCommit } from "../git/write.ts";
import { writeRefs } from "../git/write-refs.ts";
import { ruleMessage, violationsOfMerge } from "../rulesets/enforce.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { afterPush } from "./after-push.ts";
import { github, personOf } from "./people.ts";
import { pullCommits } from "./pull-numbers.ts";
import { markMerged } from "./pull-state.ts";
import { refuseWorkflows } from "./workflows.ts";

export type MergeMethod = "merge" | "squash" | "rebase";

export interface MergeWish {
  readonly sha?: string | undefined;
  readonly method: MergeMethod;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

const notAllowed = (message: string) => new ApiError(405, message);

/** https://docs.github.com/rest/pulls/pulls#merge-a-pull-request */
export function mergePull(
  world: World,
  thread: PullThread,
  { viewer, wish }: { viewer: Viewer; wish: MergeWish },
): Promise<string> {
  return world.lock.run(thread.repository.git.objects, async () => {
    const { repository, pull } = thread;
    const by = accountOf(viewer);
    if (pull.merged !== null || thread.state === "closed") throw notAllowed("Pull Request is not mergeable");
    if (wish.sha !== undefined && wish.sha !== pull.head.sha) {
      throw conflict("Head branch was modified. Review and try the merge again.");
    }
    if (pull.draft) throw notAllowed("Pull Request is still a draft");
    refuseMethod(thread, wish.method);
    const ref = `refs/heads/${pull.base.ref}`;
    const base = await readRef(repository.git, ref);
    const tree = base === null ? null : await tryMerge(repository.git, base, pull.head.sha);
    if (base === null || tree === null) throw notAllowed("Pull Request is not mergeable");
    const violations = violationsOfMerge(world, thread, { viewer, method: wish.method });
    if (violations.length > 0) throw notAllowed(ruleMessage(violations));
    const sha = await writeMerge(thread, { base, tree, wish, by });
    const changes: RefChange[] = [{ ref, before: base, after: sha }];
    await refuseWorkflows(repository, { ref, before: base, after: sha }, viewer);
    pull.base.sha = base;
    // A push by git does not wait for this lock.
    await writeRefs(repository.git, changes).catch(() => {
      throw notAllowed("Base branch was modified. Review and try the merge again.");
    });
    await markMerged(world, thread, { by, sha });
    await afterPush(world, repository, { by, changes });
    await deleteHead(world, thread, by);
    return sha;
  });
}

function refuseMethod({ repository }: PullThread, method: MergeMethod): void {
  const { mergeCommit, squash, rebase } = repository.merge;
  if (method === "merge" && !mergeCommit) throw notAllowed("Merge commits are not allowed on this repository.");
  if (method === "squash" && !squash) throw notAllowed("Squash merges are not allowed on this repository.");
  if (method === "rebase" && !rebase) throw notAllowed("Rebase merges are not allowed on this repository.");
}

async function writeMerge(
  thread: PullThread,
  { base, tree, wish, by }: { base: string; tree: string; wish: MergeWish; by: ReturnType<typeof accountOf> },
): Promise<string> {
  const { repository, pull, number } = thread;
  const committer = github();
  if (wish.method === "rebase") {
    const tip = await rebase(repository.git, await pullCommits(thread), { onto: base, committer });
    if (tip === null) throw notAllowed("This branch can't be rebased");
    return tip;
  }
  const squash = wish.method === "squash";
  const commits = squash ? await pullCommits(thread) : [];
  const title =
    wish.title ??
    (squash
      ? `${thread.title} (#${number})`
      : `Merge pull request #${number} from ${pull.head.owner.login}/${pull.head.ref}`);
  const message =
    wish.message ?? (squash ? commits.map((commit) => `* ${commit.message.trim()}`).join("\n\n") : thread.title);
  return writeCommit(repository.git, {
    tree,
    parents: squash ? [base] : [base, pull.head.sha],
    author: squash ? personOf(thread.author) : personOf(by),
    committer,
    message: message === "" ? title : `${title}\n\n${message}`,
  });
}

async function deleteHead(world: World, thread: PullThread, by: ReturnType<typeof accountOf>): Promise<void> {
  const { repository, pull } = thread;
  if (!repository.merge.deleteBranch || pull.head.repository !== repository) return;
  const ref = `refs/heads/${pull.head.ref}`;
  const before = await readRef(repository.git, ref);
  if (before === null || before !== pull.head.sha || pull.head.ref === repository.defaultBranch) return;
  const changes = [{ ref, before, after: ZERO }];
  await writeRefs(repository.git, changes);
  await afterPush(world, repository, { by, changes });
}
