import { RegistrarError } from "../../registry/errors.ts";
import type { ObjectReader } from "../../trees/object-reader.ts";
import type { PublishedDocument } from "../document.ts";
import {
  type DocumentLeaf,
  type DocumentTree,
  fileMode,
  hexOf,
  type ObjectFormat,
  parseTree,
  type RawId,
  type StoredEntry,
  treeMode,
} from "./git-objects.ts";

/** What has to be done to a folder of a commit so that it holds certain documents and nothing else. */
export interface FolderDifference {
  readonly changed: readonly PublishedDocument[];
  readonly unchanged: number;
  /** Files and whole folders, from the root of the commit. */
  readonly gone: readonly string[];
  /** Files in all that is gone. */
  readonly goneFiles: number;
}

/** Reads trees of one repository. */
export class TreeReader {
  readonly #objects: ObjectReader;
  readonly #format: ObjectFormat;

  constructor(objects: ObjectReader, format: ObjectFormat) {
    this.#objects = objects;
    this.#format = format;
  }

  /** The entries of a tree by its id or by any name of it; none where it does not exist or is no tree. */
  async entries(name: string): Promise<ReadonlyMap<string, StoredEntry>> {
    const object = await this.#objects.read(name);
    // Told by its id it has to be there: taken for empty, what is below it would never be removed.
    if (object === null && /^[0-9a-f]{40,64}$/.test(name)) throw lostTree(name);
    return object?.type === "tree" ? parseTree(object.bytes, this.#format) : new Map();
  }

  /** What a commit has at a path; undefined where it has nothing. Only trees are read for it. */
  async find(commit: string, path: string): Promise<StoredEntry | undefined> {
    const cut = path.lastIndexOf("/");
    const folder = await this.entries(`${commit}:${path.slice(0, Math.max(cut, 0))}`);
    return folder.get(path.slice(cut + 1));
  }

  /** Files below an entry, itself included. */
  async countFiles(entry: StoredEntry): Promise<number> {
    if (entry.mode !== treeMode) return 1;
    const below = await this.entries(hexOf(entry.id));
    const counts = await Promise.all([...below.values()].map((one) => this.countFiles(one)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * What differs between the documents of a folder and the tree that a commit has there. Only trees that differ are read,
   * so that the cost follows the change.
   */
  async compare(
    folder: string,
    wanted: DocumentTree,
    { present, names }: { readonly present: RawId | undefined; readonly names?: ReadonlySet<string> | undefined },
  ): Promise<FolderDifference> {
    const result: Difference = { changed: [], unchanged: 0, gone: [], goneFiles: 0 };
    if (present === wanted.id) return { ...result, unchanged: wanted.count };
    if (present === undefined) addAll(wanted, result);
    else await this.#compareTrees(folder, { wanted, present, names }, result);
    return result;
  }

  async #compareTrees(
    path: string,
    of: { readonly wanted: DocumentTree; readonly present: RawId; readonly names?: ReadonlySet<string> | undefined },
    result: Difference,
  ): Promise<void> {
    const { wanted, present, names } = of;
    const stored = await this.entries(hexOf(present));
    for (const [name, entry] of wanted.entries) {
      const old = stored.get(name);
      const inner = `${path}/${name}`;
      if (old === undefined) addAll(entry, result);
      else if (entry.kind === "tree" && old.mode === treeMode) {
        if (old.id === entry.id) result.unchanged += entry.count;
        else await this.#compareTrees(inner, { wanted: entry, present: old.id }, result);
      } else if (entry.kind === "blob" && old.mode !== treeMode) {
        if (old.id === entry.id && old.mode === fileMode) result.unchanged += 1;
        else result.changed.push(entry.document);
      } else {
        await this.#addGone(inner, old, result);
        addAll(entry, result);
      }
    }
    for (const [name, old] of stored) {
      if (names?.has(name) === false || wanted.entries.has(name)) continue;
      await this.#addGone(`${path}/${name}`, old, result);
    }
  }

  async #addGone(path: string, old: StoredEntry, result: Difference): Promise<void> {
    result.gone.push(path);
    result.goneFiles += await this.countFiles(old);
  }
}

interface Difference {
  readonly changed: PublishedDocument[];
  unchanged: number;
  readonly gone: string[];
  goneFiles: number;
}

function addAll(entry: DocumentTree | DocumentLeaf, result: Difference): void {
  if (entry.kind === "blob") result.changed.push(entry.document);
  else for (const inner of entry.entries.values()) addAll(inner, result);
}

const lostTree = (id: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `The repository that is published to lacks the tree ${id}, which its branch names. Check it with \`git fsck\`; where it is a copy below the data folder, delete that copy, and it is fetched again.`,
  );
