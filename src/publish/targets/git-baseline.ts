import { RegistrarError } from "../../registry/errors.ts";
import { listed, quoted } from "../../registry/plain-text.ts";
import type { ObjectReader } from "../../trees/object-reader.ts";
import type { TreeReader } from "./git-compare.ts";
import { GitIndex, indexFolder, stateFolder } from "./git-index.ts";
import { hexOf, type RawId, type StoredEntry, treeMode } from "./git-objects.ts";

export const markerFile = `${stateFolder}/published.json`;

/** Not to be built into pages: GitHub would leave out `.well-known`. */
export const plainPagesFile = ".nojekyll";

/** What a branch holds before a publication. */
export interface Baseline {
  /** The commit. */
  readonly tip: string | null;
  /** The folders of all addresses that are published there. */
  readonly folders: ReadonlyMap<string, RawId>;
  readonly index: GitIndex;
  readonly hasPlainPages: boolean;
}

/** Where the folders of addresses are, and how many names deep below. */
const roots = [
  { path: "v1/modules", depth: 3 },
  { path: "v1/providers", depth: 2 },
] as const;

/** Reads what was published; throws where the commit holds something else. */
export async function readBaseline(
  tip: string | null,
  { objects, trees, label }: { readonly objects: ObjectReader; readonly trees: TreeReader; readonly label: string },
): Promise<Baseline> {
  const none = { folders: new Map(), index: await GitIndex.read(objects, new Map()), hasPlainPages: false };
  if (tip === null) return { tip, ...none };
  const root = await trees.entries(`${tip}^{tree}`);
  if (root.size === 0) return { tip, ...none };
  const marker = (await objects.read(`${tip}:${markerFile}`))?.bytes.toString();
  if (marker === undefined) throw notOurs(label, [...root.keys()]);
  if (readMarker(marker) === null) throw otherRelease(label);
  const folders = new Map<string, RawId>();
  for (const { path, depth } of roots) {
    const top = await trees.entries(`${tip}:${path}`);
    await collect(trees, { path, entries: top, depth }, folders);
  }
  const index = await GitIndex.read(objects, await trees.entries(`${tip}:${indexFolder}`));
  return { tip, folders, index, hasPlainPages: root.has(plainPagesFile) };
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

/** The source commit that a branch says it was published from; null for a text that is no marker of ours. */
export function readMarker(text: string): { readonly commit: string | null } | null {
  try {
    const value: { format?: unknown; commit?: unknown } | null = JSON.parse(text);
    if (value?.format !== 1) return null;
    return { commit: typeof value.commit === "string" ? value.commit : null };
  } catch {
    return null;
  }
}

export const markerText = (commit: string | null): string => `${JSON.stringify({ format: 1, commit })}\n`;

const notOurs = (label: string, names: readonly string[]): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `The branch of ${quoted(label)} holds files that Registrar did not write (${listed(names.map((name) => quoted(name)))}). ` +
      "Name a branch that does not exist yet, for example one called host.",
  );

const otherRelease = (label: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `${quoted(markerFile)} on the branch of ${quoted(label)} is damaged or of another release. ` +
      "If a newer release has written it, use that one; otherwise publish to a new branch.",
  );
