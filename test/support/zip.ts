import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** Real zips, and zips with one thing wrong in their directory. Places as in APPNOTE.TXT, sections 4.3.12 and 4.3.16. */

export interface Entry {
  readonly name: string;
  readonly text?: string;
  /** Default: a plain file. */
  readonly mode?: number;
  readonly stored?: true;
}

export const program = "terraform-provider-dns_v1.2.0";

export async function zipOf(
  entries: readonly Entry[] = [{ name: "LICENSE" }, { name: program }],
  { zip64 = false, comment = "" }: { readonly zip64?: boolean; readonly comment?: string } = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, text = `${name}\n`.repeat(20), mode = 0o100_644, stored } of entries) {
    if (name.endsWith("/")) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.from(text), name, { mode, compress: stored !== true, forceZip64Format: zip64 });
  }
  zip.end({ forceZip64Format: zip64, comment });
  return buffer(zip.outputStream);
}

const start = Buffer.from("PK\u0001\u0002", "latin1");
const end = Buffer.from("PK\u0005\u0006", "latin1");

/** Where the directory's entry `index` begins. */
export function entryAt(zip: Buffer, index: number): number {
  let at = zip.indexOf(start);
  for (let passed = 0; passed < index; passed += 1) at = zip.indexOf(start, at + 4);
  if (at < 0) throw new Error(`The zip has no entry ${index}.`);
  return at;
}

/** Where the record of its end begins. */
export const endAt = (zip: Buffer): number => zip.lastIndexOf(end);

/** A copy with other bytes at a place. */
export function patched(zip: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(zip);
  bytes.forEach((byte, index) => {
    copy[at + index] = byte;
  });
  return copy;
}

/** Little-endian. */
export const u16 = (value: number): readonly number[] => [value & 0xff, value >>> 8];
export const u32 = (value: number): readonly number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** Names that zip writers refuse: another name of the same length, in the directory and before the file. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error("Both names must have one length.");
  return Buffer.from(zip.toString("latin1").replaceAll(from, Buffer.from(to).toString("latin1")), "latin1");
}
