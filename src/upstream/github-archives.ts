import { createHash } from "node:crypto";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import { type DownloadLimits, downloadChunks, downloadEnd } from "./download.ts";
import type { AssetFacts, ProviderEvidence, Reading } from "./evidence.ts";
import { unavailable } from "./github-releases-ask.ts";
import { downloadFailure } from "./github-releases-files.ts";
import type { ArchiveProgress, ArchiveReading } from "./port.ts";
import { endOfZip, longestDirectory, readZipDirectory } from "./zip-directory.ts";

/** GitHub's own limit for one asset is 2 GiB. */
const largestArchive = 2 * 1024 ** 3;
/** In milliseconds: for one archive, for a pause in it, for a part of it, and for all archives of a version. */
export interface ArchiveTimes {
  readonly one: number;
  readonly pause: number;
  readonly part: number;
  readonly all: number;
}
const defaultTimes: ArchiveTimes = { one: 10 * 60_000, pause: 30_000, part: 15_000, all: 15 * 60_000 };
/** Of all versions together, so that memory and line stay free whatever is reviewed. */
const mostAtOnce = 4;
const mostKept = 5_000;

type Digest = { readonly sha256: string; readonly size: number };

/** What is known of one archive beyond what GitHub lists. */
interface Known {
  /** Null where GitHub's digest is enough. */
  readonly digest: Reading<Digest> | null;
  readonly contents: Reading<ArchiveContents>;
}

/** The parts of the evidence that come from the archives themselves. */
export type ReadArchives = (
  assets: readonly AssetFacts[],
  of: { readonly reading: ArchiveReading; readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined },
) => Promise<Required<Pick<ProviderEvidence, "downloaded" | "contents">>>;

/**
 * Reads archives as far as somebody wants to know: by what GitHub lists alone, by their last bytes, or as a whole, hashed
 * while they come. What was read once is kept: an asset that is uploaded again is another asset for GitHub.
 */
