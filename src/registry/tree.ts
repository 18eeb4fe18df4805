import { type Address, checkNamespace, foldName, type Layout, parseRecordPath } from "./address.ts";

/** Where a registry keeps its configuration. */
export const configurationPath = ".github/registrar.yml";

/** Folders and files that hold registry data. */
export const registryPlaces: readonly string[] = ["providers", "modules", "keys", configurationPath];

/** Whether a file of a repository is registry data at all. */
export const isRegistryPath = (path: string): boolean =>
  /^(?:providers|modules|keys)\//.test(path) || path === configurationPath;

/** One file of a registry tree: git's mode and blob id, size in bytes. */
export interface TreeFile {
  readonly path: string;
  /** Git's file mode, e.g. `100644`; a symbolic link is `120000`. */
  readonly mode: string;
  readonly size: number;
  /** Git's blob id, or any text that changes with the content. */
  readonly id: string;
}

/** All files of a registry at one commit (or of one folder), and how to read them. */
export interface RegistryTree {
  /** The commit that is read; null for a folder. */
  readonly commit: string | null;
  readonly files: readonly TreeFile[];
  /** Yields each file in the order asked for; reads ahead as far as it likes. */
  read(files: readonly TreeFile[]): AsyncIterable<{ readonly file: TreeFile; readonly bytes: Uint8Array }>;
}

/** A registry at one commit of which parts can be read, at a cost that follows the part. */
export interface RegistryHistory {
  readonly commit: string;
  /** Paths of registry files that differ between that commit and this one; null where that commit is not known here. */
  changedSince(commit: string): Promise<readonly string[] | null>;
  /** The configuration, and the records and keys of these namespaces (small letters; of any case there); absent: all. */
  read(namespaces?: ReadonlySet<string>): Promise<RegistryTree>;
}

export type FileRole =
  | { readonly kind: "record"; readonly address: Address }
  | { readonly kind: "key"; readonly namespace: string; readonly type: string | null }
  | { readonly kind: "configuration" }
  /** Below `providers/`, `modules/` or `keys/`, but no place for a file in this layout; an ignored file there is `other`. */
  | { readonly kind: "misplaced" }
  | { readonly kind: "other" };

/** What a path is for. */
export function roleOf(path: string, layout: Layout): FileRole {
  if (path === configurationPath) return { kind: "configuration" };
  const nowhere = { kind: isIgnored(path) ? "other" : "misplaced" } as const;
  const root = path.split("/", 1)[0];
  if (root === "providers" || root === "modules") {
    const address = parseRecordPath(path, layout);
    return address === undefined ? nowhere : { kind: "record", address };
  }
  if (root !== "keys") return { kind: "other" };
  const parts = path.split("/").slice(1);
  const letter = layout === "lettered" ? parts.shift() : undefined;
  const [namespace, second, third, ...more] = parts;
  if (!namespace || !second || more.length > 0 || !path.endsWith(".asc")) return nowhere;
  if (letter !== undefined && letter !== namespace.charAt(0).toLowerCase()) return nowhere;
  return { kind: "key", namespace, type: third === undefined ? null : second };
}

/** The namespace, in small letters, that a path of a layout lies in; null for one that lies in none. */
export function namespaceOfPath(path: string, layout: Layout): string | null {
  const [root = "", ...rest] = path.split("/");
  if (layout === "lettered") rest.shift();
  const [namespace = "", ...below] = rest;
  if (!isRegistryPath(`${root}/`) || below.length === 0 || checkNamespace(namespace).length > 0) return null;
  return foldName(namespace);
}

/** Folders and files that say nothing and are skipped without a word: `.gitkeep`, `.DS_Store`, a README. */
export const isIgnored = (path: string): boolean => /(?:^|\/)(?:\.[^/]*|README(?:\.md)?)$/i.test(path);

/**
 * The layout that most records of a tree have; `plain` when it has none. The majority decides, so that one stray file
 * cannot turn the whole registry around.
 */
export function detectLayout(paths: Iterable<string>): Layout {
  let lettered = 0;
  for (const path of paths) {
    // What is skipped without a word decides nothing either.
    if (!path.endsWith(".json") || isIgnored(path)) continue;
    const parts = path.split("/");
    const depth = parts[0] === "providers" ? 3 : parts[0] === "modules" ? 4 : null;
    if (depth !== null) lettered += parts.length > depth ? 1 : -1;
  }
  return lettered > 0 ? "lettered" : "plain";
}
