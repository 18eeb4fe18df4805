import { lstat, mkdir, open, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** Writes records into a registry folder; paths are relative to it, with slashes. */
export interface FolderWriter {
  /** Makes a file that is not there yet; throws `bad-argument` when it is. */
  create(path: string, text: string): Promise<void>;
  /** Puts another text into a regular file in one step, so that nobody ever sees half of it. */
  replace(path: string, text: string): Promise<void>;
}

/** Never follows a symbolic link: what it leads to is no part of the registry. Throws `bad-tree` at one. */
export function folderWriter(folder: string): FolderWriter {
  return {
    async create(path, text) {
      const root = await realpath(folder);
      await makeFolders(root, dirname(path));
      try {
        const file = await open(join(root, path), "wx");
        await file.writeFile(text).finally(() => file.close());
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
        throw new RegistrarError("bad-argument", `${quoted(path)} is there already; it is left as it is.`, { cause });
      }
    },
    async replace(path, text) {
      const root = await realpath(folder);
      await makeFolders(root, dirname(path));
      const place = join(root, path);
      const status = await lstat(place);
      if (!status.isFile()) throw notRegular(path);
      const fresh = `${place}.new`;
      try {
        await writeFile(fresh, text, { flag: "wx", mode: status.mode });
        await rename(fresh, place);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
    },
  };
}

async function makeFolders(root: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (const [index] of parts.entries()) {
    const part = parts.slice(0, index + 1).join("/");
    await mkdir(join(root, part)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if (!(await lstat(join(root, part))).isDirectory()) throw notRegular(part);
  }
}

const notRegular = (path: string): RegistrarError =>
  new RegistrarError(
    "bad-tree",
    `${quoted(path)} is a symbolic link or no plain file or folder; nothing is written there.`,
  );
