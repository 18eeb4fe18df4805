import type { Mergeability, PullThread } from "../entities/thread.ts";
import { tryMerge } from "../git/merge.ts";
import { readRef, ZERO } from "../git/refs.ts";
import { writeCommit } from "../git/write.ts";
import { writeRefs } from "../git/write-refs.ts";
import type { World } from "../world.ts";
import { github, personOf } from "./people.ts";

/**
 * Answers what is known and starts the computation when nothing is known for the present head and base, as GitHub does:
 * the first read after a change says null, a later one knows.
 * https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-your-git-database#checking-mergeability-of-pull-requests
 */
export async function askMergeability(world: World, thread: PullThread): Promise<void> {
  const { pull, repository } = thread;
  // Who looks at the past starts nothing.
  if (thread.state === "closed" || repository.git.refs !== null) return;
  const base = await readRef(repository.git, `refs/heads/${pull.base.ref}`);
  if (base === null) return;
  if (pull.mergeability?.base === base && pull.mergeability.head === pull.head.sha) return;
  const asked: Mergeability = { base, head: pull.head.sha, result: undefined };
  pull.mergeability = asked;
  void world.webhooks
    .during(() => compute(world, thread, asked))
    .catch(() => {
      // The repository changed or went away meanwhile: the next read asks again.
      if (pull.mergeability === asked) pull.mergeability = null;
    });
}

async function compute(_world: World, thread: PullThread, asked: Mergeability): Promise<void> {
  const { repository } = thread;
  const { git } = repository;
  const tree = await tryMerge(git, asked.base, asked.head);
  if (tree === null) {
    asked.result = { mergeable: false, sha: null };
    return;
  }
  const sha = writeCommit(git, {
    tree,
    parents: [asked.base, asked.head],
    author: personOf(thread.author),
    committer: github(),
    message: `Merge ${asked.head} into ${asked.base}`,
  });
  const ref = `refs/pull/${thread.number}/merge`;
  await writeRefs(git, [{ ref, before: (await readRef(git, ref)) ?? ZERO, after: sha }]);
  asked.result = { mergeable: true, sha };
}
