import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";

export type FileState = "same" | "different" | "absent";

/**
 * The few things the folder target does with files, by paths relative to its root. Synchronous: half a million small
 * files take a third of the time that promises need; whoever calls in a loop lets others run in between.
 */
export class DirectoryFiles {
  readonly #root: string;
  readonly #temporary: string;
  #count = 0;
  /** Folders of the last look that are known to be real ones; bounded by clearing. */
  readonly #real = new Set<string>();

  constructor(root: string, temporary: string) {
    this.#root = root;
    this.#temporary = temporary;
  }

  /** Removes what an interrupted run left half written; only for who holds the lock. */
  clearTemporary(): void {
    this.makeFolder(this.#temporary);
    const folder = join(this.#root, this.#temporary);
    for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
  }

  /** How the file compares with the text; a link or folder in its place is different. */
  compare(path: string, body: string): FileState {
    const absolute = join(this.#root, path);
    const status = lstatSync(absolute, { throwIfNoEntry: false });
    if (status === undefined) return "absent";
    if (!status.isFile() || status.size !== Buffer.byteLength(body)) return "different";
    try {
      // Bytes that are no UTF-8 decode to U+FFFD, so a text without it is equal only if the bytes are.
      return readFileSync(absolute, "utf8") === body && !body.includes("\uFFFD") ? "same" : "different";
    } catch {
      return "different";
    }
  }

  /**
   * The file appears whole or not at all. It is not forced to the disk: after a power failure it may be empty, and the
   * next publication sees and repairs that.
   */
  write(path: string, body: string): void {
    this.#count += 1;
    const temporary = join(this.#root, this.#temporary, String(this.#count));
    writeFileSync(temporary, body);
    this.makeFolder(dirname(path));
    try {
      renameSync(temporary, join(this.#root, path));
    } catch (cause) {
      unlinkSync(temporary);
      if (!isOneOf(cause, ["EISDIR", "ENOTEMPTY", "EEXIST"])) throw cause;
      throw notOurs(path, "a folder");
    }
  }

  /** Returns whether there was something to remove; never a folder. */
  remove(path: string): boolean {
    try {
      unlinkSync(join(this.#root, path));
      return true;
    } catch (cause) {
      if (isOneOf(cause, ["ENOENT", "ENOTDIR"])) return false;
      if (isOneOf(cause, ["EISDIR", "EPERM"]) && this.isFolder(path)) throw notOurs(path, "a folder");
      throw cause;
    }
  }

  /** Removes the folders above a path that are empty now, up to and without `top`. */
  removeEmptyFolders(path: string, top: string): void {
    for (let folder = dirname(path); folder !== "." && folder !== top; folder = dirname(folder)) {
      this.#real.delete(folder);
      try {
        rmdirSync(join(this.#root, folder));
      } catch (cause) {
        if (isOneOf(cause, ["ENOENT"])) continue;
        if (isOneOf(cause, ["ENOTEMPTY", "EEXIST", "ENOTDIR"])) return;
        throw cause;
      }
    }
  }

  /**
   * Whether the folder is there. Refuses a link or a file in the place of it or of any folder above it below the root:
   * what is written or removed behind a link is not in this folder.
   */
  isFolder(path: string): boolean {
    if (path === "." || this.#real.has(path)) return true;
    if (!this.isFolder(dirname(path))) return false;
    const status = lstatSync(join(this.#root, path), { throwIfNoEntry: false });
    if (status === undefined) return false;
    if (!status.isDirectory()) throw notOurs(path, status.isSymbolicLink() ? "a symbolic link" : "a file");
    this.#remember(path);
    return true;
  }

  makeFolder(path: string): void {
    if (this.isFolder(path)) return;
    this.makeFolder(dirname(path));
    mkdirSync(join(this.#root, path));
    this.#remember(path);
  }

  #remember(path: string): void {
    if (this.#real.size > 10_000) this.#real.clear();
    this.#real.add(path);
  }
}

const isOneOf = (error: unknown, codes: readonly string[]): boolean =>
  codes.includes(String((error as NodeJS.ErrnoException).code));

/** Something stands where a document or one of its folders belongs, and Registrar has not put it there. */
export function notOurs(path: string, what: string): RegistrarError {
  return new RegistrarError(
    "publish-failed",
    `${quoted(path)} in the published folder is ${what} that Registrar did not make. Move it away, then publish again.`,
  );
}
