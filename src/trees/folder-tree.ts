import { constants, type Dirent, type Stats } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import type { RegistryTree, TreeFile } from "../registry/tree.ts";
import { readAhead } from "./read-ahead.ts";
import { assertRegularFile, byPath, configurationPath, registryFolders } from "./registry-files.ts";

/**
 * The registry in a folder as it is now, checked out or not. Symbolic links are listed with mode 120000 and never
 * followed; sockets, pipes and devices, which git cannot hold either, are not listed. `rest` is called between folders,
 * which are then looked at one by one; without it all are looked at as fast as that goes.
 */
export async function readFolderTree(folder: string, rest?: () => Promise<void>): Promise<RegistryTree> {
  const root = await openFolder(folder);
  const files: TreeFile[] = [];
  for (const name of registryFolders) await list({ root, rest }, name, files);
  // Also `.github` itself may be a link to elsewhere.
  const settings = await statusOf(root, ".github");
  if (settings?.isDirectory()) await list({ root, rest }, configurationPath, files);
  return {
    commit: null,
    files: files.sort(byPath),
    read: (wanted) =>
      readAhead(wanted, async (file) => {
        assertRegularFile(file);
        return { file, bytes: await readRegularFile(root, file.path) };
      }),
  };
}

async function openFolder(folder: string): Promise<string> {
  let root: string;
  try {
    root = await realpath(folder);
  } catch (cause) {
    throw new RegistrarError(
      "bad-argument",
      `The folder ${quoted(folder)} cannot be read (${reason(cause)}). Name the folder that holds providers/ and modules/.`,
      { cause },
    );
  }
  if (!(await lstat(root)).isDirectory()) {
    throw new RegistrarError(
      "bad-argument",
      `${quoted(folder)} is a file. Name the folder that holds providers/ and modules/.`,
    );
  }
  return root;
}

interface Look {
  readonly root: string;
  readonly rest: (() => Promise<void>) | undefined;
}

/** Adds the file at `path`, or all files below it where it is a folder; nothing where it does not exist. */
async function list(look: Look, path: string, files: TreeFile[]): Promise<void> {
  const { root, rest } = look;
  const status = await statusOf(root, path);
  if (status === undefined) return;
  if (status.isDirectory()) {
    await rest?.();
    const entries: Dirent[] = await readdir(join(root, path), { withFileTypes: true }).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    const listEntry = (entry: Dirent) => list(look, `${path}/${entry.name}`, files);
    // Files of one folder side by side: a registry has thousands of them.
    if (rest === undefined) await Promise.all(entries.map(listEntry));
    else for (const entry of entries) await listEntry(entry);
    return;
  }
  const mode = modeOf(status);
  if (mode === undefined) return;
  const id = `${status.ino}-${status.size}-${status.mtimeMs}-${status.ctimeMs}`;
  files.push({ path, mode, size: status.size, id });
}

function modeOf(status: Stats): string | undefined {
  if (status.isSymbolicLink()) return "120000";
  if (!status.isFile()) return undefined;
  return (status.mode & 0o100) === 0 ? "100644" : "100755";
}

async function statusOf(root: string, path: string): Promise<Stats | undefined> {
  try {
    return await lstat(join(root, path));
  } catch (cause) {
    // A name that is no UTF-8 cannot be asked for either; its file is then as good as absent.
    if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined;
    throw unreadable(path, cause);
  }
}

async function readRegularFile(root: string, path: string): Promise<Uint8Array> {
  try {
    // The file may have become a link or a pipe since it was listed: follow neither, wait for nobody.
    const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw new Error("no longer a regular file");
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;
const reason = (error: unknown): string => String(codeOf(error) ?? plainText(errorMessage(error)));

const unreadable = (path: string, cause: unknown): RegistrarError =>
  new RegistrarError(
    "bad-tree",
    `${quoted(path)} cannot be read (${reason(cause)}). Check that it is there and that this user may read it, then try again.`,
    { cause },
  );
