import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryTree } from "../registry/tree.ts";
import { readFolderTree } from "./folder-tree.ts";
import { readGitTree, resolveCommit } from "./git-tree.ts";

export interface FollowRequest {
  readonly folder: string;
  /** A branch is followed; absent: the files of the folder, or what a bare repository has at its HEAD. */
  readonly commit?: string;
  /** Shortest time between two looks, in milliseconds. Default: a second. */
  readonly everyMs?: number;
}

/** Reads a registry again where it has changed: the same object as long as it has not. Not for two callers at once. */
export async function followTree({
  folder,
  commit,
  everyMs = 1000,
}: FollowRequest): Promise<() => Promise<RegistryTree>> {
  const rev = commit ?? ((await hasFiles(folder)) ? undefined : "HEAD");
  let known: RegistryTree | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known !== undefined && performance.now() - lookedAt < everyMs) return known;
    // Also a look that fails is not repeated at once.
    lookedAt = performance.now();
    const next = rev === undefined ? await readFolderTree(folder) : await readCommit(folder, { rev, known });
    known = known !== undefined && isSame(known, next) ? known : next;
    return known;
  };
}

async function readCommit(
  repository: string,
  { rev, known }: { readonly rev: string; readonly known: RegistryTree | undefined },
): Promise<RegistryTree> {
  const commit = await resolveCommit({ repository, commit: rev });
  return known?.commit === commit ? known : readGitTree({ repository, commit });
}

const isSame = (one: RegistryTree, other: RegistryTree): boolean =>
  one === other ||
  (one.commit === null &&
    one.files.length === other.files.length &&
    one.files.every((file, index) => file.path === other.files[index]?.path && file.id === other.files[index]?.id));

/** A bare repository has the files of no commit. */
async function hasFiles(folder: string): Promise<boolean> {
  const isThere = (name: string) =>
    lstat(join(folder, name)).then(
      () => true,
      () => false,
    );
  if ((await isThere("providers")) || (await isThere("modules"))) return true;
  return !((await isThere("HEAD")) && (await isThere("objects")));
}
