import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join } from "node:path";

/**
 * The content of a published file; null where there is none of exactly that name. Nothing behind a symbolic link is
 * given out, and a disk that takes `Acme` for `acme` does not make the server do so: the real path must be the one asked for.
 */
export async function readPublishedFile(root: string, parts: readonly string[]): Promise<Buffer | null> {
  const path = join(root, ...parts);
  try {
    if ((await realpath(path)) !== path) return null;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return null;
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (absent.has(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
}

const absent = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EISDIR"]);
