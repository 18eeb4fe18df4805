import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { errorMessage } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { type ArchiveContents, type ArchiveEntry, describeContents, mostEntries } from "./archive-contents.ts";

/** What the end of a zip tells: its contents, that it is none, or from which byte on more of it is needed. */
export type ZipDirectory =
  | { readonly kind: "read"; readonly contents: ArchiveContents }
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "more"; readonly from: number };

/** The record at the end with the longest comment, and what says that there is one for sizes of 64 bits before it. */
export const endOfZip = 22 + 20 + 56 + 65_535;
/** Longest directory that is read, in bytes: a thousand entries take some hundred each. */
export const longestDirectory = 1024 * 1024;

/**
 * Reads a zip's directory from the last bytes of the file, and nothing else of it: no entry is looked into, nothing is
 * unpacked. `size` is that of the whole file.
 */
export async function readZipDirectory(tail: Buffer, size: number): Promise<ZipDirectory> {
  const window = new Window(tail, size);
  try {
    const zip = await fromRandomAccessReaderPromise(window, size, { decodeStrings: false });
    if (zip.entryCount > mostEntries) {
      return broken(`it has ${zip.entryCount} entries; at most ${mostEntries} are allowed`);
    }
    const begin = Number(zip.readEntryCursor);
    const entries: ArchiveEntry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entryOf(entry));
    const end = endProblem(zip, { begin, size, window });
    return end === undefined ? { kind: "read", contents: describeContents(entries, size) } : broken(end);
  } catch (error) {
    if (window.missing === null) return broken(`its directory cannot be read (${quoted(errorMessage(error), 200)})`);
    if (size - window.missing > longestDirectory + endOfZip) return broken("its directory is too long");
    return { kind: "more", from: window.missing };
  }
}

const broken = (reason: string): ZipDirectory => ({ kind: "broken", reason });

/** The end of a file in memory, read as if it were the whole. */
class Window extends RandomAccessReader {
  readonly #tail: Buffer;
  readonly #start: number;
  /** The first byte that was asked for and is in the file, but not in its end. */
  missing: number | null = null;

  constructor(tail: Buffer, size: number) {
    super();
    this.#tail = tail;
    this.#start = size - tail.length;
  }

  override read(...[buffer, offset, length, position, callback]: Parameters<RandomAccessReader["read"]>): void {
    const from = position - this.#start;
    if (position >= 0 && from < 0) this.missing = position;
    if (from < 0 || from + length > this.#tail.length) {
      callback(new Error("a part of it would lie outside the file"));
      return;
    }
    this.#tail.copy(buffer, offset, from, from + length);
    callback(null);
  }

  /** Little-endian, of 2 or 4 bytes; undefined outside the window. */
  number(position: number, bytes: 2 | 4): number | undefined {
    const from = position - this.#start;
    return from < 0 || from + bytes > this.#tail.length ? undefined : this.#tail.readUIntLE(from, bytes);
  }
}

function entryOf(entry: Entry): ArchiveEntry {
  return {
    name: entry.fileNameRaw.toString("utf8"),
    at: entry.relativeOffsetOfLocalHeader,
    packed: entry.compressedSize,
    unpacked: entry.uncompressedSize,
    method: entry.compressionMethod,
    encrypted: entry.isEncrypted(),
    // Unix and macOS; Go reads the upper half of the attributes for these alone. https://pkg.go.dev/archive/zip#FileHeader.Mode
    mode: [3, 19].includes(entry.versionMadeBy >> 8) ? entry.externalFileAttributes >>> 16 : null,
  };
}

/**
 * Readers disagree about what is not plain, and so would see another archive than we. The directory has to end where the
 * record of its end begins: Go reads on to entries beyond the count. Where there are two records, one for sizes of 64 bits,
 * they have to say the same: which of them counts is taken differently.
 */
function endProblem(zip: ZipFile, { begin, size, window }: { begin: number; size: number; window: Window }) {
  // Without decoding it is the bytes.
  const end = size - 22 - (zip.comment as unknown as Buffer).length;
  const wide = window.number(end - 20, 4) === 0x07064b50;
  const directoryEnd = wide ? end - 76 : end;
  if (Number(zip.readEntryCursor) !== directoryEnd) return "there is something between its directory and its end";
  const same = (at: number, bytes: 2 | 4, value: number) => {
    const said = window.number(at, bytes);
    return said === value || (wide && said === 2 ** (8 * bytes) - 1);
  };
  const agrees =
    same(end + 8, 2, zip.entryCount) &&
    same(end + 10, 2, zip.entryCount) &&
    same(end + 12, 4, directoryEnd - begin) &&
    same(end + 16, 4, begin);
  return agrees ? undefined : "the records at its end contradict each other";
}
