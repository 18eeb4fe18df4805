import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Unix permissions. */
  readonly mode: 0o755 | 0o644;
}

/** A zip with the same bytes for the same entries and date, in any time zone. Dates before 1980 count as 1980. */
export async function buildZip(entries: readonly ZipEntry[], date: Date): Promise<Uint8Array> {
  const zip = new ZipFile();
  // yazl writes local time.
  const mtime = new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
  for (const { bytes, mode, name } of entries) {
    zip.addBuffer(Buffer.from(bytes), name, { mtime, mode: 0o100_000 | mode, forceDosTimestamp: true });
  }
  zip.end();
  return buffer(zip.outputStream);
}
