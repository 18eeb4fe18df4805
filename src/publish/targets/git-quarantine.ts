import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage } from "../../registry/errors.ts";
import { runGit } from "../../trees/git-process.ts";
import type { ObjectFormat } from "./git-objects.ts";
import { broken } from "./git-place.ts";

/**
 * A repository of its own for one import. It sees the objects of the other one, but what it makes is seen by nobody until
 * it is handed over, and what is left of it after a crash is known to be rubbish.
 */
export class Quarantine {
  readonly gitFolder: string;
  readonly #repository: string;

  private constructor(gitFolder: string, repository: string) {
    this.gitFolder = gitFolder;
    this.#repository = repository;
  }

  /** Removes what an earlier run may have left of its own; only for who holds the lock. */
  static clear(repository: string): void {
    const state = join(repository, "registrar");
    inFolder(repository, () => {
      for (const name of readdirSync(state)) {
        if (name.startsWith(prefix)) rmSync(join(state, name), { recursive: true, force: true, maxRetries: 3 });
      }
    });
  }

  /** Makes one below a repository. */
  static async create(repository: string, format: ObjectFormat): Promise<Quarantine> {
    const state = join(repository, "registrar");
    // Never the same one: a git that outlived its publisher may still be writing to that.
    const folder = inFolder(repository, () => mkdtempSync(join(state, prefix)));
    const init = ["init", "--quiet", "--bare", "--template=", `--object-format=${format}`];
    await runGit(folder, init, { fail: broken(repository) });
    inFolder(repository, () => {
      mkdirSync(join(folder, "objects", "info"), { recursive: true });
      // Relative, since a path may hold what this file cannot (https://git-scm.com/docs/gitrepository-layout).
      writeFileSync(join(folder, "objects", "info", "alternates"), "../../../objects\n");
    });
    return new Quarantine(folder, repository);
  }

  /**
   * Gives the new packs to the repository, as git itself takes over those of a push: each pack before the index by which
   * readers find it.
   */
  handOver(): void {
    const from = join(this.gitFolder, "objects", "pack");
    const to = join(this.#repository, "objects", "pack");
    const isIndex = (name: string) => Number(name.endsWith(".idx"));
    inFolder(this.#repository, () => {
      mkdirSync(to, { recursive: true });
      const files = readdirSync(from).filter((name) => /^pack-[0-9a-f]+\.[a-z]+$/.test(name));
      for (const name of files.sort((a, b) => isIndex(a) - isIndex(b))) renameSync(join(from, name), join(to, name));
    });
  }

  remove(): void {
    rmSync(this.gitFolder, { recursive: true, force: true });
  }
}

const prefix = "import-";

/** A repository that cannot be written to is its operator's to mend. */
function inFolder<Result>(repository: string, step: () => Result): Result {
  try {
    return step();
  } catch (cause) {
    throw broken(repository)(errorMessage(cause));
  }
}
