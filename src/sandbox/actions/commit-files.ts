import type { Repository } from "../entities/repository.ts";
import { notFound } from "../errors.ts";
import { editTree, type TreeChange } from "../git/edit-tree.ts";
import type { Person } from "../git/objects.ts";
import { readRef, ZERO } from "../git/refs.ts";
import { resolveCommit } from "../git/resolve.ts";
import { writeBlobs, writeCommit } from "../git/write.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { personOf } from "./people.ts";
import { changeRef } from "./refs.ts";

/** By path: a file's bytes, where a symbolic link leads, or null for what is removed. */
export type Files = Readonly<Record<string, string | Uint8Array | { readonly link: string } | null>>;

/** Blobs for the files, and a tree with them on top of the base (null: the empty tree). */
export async function writeFiles(repository: Repository, base: string | null, files: Files): Promise<string> {
  const written = Object.entries(files).flatMap(([path, content]) => (content === null ? [] : [{ path, content }]));
  const shas = await writeBlobs(
    repository.git,
    written.map(({ content }) => bytesOf(content)),
  );
  const changes: TreeChange[] = Object.entries(files)
    .filter(([, content]) => content === null)
    .map(([path]) => ({ path, entry: null }));
  written.forEach(({ path, content }, index) => {
    const mode = typeof content === "object" && "link" in content ? "120000" : "100644";
    changes.push({ path, entry: { mode, type: "blob", sha: shas[index] ?? "" } });
  });
  return editTree(repository.git, base, changes);
}

/** Git keeps a link as a blob with the path that it leads to. */
function bytesOf(content: NonNullable<Files[string]>): Uint8Array {
  if (typeof content === "string") return Buffer.from(content);
  return "link" in content ? Buffer.from(content.link) : content;
}

export interface CommitWish {
  readonly branch: string;
  /** A branch or SHA to start from. Default: the branch itself, else the default branch. */
  readonly from?: string | undefined;
  readonly files: Files;
  readonly message: string;
  readonly author?: Person | undefined;
  readonly committer?: Person | undefined;
  /** The status of a refusal by a rule; GitHub says 409 for contents. */
  readonly refusal?: number;
}

/** One commit on a branch, made if it does not exist. With `from`, the branch is moved there, by force if need be. */
export async function commitFiles(
  world: World,
  repository: Repository,
  { viewer, wish }: { viewer: Viewer; wish: CommitWish },
): Promise<string> {
  const ref = `refs/heads/${wish.branch}`;
  const current = await readRef(repository.git, ref);
  const start = wish.from ?? (current === null ? repository.defaultBranch : wish.branch);
  const parent = await resolveCommit(repository.git, start);
  if (parent === null && wish.from !== undefined) throw notFound(`No commit found for ${start}`);
  const base = parent === null ? null : await repository.git.commit(parent);
  const tree = await writeFiles(repository, base?.tree ?? null, wish.files);
  const author = wish.author ?? personOf(accountOf(viewer));
  const sha = writeCommit(repository.git, {
    tree,
    parents: parent === null ? [] : [parent],
    author,
    committer: wish.committer ?? author,
    message: wish.message,
  });
  await changeRef(world, repository, {
    viewer,
    change: { ref, before: current ?? ZERO, after: sha },
    refusal: wish.refusal ?? 422,
  });
  return sha;
}
