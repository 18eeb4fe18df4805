import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
   * ago; the first who asks later waits for the next look, and others only where the last one is long ago. Nobody waits
   * for a look that is a long one; it is carried out beside what else is done.
   */
  read(): RegistryTree | Promise<RegistryTree>;
  stop(): Promise<void>;
}

/** A look at a folder asks for every file's state: of all time it may take this part. */
const share = 1 / 30;
/** What was true so many looks ago is not told any more. */
const longAgo = 10;
/** A look that nobody waits for is spread over so many pauses at most. */
const spread = 4;
/** Looks that take longer, in milliseconds, are not waited for: thousands of files make hundreds of requests wait. */
const longLook = 20;

/** Reads a registry, and reads it again where it has changed. */
export async function followTree({ folder, commit, everyMs = 1000 }: FollowRequest): Promise<FollowedTree> {
  const rev = commit ?? ((await hasFiles(folder)) ? undefined : "HEAD");
  const source = rev === undefined ? folderSource(folder) : new GitSource(folder, rev);
  let known: RegistryTree | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let trueAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<RegistryTree> | undefined;
  let pause = everyMs;
  /** The last look that was waited for, in milliseconds. */
  let took = 0;
  const look = (isWaitedFor: boolean) => {
    const started = performance.now();
    // Also a look that fails is not repeated at once.
    lookedAt = started;
    const rest = isWaitedFor ? undefined : restUntil(started + spread * pause);
    looking = source
      .read(known, rest)
      .then((tree) => {
        known = tree;
        trueAt = started;
        if (isWaitedFor) took = performance.now() - started;
        if (everyMs > 0) pause = Math.max(everyMs, took / share);
        return tree;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return {
    read: () => {
      const now = performance.now();
      const isRecent = now - trueAt < longAgo * pause;
      const isFresh = looking === undefined ? now - lookedAt < pause : isRecent;
      if (known !== undefined && isFresh) return known;
      if (looking !== undefined) return looking;
      if (known === undefined || !isRecent || !source.canRest || took < longLook) return look(true);
      // What is wrong is told to who asks when the last good look is long ago.
      look(false).catch(() => undefined);
      return known;
    },
    stop: () => source.stop(),
  };
}

/** Between two steps of a look that nobody waits for. It need not be quick, but it ends. */
const restUntil = (end: number) => async (): Promise<void> => {
  if (performance.now() < end) await sleep(3);
};

interface Source {
  /** A look can take long, and then rests between its steps where it is told to. */
  readonly canRest: boolean;
  read(known: RegistryTree | undefined, rest?: () => Promise<void>): Promise<RegistryTree>;
  stop(): Promise<void>;
}

const folderSource = (folder: string): Source => ({
  canRest: true,
  read: async (known, rest) => {
    const next = await readFolderTree(folder, rest);
    return known !== undefined && isSame(known, next) ? known : next;
  },
  stop: async () => undefined,
});

const isSame = (one: RegistryTree, other: RegistryTree): boolean =>
  one.files.length === other.files.length &&
  one.files.every((file, index) => file.path === other.files[index]?.path && file.id === other.files[index]?.id);

/** One git answers for as long as the tree is followed: starting one for each look and each file costs far more. */
class GitSource implements Source {
  readonly canRest = false;
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