export function createArchiveReader(
  hosts: Pick<DownloadLimits, "hosts" | "protocols">,
  times: ArchiveTimes = defaultTimes,
): ReadArchives {
  const kept = new Map<string, Known>();
  const underWay = new Map<string, Promise<Known>>();
  const inTurn = createTurns(mostAtOnce);
  const limits = { ...hosts, redirects: 5 };

  async function whole(asset: AssetFacts, onBytes: (bytes: number) => void): Promise<Known> {
    if (asset.size > largestArchive)
      throw refused(`${quoted(asset.name)} has ${asset.size} bytes, more than GitHub takes.`);
    const hash = createHash("sha256");
    let size = 0;
    const end = new End(longestDirectory + endOfZip);
    const wish = { ...limits, timeoutMs: times.one, idleMs: times.pause, maxBytes: largestArchive };
    for await (const chunk of downloadChunks(asset.url, wish)) {
      hash.update(chunk);
      size += chunk.byteLength;
      if (size > asset.size) break;
      end.add(chunk);
      onBytes(chunk.byteLength);
    }
    if (size !== asset.size) {
      const got = size > asset.size ? "more" : `${size}`;
      throw new RegistrarError(
        "upstream-unavailable",
        `GitHub lists ${quoted(asset.name)} with ${asset.size} bytes; ${got} came.`,
      );
    }
    const contents = await contentsOf(asset, end.bytes());
    return { digest: { kind: "found", sha256: hash.digest("hex"), size }, contents };
  }

  /** By its last bytes; as a whole from a server that gives no parts. */
  async function directory(asset: AssetFacts, onBytes: (bytes: number) => void): Promise<Known> {
    const read = (from: number) =>
      downloadEnd(asset.url, { ...limits, timeoutMs: times.part, from: Math.max(0, from), size: asset.size });
    const end = asset.size === 0 ? Buffer.alloc(0) : await read(asset.size - endOfZip);
    if (end === null) return whole(asset, onBytes);
    const first = await readZipDirectory(end, asset.size);
    if (first.kind !== "more") return { digest: null, contents: contentsFrom(asset, first) };
    const more = await read(first.from);
    return more === null ? whole(asset, onBytes) : { digest: null, contents: await contentsOf(asset, more) };
  }

  function readOnce(asset: AssetFacts, how: "whole" | "directory", onBytes: (bytes: number) => void): Promise<Known> {
    const key = JSON.stringify([how, asset.id, asset.updatedAt, asset.size, asset.url]);
    const known = kept.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = inTurn(() => (how === "whole" ? whole : directory)(asset, onBytes)).finally(() =>
      underWay.delete(key),
    );
    underWay.set(key, started);
    return started.then((read) => {
      kept.set(key, read);
      if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? "");
      return read;
    });
  }

  return async (assets, { reading, onProgress }) => {
    const wanted = assets.flatMap((asset) => {
      const how = wayOf(asset, reading);
      return how === null ? [] : [{ asset, how }];
    });
    const progress = { done: 0, total: wanted.length, bytes: 0, totalBytes: 0 };
    for (const { asset, how } of wanted) progress.totalBytes += how === "whole" ? asset.size : 0;
    const onBytes = (bytes: number) => {
      progress.bytes += bytes;
      onProgress?.({ ...progress });
    };
    const giveUpAt = Date.now() + times.all;
    const downloaded: Record<string, Reading<Digest>> = {};
    const contents: Record<string, Reading<ArchiveContents>> = {};
    const read = async ({ asset, how }: (typeof wanted)[number]) => {
      const failed = (reading: Reading<never>) => {
        if (how === "whole") downloaded[asset.name] = reading;
        contents[asset.name] = reading;
      };
      try {
        if (Date.now() > giveUpAt)
          return failed(unavailable(`There was no time left for ${quoted(asset.name)}; what is read already is kept.`));
        const known = await readOnce(asset, how, onBytes);
        if (known.digest !== null) downloaded[asset.name] = known.digest;
        contents[asset.name] = known.contents;
      } catch (error) {
        failed(downloadFailure(error));
      }
      progress.done += 1;
      onProgress?.({ ...progress });
    };
    const queue = [...wanted];
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await read(next);
    };
    await Promise.all(Array.from({ length: mostAtOnce }, work));
    const sorted = <T>(of: Record<string, T>) =>
      Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { downloaded: sorted(downloaded), contents: sorted(contents) };
  };
}

/** How an archive has to be read; null where what GitHub lists is enough. */
function wayOf(asset: AssetFacts, reading: ArchiveReading): "whole" | "directory" | null {
  if (asset.state !== "uploaded" || reading === "none") return null;
  if (asset.sha256 === null || reading === "download") return "whole";
  return reading === "contents" ? "directory" : null;
}

const refused = (message: string): RegistrarError => new RegistrarError("upstream-refused", message);

async function contentsOf(asset: AssetFacts, end: Buffer): Promise<Reading<ArchiveContents>> {
  return contentsFrom(asset, await readZipDirectory(end, asset.size));
}

function contentsFrom(asset: AssetFacts, read: Awaited<ReturnType<typeof readZipDirectory>>): Reading<ArchiveContents> {
  if (read.kind === "read") return { kind: "found", ...read.contents };
  const reason = read.kind === "broken" ? read.reason : "its directory is too long";
  return { kind: "missing", reason: `${quoted(asset.name)} is no archive that can be unpacked: ${reason}.` };
}

/** The last bytes of what comes in pieces, and not much more of it. */
class End {
  readonly #most: number;
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.byteLength;
    for (let [first] = this.#pieces; first !== undefined; [first] = this.#pieces) {
      if (this.#length - first.byteLength < this.#most) return;
      this.#pieces.shift();
      this.#length -= first.byteLength;
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces).subarray(-this.#most);
  }
}

/** At most so many at a time; the others wait in line. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (busy >= most) await new Promise<void>((resolve) => line.push(resolve));
    else busy += 1;
    try {
      return await work();
    } finally {
      // Whoever is next takes the place over.
      const next = line.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
