import { Ajv2020 } from "ajv/dist/2020.js";
import { foldName } from "../../registry/address.ts";
import { RegistrarError } from "../../registry/errors.ts";
import { listed, quoted } from "../../registry/plain-text.ts";
import { type Basis, BasisSchema } from "./basis.ts";
import type { BlobReader } from "./git-blobs.ts";
import type { TreeReader } from "./git-compare.ts";
import { GitIndex, indexFolder, stateFolder } from "./git-index.ts";
import { hexOf, nameText, type RawId, type StoredEntry, treeMode } from "./git-objects.ts";

export const markerFile = `${stateFolder}/published.json`;

/** Not to be built into pages: GitHub would leave out `.well-known`. */
export const plainPagesFile = ".nojekyll";

/** What a branch says of itself. */
export interface Marker {
  /** The source commit; null for a folder. */
  readonly commit: string | null;
  /** Where a later publication can build upon this one. */
  readonly basis?: Basis;
  /** Of a publication that is under way, where others can see it so. */
  readonly session?: string;
}

/** Trees that nobody else writes into. */
export const ownTrees = ["v1", "index", "status", indexFolder] as const;

/** What a branch holds before a publication. */
export interface Baseline {
  /** The commit. */
  readonly tip: string | null;
  readonly marker: Marker | null;
  /** Whether the own trees are as they were written. */
  readonly isUntouched: boolean;
  readonly hasPlainPages: boolean;
}

/** What of it a publication is about. */
export interface BaselinePart {
  /** The folders of all addresses that are published there. */
  readonly folders: ReadonlyMap<string, RawId>;
  readonly index: GitIndex;
}

/** Where the folders of addresses are, and how many names deep below. */
const roots = [
  { path: "v1/modules", depth: 3 },
  { path: "v1/providers", depth: 2 },
] as const;

interface Readers {
  readonly trees: TreeReader;
  readonly blobs: BlobReader;
}

/** Reads what was published; throws where the commit holds something else. */
export async function readBaseline(
  tip: string | null,
  { trees, blobs, label }: Readers & { readonly label: string },
): Promise<Baseline> {
  const none: Baseline = { tip, marker: null, isUntouched: false, hasPlainPages: false };
  if (tip === null) return none;
  const [root, state, text] = await Promise.all([
    trees.entries(`${tip}^{tree}`),
    trees.entries(`${tip}:${stateFolder}`),
    readMarkerText(tip, { trees, blobs }),
  ]);
  if (root.size === 0) return none;
  if (text === null) throw notOurs(label, [...root.keys()]);
  const marker = readMarker(text);
  if (marker === null) throw otherRelease(label);
  const idOf = (path: string): string => {
    const entry = path === indexFolder ? state.get("index") : root.get(path);
    return entry === undefined ? "" : hexOf(entry.id);
  };
  const isUntouched = ownTrees.every((path) => marker.basis?.trees?.[path] === idOf(path));
  return { tip, marker, isUntouched, hasPlainPages: root.has(plainPagesFile) };
}

/** Reads what was published in some namespaces (in small letters), or in all. */
export async function readBaselinePart(
  { tip }: Baseline,
  { trees, blobs, namespaces }: Readers & { readonly namespaces: ReadonlySet<string> | null },
): Promise<BaselinePart> {
  const folders = new Map<string, RawId>();
  if (tip === null) return { folders, index: await GitIndex.read(blobs, new Map()) };
  const isMeant = (name: string) => namespaces === null || namespaces.has(foldName(name.replace(/\.json$/, "")));
  const entriesOf = async (path: string) =>
    new Map([...(await trees.entries(`${tip}:${path}`))].filter(([name]) => isMeant(name)));
  for (const { path, depth } of roots) await collect(trees, { path, entries: await entriesOf(path), depth }, folders);
  return { folders, index: await GitIndex.read(blobs, await entriesOf(indexFolder)) };
}

async function collect(
  trees: TreeReader,
  from: { readonly path: string; readonly entries: ReadonlyMap<string, StoredEntry>; readonly depth: number },
  folders: Map<string, RawId>,
): Promise<void> {
  await Promise.all(
    [...from.entries].map(async ([name, entry]) => {
      const path = `${from.path}/${name}`;
      if (entry.mode !== treeMode) return;
      if (from.depth === 1) folders.set(path, entry.id);
      else
        await collect(trees, { path, entries: await trees.entries(hexOf(entry.id)), depth: from.depth - 1 }, folders);
    }),
  );
}

/** What a commit says of itself; null where it has no such file. */
async function readMarkerText(commit: string, { trees, blobs }: Readers): Promise<string | null> {
  const entry = await trees.find(commit, markerFile);
  return entry === undefined ? null : ((await blobs.texts([hexOf(entry.id)]))[0] ?? null);
}

/** Null for a text that is no marker of ours; a basis that cannot be read is none. */
export function readMarker(text: string): Marker | null {
  try {
    const value: { format?: unknown; commit?: unknown; basis?: unknown } | null = JSON.parse(text);
    if (value?.format !== 1) return null;
    const commit = typeof value.commit === "string" ? value.commit : null;
    return isBasis(value.basis) ? { commit, basis: value.basis } : { commit };
  } catch {
    return null;
  }
}

const isBasis = new Ajv2020({ strict: true }).compile<Basis>(BasisSchema);

export const markerText = (marker: Marker): string => `${JSON.stringify({ format: 1, ...marker })}\n`;

const notOurs = (label: string, names: readonly string[]): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `The branch of ${quoted(label)} holds files that Registrar did not write (${listed(names.map((name) => quoted(nameText(name))))}). ` +
      "Name a branch that does not exist yet, for example one called host.",
  );

const otherRelease = (label: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `${quoted(markerFile)} on the branch of ${quoted(label)} is damaged or of another release. ` +
      "If a newer release has written it, use that one; otherwise publish to a new branch.",
  );
