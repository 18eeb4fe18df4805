import type { Repository } from "../entities/repository.ts";
import { readRef, ZERO } from "../git/refs.ts";
import { resolveCommit } from "../git/resolve.ts";
import { writeCommit } from "../git/write.ts";
import { writeRefs } from "../git/write-refs.ts";
import type { World } from "../world.ts";
import { type Files, writeFiles } from "./commit-files.ts";
import { personOf } from "./people.ts";

export interface RewriteWish {
  readonly branch: string;
  /** A branch or SHA. */
  readonly from: string;
  /** null removes a file. */
  readonly files: Files;
  readonly message: string;
}

/** A branch as if it had always been one commit, with the files of another one and these: nobody is told, and no rule is asked. */
export function rewriteBranch(world: World, repository: Repository, wish: RewriteWish): Promise<string> {
  return world.lock.run(repository.git.objects, async () => {
    const { git, owner } = repository;
    const ref = `refs/heads/${wish.branch}`;
    const parent = await resolveCommit(git, wish.from);
    const base = parent === null ? null : await git.commit(parent);
    if (parent === null || base === null) throw new Error(`There is no commit "${wish.from}".`);
    const tree = await writeFiles(repository, base.tree, wish.files);
    const person = personOf(owner);
    const commit = { tree, parents: [], author: person, committer: person, message: wish.message };
    const after = writeCommit(git, commit);
    await writeRefs(git, [{ ref, before: (await readRef(git, ref)) ?? ZERO, after }]);
    world.lag.changed(repository);
    return after;
  });
}
