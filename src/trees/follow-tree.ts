import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { RegistryTree, TreeFile } from "../registry/tree.ts";
import { readFolderTree } from "./folder-tree.ts";
import { findGitFolder, readGitTree, resolveCommit } from "./git-tree.ts";
import { ObjectReader } from "./object-reader.ts";
import { assertRegularFile } from "./registry-files.ts";

export interface FollowRequest {
  readonly folder: string;
  /** A branch is followed; absent: the files of the folder, or what a bare repository has at its HEAD. */
  readonly commit?: string;
  /** Shortest time between two looks, in milliseconds, default a second; longer where a look takes long. */
  readonly everyMs?: number;
}

export interface FollowedTree {
  /**
   * The registry as it is now: the same object as long as it has not changed. At once where it was looked at a moment
   * ago; the first who asks later waits for the next look, and others only where the last one is long ago.
   */
  read(): RegistryTree | Promise<RegistryTree>;
  stop(): Promise<void>;
}

/** A look at a folder asks for every file's state: of all time it may take this part. */
const share = 1 / 30;
/** What was true so many looks ago is not told any more, however long a look takes. */
const longAgo = 5;

/** Reads a registry, and reads it again where it has changed. */
export async function followTree({ folder, commit, everyMs = 1000 }: FollowRequest): Promise<FollowedTree> {
  const rev = commit ?? ((await hasFiles(folder)) ? undefined : "HEAD");
  const source = rev === undefined ? folderSource(folder) : new GitSource(folder, rev);
  let known: RegistryTree | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let trueAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<RegistryTree> | undefined;
  let pause = everyMs;
  const look = async () => {
    // Also a look that fails is not repeated at once.
    const now = performance.now();
    lookedAt = now;
    known = await source.read(known);
    trueAt = now;
    if (everyMs > 0) pause = Math.max(everyMs, (performance.now() - now) / share);
    return known;
  };
  return {
    read: () => {
      const now = performance.now();
      const isFresh = looking === undefined ? now - lookedAt < pause : now - trueAt < longAgo * pause;
      if (known !== undefined && isFresh) return known;
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    stop: () => source.stop(),
  };
}

interface Source {
  read(known: RegistryTree | undefined): Promise<RegistryTree>;
  stop(): Promise<void>;
}

const folderSource = (folder: string): Source => ({
  read: async (known) => {
    const next = await readFolderTree(folder);
    return known !== undefined && isSame(known, next) ? known : next;
  },
  stop: async () => undefined,
});

const isSame = (one: RegistryTree, other: RegistryTree): boolean =>
  one.files.length === other.files.length &&
  one.files.every((file, index) => file.path === other.files[index]?.path && file.id === other.files[index]?.id);

/** One git answers for as long as the tree is followed: starting one for each look and each file costs far more. */
class GitSource implements Source {
  readonly #repository: string;
  readonly #rev: string;
  #objects: ObjectReader | undefined;

  constructor(repository: string, rev: string) {
    this.#repository = repository;
    this.#rev = rev;
  }

  async read(known: RegistryTree | undefined): Promise<RegistryTree> {
    const commit = await this.#resolve();
    if (known?.commit === commit) return known;
    const tree = await readGitTree({ repository: this.#repository, commit });
    return {
      ...tree,
      // Few files, as they are asked for; many are quicker by a process of their own.
      read: (files) => (files.length > 10 ? tree.read(files) : this.#readFiles(files)),
    };
  }

  async stop(): Promise<void> {
    await this.#objects?.stop();
  }

  /** The commit that the name stands for now. */
  async #resolve(): Promise<string> {
    const request = { repository: this.#repository, commit: this.#rev };
    // The first time with all that can be wrong with a name.
    if (this.#objects === undefined) {
      const commit = await resolveCommit(request);
      this.#objects = new ObjectReader(await findGitFolder(this.#repository));
      return commit;
    }
    return (await this.#ask(`${this.#rev}^{commit}`))?.id ?? resolveCommit(request);
  }

  async *#readFiles(
    files: readonly TreeFile[],
  ): AsyncGenerator<{ readonly file: TreeFile; readonly bytes: Uint8Array }> {
    for (const file of files) {
      assertRegularFile(file);
      const object = await this.#ask(file.id);
      if (object?.type !== "blob") throw new RegistrarError("bad-tree", `Git cannot give ${quoted(file.path)}.`);
      yield { file, bytes: object.bytes };
    }
  }

  /** A git that has ended is replaced by the next question. */
  async #ask(name: string) {
    const objects = this.#objects ?? new ObjectReader(await findGitFolder(this.#repository));
    this.#objects = objects;
    try {
      return await objects.read(name);
    } catch (error) {
      if (this.#objects === objects) this.#objects = undefined;
      await objects.stop();
      throw error;
    }
  }
}

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
