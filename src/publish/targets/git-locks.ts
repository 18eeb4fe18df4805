import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { errorMessage } from "../../registry/errors.ts";
import { type BranchMove, broken, moveRef } from "./git-place.ts";

/**
 * A git that is killed with its publisher while it moves a branch leaves its lock, and every later git refuses to move the
 * branch until a person deletes that. So it is noted first to which commit the branch is moved: a lock that holds that
 * commit, or nothing yet, is then ours.
 */
export async function moveNoted(gitFolder: string, ref: string, move: BranchMove): Promise<boolean> {
  const note = join(gitFolder, "registrar", "moving");
  const noted = readText(note);
  // HEAD is locked, too, where it names the branch.
  if (noted !== null) for (const name of [ref, "HEAD"]) await unlock(join(gitFolder, `${name}.lock`), noted);
  try {
    writeFileSync(note, `${move.to}\n`);
  } catch (cause) {
    throw broken(gitFolder)(errorMessage(cause));
  }
  try {
    return await moveRef(gitFolder, ref, move);
  } finally {
    rmSync(note, { force: true });
  }
}

/** A git that outlived its publisher holds a lock for some milliseconds; one so old is held by nobody. In milliseconds. */
const oldest = 1000;

async function unlock(lock: string, noted: string): Promise<void> {
  const isOurs = () => ["", noted].includes(readText(lock) ?? "another");
  if (!isOurs()) return;
  const { mtimeMs = 0 } = statSync(lock, { throwIfNoEntry: false }) ?? {};
  await wait(Math.min(Math.max(mtimeMs + oldest - Date.now(), 0), oldest));
  if (isOurs()) rmSync(lock, { force: true });
}

/** Removes all locks of a repository that nobody else writes to. */
export function clearLocks(gitFolder: string): void {
  const remove = (folder: string, options?: { readonly recursive: true }) => {
    for (const name of namesIn(folder, options))
      if (name.endsWith(".lock")) rmSync(join(folder, name), { force: true });
  };
  remove(gitFolder);
  remove(join(gitFolder, "refs"), { recursive: true });
}

function namesIn(folder: string, options?: { readonly recursive: true }): readonly string[] {
  try {
    return readdirSync(folder, { ...options, encoding: "utf8" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Null where there is no such file. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
