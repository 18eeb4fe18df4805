import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { GitFolder } from "./folder.ts";
import { type RefChange, readRef, ZERO } from "./refs.ts";

/**
 * All or none. The old values are checked, so a change that came between makes it fail. Locks are taken as git takes them,
 * so that a push of real git at the same moment waits or is waited for. https://git-scm.com/docs/gitrepository-layout
 */
export async function writeRefs(git: GitFolder, changes: readonly RefChange[]): Promise<void> {
  const held: string[] = [];
  try {
    for (const { ref, before, after } of changes) {
      const path = join(git.path, ref);
      const file = await lock(path);
      held.push(path);
      writeSync(file, `${after}\n`);
      closeSync(file);
      const current = (await readRef(git, ref)) ?? ZERO;
      if (current !== before) throw new Error(`cannot lock ref '${ref}': is at ${current} but expected ${before}`);
    }
  } catch (error) {
    for (const path of held) rmSync(`${path}.lock`);
    for (const { ref } of changes) removeEmpty(git, dirname(ref));
    throw error;
  }
  for (const { ref, after } of changes) {
    const path = join(git.path, ref);
    if (after !== ZERO) {
      renameSync(`${path}.lock`, path);
      continue;
    }
    rmSync(path);
    rmSync(`${path}.lock`);
    removeEmpty(git, dirname(ref));
  }
}

/** git waits for a tenth of a second too. https://git-scm.com/docs/git-config#Documentation/git-config.txt-corefilesRefLockTimeout */
const TRIES = 10;
const PAUSE_MS = 10;

async function lock(path: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    mkdirSync(dirname(path), { recursive: true });
    // Where a folder of longer names was, it goes when it is empty; else a ref of that name stays impossible.
    if (existsSync(path) && removed(path) === "not empty") {
      throw new Error(`'${path}' is a folder of refs; cannot create a ref of that name`);
    }
    try {
      return openSync(`${path}.lock`, "wx");
    } catch (error) {
      if (attempt === TRIES) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

/** `refs/heads/a/b` leaves an empty `refs/heads/a` behind. */
function removeEmpty(git: GitFolder, folder: string): void {
  for (let name = folder; name.split("/").length > 2; name = dirname(name)) {
    if (removed(join(git.path, name)) !== "removed") return;
  }
}

function removed(folder: string): "removed" | "not empty" | "no folder" {
  try {
    rmdirSync(folder);
    return "removed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOTEMPTY" ? "not empty" : "no folder";
  }
}
