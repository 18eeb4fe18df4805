import { quoted } from "../registry/plain-text.ts";

/** One entry of a zip's directory; sizes and places in bytes. */
export interface ArchiveEntry {
  /** As clients read it: the bytes of the name as UTF-8, unchanged. */
  readonly name: string;
  /** Where its local header begins. */
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  /** The Unix mode with its kind of file; null where the archive was made by a system that has none. */
  readonly mode: number | null;
}

/** What an archive's directory says, as far as it matters to clients. Plain data, bounded. */
export interface ArchiveContents {
  /** Files with something in them at the top level; those that may be a provider come first. At most twenty. */
  readonly files: readonly string[];
  /** A provider in a folder, where no client looks; null where there is none. */
  readonly nested: string | null;
  /** Why nobody should unpack it, each a plain sentence; at most ten. */
  readonly problems: readonly string[];
}

/** Far more than any provider has: they hold a program and a few texts. */
export const mostEntries = 1_000;
const longestName = 1_024;
/** In bytes: of all files together, and how many times more than packed. Programs come down to a third or a quarter. */
const mostUnpacked = 4 * 1024 ** 3;
const mostRatio = 200;
/** Below this no ratio is absurd: a short text of one letter. */
const smallFile = 1024 * 1024;
const localHeader = 30;

const regularFile = 0o10;
const folder = 0o04;

/** Judges the entries of a zip of `size` bytes by its directory alone. Pure; never throws. */
export function describeContents(entries: readonly ArchiveEntry[], size: number): ArchiveContents {
  const named = entries.flatMap((entry) => entryProblem(entry) ?? []);
  const problems = [...named, ...nameClashes(entries), ...overlaps(entries, size), ...weights(entries)];
  const files = entries.filter(isFile).map(({ name }) => name);
  const top = files.filter((name) => !name.includes("/"));
  return {
    files: [...top.filter(mayBeProvider), ...top.filter((name) => !mayBeProvider(name))].slice(0, 20),
    nested: files.find((name) => name.includes("/") && mayBeProvider(name.slice(name.lastIndexOf("/") + 1))) ?? null,
    problems: problems.slice(0, 10),
  };
}

/**
 * The files that clients take for the provider, the first of which they start: they look at the top level for this name,
 * alone or with `_…` or `.…` behind it (client contract, section 4).
 */
export function programsOf({ files }: ArchiveContents, type: string): readonly string[] {
  const name = `terraform-provider-${type.toLowerCase()}`;
  return files.filter((file) => file.startsWith(name) && /^(?:[_.]|$)/.test(file.slice(name.length))).toSorted();
}

const mayBeProvider = (name: string): boolean => /^(?:terraform|opentofu)-provider-/i.test(name);
const isFolder = ({ name }: ArchiveEntry): boolean => name.endsWith("/");
const isFile = (entry: ArchiveEntry): boolean => !isFolder(entry) && entry.unpacked > 0;

function entryProblem(entry: ArchiveEntry): string | undefined {
  const shown = quoted(entry.name, 120);
  const path = pathProblem(entry.name);
  if (path !== undefined) return `The entry ${shown} ${path}.`;
  const kind = (entry.mode ?? 0) >> 12;
  if (kind === 0o12) return `The entry ${shown} is a symbolic link.`;
  if (kind !== 0 && kind !== (isFolder(entry) ? folder : regularFile)) return `The entry ${shown} is no plain file.`;
  if (isFolder(entry) && entry.unpacked > 0) return `The entry ${shown} is a folder with bytes of its own.`;
  if (entry.encrypted) return `The entry ${shown} is encrypted.`;
  if (entry.method !== 0 && entry.method !== 8) {
    return `The entry ${shown} is packed by method ${entry.method}; clients know 0 (stored) and 8 (deflated).`;
  }
  return undefined;
}

function pathProblem(name: string): string | undefined {
  if (name === "" || name.length > longestName) return "has no name, or one that is too long";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return "has control characters in its name";
  if (name.includes("\\")) return "has a backslash in its name, which is a folder on Windows";
  if (name.startsWith("/")) return "has an absolute path";
  // A colon names a drive or a hidden stream on Windows.
  if (name.includes(":")) return "has a colon in its name, which is a drive on Windows";
  const steps = name.replace(/\/$/, "").split("/");
  if (steps.some((step) => step === ".." || step === "." || step === "")) return "has a path that leads elsewhere";
  return undefined;
}

/** Which of two files of one name is unpacked last differs; names that differ in capitals are one on many systems. */
function nameClashes(entries: readonly ArchiveEntry[]): string[] {
  const seen = new Map<string, string>();
  return entries.flatMap(({ name }) => {
    const key = name.replace(/\/$/, "").normalize("NFC").toLowerCase();
    const known = seen.get(key);
    seen.set(key, name);
    if (known === undefined) return [];
    return [
      known === name
        ? `The entry ${quoted(name, 120)} is there twice.`
        : `The entries ${quoted(known, 120)} and ${quoted(name, 120)} have one name on many systems.`,
    ];
  });
}

/** Entries that share bytes are a known way to make a small archive huge; bytes before the first are another program's. */
function overlaps(entries: readonly ArchiveEntry[], size: number): string[] {
  const sorted = entries.toSorted((a, b) => a.at - b.at);
  const first = sorted[0];
  if (first !== undefined && first.at !== 0) return ["The archive has other bytes before its first entry."];
  const clash = sorted.find((entry, index) => endOf(entry) > (sorted[index + 1]?.at ?? size));
  return clash === undefined ? [] : [`The entry ${quoted(clash.name, 120)} shares its bytes with another.`];
}

const endOf = ({ at, name, packed }: ArchiveEntry): number => at + localHeader + Buffer.byteLength(name) + packed;

function weights(entries: readonly ArchiveEntry[]): string[] {
  const all = entries.reduce((sum, { unpacked }) => sum + unpacked, 0);
  if (all > mostUnpacked) return [`Unpacked it would take ${all} bytes; at most ${mostUnpacked} are allowed.`];
  const bomb = entries.find(({ packed, unpacked }) => unpacked > smallFile && unpacked > packed * mostRatio);
  if (bomb === undefined) return [];
  return [
    `The entry ${quoted(bomb.name, 120)} unpacks from ${bomb.packed} to ${bomb.unpacked} bytes; at most ${mostRatio} times as many are allowed.`,
  ];
}
