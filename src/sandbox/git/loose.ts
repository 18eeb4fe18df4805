import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { constants, deflateSync, inflate, inflateSync } from "node:zlib";

export interface GitObject {
  readonly sha: string;
  readonly type: string;
  readonly size: number;
  readonly content: Buffer;
}

// A loose object is `TYPE SIZE NUL content`, deflated, in a file named after the SHA-1 of that. Reading and writing them here
// saves a process for each: nearly all that the sandbox holds is loose. Calls are synchronous because the files are small:
// handing each to another thread and back takes several times as long as the work.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects

/** An object that is there already stays as it is. */
export function writeLoose(folder: string, { sha, type, content }: GitObject): void {
  const path = pathOf(folder, sha);
  if (existsSync(path)) return;
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  mkdirSync(dirname(path), { recursive: true });
  // Whoever reads sees the whole object or none.
  const unfinished = join(dirname(path), `tmp_obj_${randomUUID()}`);
  writeFileSync(unfinished, deflateSync(whole, { level: constants.Z_BEST_SPEED }), { mode: 0o444 });
  renameSync(unfinished, path);
}

/** From here on another thread inflates. */
const LARGE = 100_000;

/** null when there is no such object, or not as a file of its own. */
export async function readLoose(folder: string, sha: string): Promise<GitObject | null> {
  const path = pathOf(folder, sha);
  if (!existsSync(path)) return null;
  const packed = readFileSync(path);
  const data = packed.length < LARGE ? inflateSync(packed) : await promisify(inflate)(packed);
  const { type, size, start } = parseHeader(data);
  return { sha, type, size, content: data.subarray(start) };
}

/** The longest header is `commit` with a size of 19 digits; this much of the file inflates to more than that. */
const ENOUGH = 128;

/** Type and size from the first bytes. */
export function looseInfo(folder: string, sha: string): GitObject | null {
  const path = pathOf(folder, sha);
  if (!existsSync(path)) return null;
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(ENOUGH);
    const length = readSync(file, start, 0, ENOUGH, 0);
    const data = inflateSync(start.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
    const { type, size } = parseHeader(data);
    return { sha, type, size, content: Buffer.alloc(0) };
  } finally {
    closeSync(file);
  }
}

function parseHeader(data: Buffer): { type: string; size: number; start: number } {
  const end = data.indexOf(0);
  const [type = "", size = ""] = data.toString("latin1", 0, end).split(" ");
  return { type, size: Number(size), start: end + 1 };
}

function pathOf(folder: string, sha: string): string {
  return join(folder, "objects", sha.slice(0, 2), sha.slice(2));
}
