import { type Layout, sameName } from "./address.ts";
import { plainText } from "./plain-text.ts";
import { roleOf } from "./tree.ts";

/** A key file larger than this is not read: 256 KiB. */
export const maxKeyFileBytes = 256 * 1024;

/** One file below `keys/`, as the registry stores it. */
export interface KeyFile {
  readonly path: string;
  readonly text: string;
}

/** One armoured block of a file (RFC 4880, section 6.2). */
export interface KeyBlock {
  readonly kind: "public" | "private" | "other";
  /** What stands between BEGIN and the dashes, safe to print: `PGP PUBLIC KEY BLOCK`. */
  readonly label: string;
  /** Line of its BEGIN, from 1. */
  readonly line: number;
  /** The base64 text without line breaks and checksum; empty when `problem` says why there is none. */
  readonly base64: string;
  /** Why no client can read it, as the end of a sentence; null when it is well formed. */
  readonly problem: string | null;
}

/** What keeps a file from being one public key in one block; null when it is. */
export type KeyFileProblem = "private-key" | "no-block" | "not-a-key" | "broken" | "second-block" | null;

/**
 * The armoured blocks of a key file, in order. As lenient as OpenTofu's library (indented lines, text around, any line
 * ends, no or a wrong checksum): what is published is armoured anew, see client contract, section 5.
 */
export function findKeyBlocks(text: string): readonly KeyBlock[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const starts = lines.flatMap((line, index) => (beginLine.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const label = beginLine.exec(lines[start] ?? "")?.[1] ?? "";
    return {
      kind: kindOf(label),
      label: plainText(label, 60),
      line: start + 1,
      ...readBody(lines.slice(start + 1, starts[index + 1] ?? lines.length)),
    };
  });
}

/** The worst of what is wrong with a key file, a leaked secret before all else. */
export function keyFileProblem(text: string, blocks: readonly KeyBlock[] = findKeyBlocks(text)): KeyFileProblem {
  // Also finds a private block that is quoted, cut off or of another format (PEM, OpenSSH): whoever reads the file has it.
  if (/BEGIN[ A-Z0-9]{0,40}(?:PRIVATE|SECRET) KEY/i.test(text)) return "private-key";
  const [first, second] = blocks;
  if (first === undefined) return "no-block";
  if (first.kind !== "public") return "not-a-key";
  if (first.problem !== null) return "broken";
  return second === undefined ? null : "second-block";
}

/**
 * The key files that apply to a provider: those of its namespace, then those of the provider alone, each by path. Names
 * are compared without regard to case, because clients ask for addresses in lower case.
 */
export function keysFor<File extends Pick<KeyFile, "path">>(
  files: readonly File[],
  provider: { readonly namespace: string; readonly type: string; readonly layout: Layout },
): readonly File[] {
  const ofNamespace: File[] = [];
  const ofProvider: File[] = [];
  // Nearly all files of a registry are records.
  const below = files.filter(({ path }) => path.startsWith("keys/"));
  for (const file of below.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const role = roleOf(file.path, provider.layout);
    if (role.kind !== "key" || !sameName(role.namespace, provider.namespace)) continue;
    const letter = file.path.split("/")[1] ?? "";
    if (provider.layout === "lettered" && !sameName(letter, role.namespace.charAt(0))) continue;
    if (role.type === null) ofNamespace.push(file);
    else if (sameName(role.type, provider.type)) ofProvider.push(file);
  }
  return [...ofNamespace, ...ofProvider];
}

const beginLine = /^-----BEGIN ([^-]{1,100})-----$/;

function kindOf(label: string): KeyBlock["kind"] {
  if (/(?:PRIVATE|SECRET) KEY/i.test(label)) return "private";
  return label === "PGP PUBLIC KEY BLOCK" ? "public" : "other";
}

/** `lines` start after BEGIN and end before the next one. */
function readBody(lines: readonly string[]): Pick<KeyBlock, "base64" | "problem"> {
  const broken = (problem: string) => ({ base64: "", problem });
  const end = lines.findIndex((line) => line.startsWith("-----END "));
  if (end < 0) return broken("it has no END line (cut off?)");
  const blank = lines.indexOf("");
  // Go's armour reader looks for the next block when a header line has no colon.
  if (blank < 0 || blank > end || lines.slice(0, blank).some((line) => !line.includes(":"))) {
    return broken("there is no empty line between its BEGIN line (with headers such as Comment) and the base64 text");
  }
  const body = lines.slice(blank + 1, end);
  const checksum = body.findIndex((line) => /^=[A-Za-z0-9+/]{4}$/.test(line));
  const base64 = body.slice(0, checksum < 0 ? body.length : checksum).join("");
  if (base64 === "") return broken("it is empty");
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return broken("its text is not base64");
  return { base64, problem: null };
}
