import { DatabaseSync } from "node:sqlite";
import { errorMessage, RegistrarError } from "../../registry/errors.ts";
import { plainText, quoted } from "../../registry/plain-text.ts";

export interface DirectoryLock {
  release(): void;
}

/** https://www.sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Keeps a second publisher out, in this process or another. An exclusive transaction on an empty SQLite file is a lock
 * of the operating system: it works on every platform, across containers that share the folder, and is gone with the
 * process however that ends, so there are no stale locks to judge. Nothing is ever written into the file.
 */
export function lockDirectory(folder: string, lockFile: string): DirectoryLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(lockFile, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    if ((cause as { errcode?: unknown }).errcode === busy) {
      throw new RegistrarError(
        "publish-failed",
        `Another publisher is writing to ${quoted(folder)}. Wait until it has ended, then publish again.`,
        { cause },
      );
    }
    throw new RegistrarError(
      "publish-failed",
      `The folder ${quoted(folder)} cannot be locked (${plainText(errorMessage(cause))}). Check that this user may write to it and that its file system has locks.`,
      { cause },
    );
  }
  const held = database;
  return { release: () => held.close() };
}
