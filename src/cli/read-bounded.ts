import { type FileHandle, open, stat } from "node:fs/promises";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/**
 * The first bytes of a file, one more than `most` where it is larger, so that whoever judges it sees that it is. Throws
 * `bad-argument` for what is no file: reading a pipe or a terminal could wait for ever.
 */
export async function readBounded(path: string, { most, what }: { most: number; what: string }): Promise<Uint8Array> {
  const refuse = (why: string, cause?: unknown) =>
    new RegistrarError("bad-argument", `${what} ${quoted(path)} ${why}. Name a file that can be read.`, { cause });
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(cause.code === "ENOENT" ? "is not there" : `cannot be looked at: ${errorMessage(cause)}`, cause);
  });
  if (found.isDirectory()) throw refuse("is a folder");
  if (!found.isFile()) throw refuse("is no regular file");
  const file = await open(path).catch((cause: unknown) => {
    throw refuse(`cannot be read: ${errorMessage(cause)}`, cause);
  });
  try {
    return await readStart(file, most + 1);
  } catch (cause) {
    throw refuse(`cannot be read: ${errorMessage(cause)}`, cause);
  } finally {
    await file.close();
  }
}

async function readStart(file: FileHandle, most: number): Promise<Uint8Array> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.min(most, size + 1));
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
