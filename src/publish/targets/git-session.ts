import { createHash } from "node:crypto";
import type { ObjectReader } from "../../trees/object-reader.ts";
import type { DocumentFolder } from "../document.ts";
import type { PublishMemory, PublishSession, Source, WriteCounts } from "../target.ts";
import { codeDigest } from "./code-digest.ts";
import { type Baseline, markerFile, markerText, plainPagesFile } from "./git-baseline.ts";
import type { TreeReader } from "./git-compare.ts";
import { GitImport } from "./git-import.ts";
import { findingsOf, type GitIndex, indexFolder } from "./git-index.ts";
import { advanceBranch } from "./git-move.ts";
import { documentTree, hexOf, treeMode } from "./git-objects.ts";
import type { BranchPlace } from "./git-place.ts";
import { Quarantine } from "./git-quarantine.ts";

interface SessionParts {
  readonly place: BranchPlace;
  readonly trees: TreeReader;
  readonly objects: ObjectReader;
  readonly baseline: Baseline;
  readonly commit: string | null;
  readonly dryRun: boolean;
  readonly label: string;
  readonly close: () => Promise<void>;
}

/** One publication to a branch; nothing of it is seen before its last step, which moves the branch. */
export class GitBranchSession implements PublishSession {
  readonly memory: PublishMemory;
  readonly #parts: SessionParts;
  /** Folders that the next commit has, with the id of their tree and the number of their documents. */
  readonly #folders = new Map<string, { readonly tree: string; readonly documents: number }>();
  #import: { readonly quarantine: Quarantine; readonly stream: GitImport } | undefined;
  #written = 0;
  #unchanged = 0;
  #deleted = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.memory = this.#makeMemory(parts.baseline.index);
  }

  async put(folder: DocumentFolder): Promise<void> {
    const { place, trees, baseline } = this.#parts;
    const wanted = documentTree(folder.folder, folder.documents, place.format);
    this.#folders.set(folder.folder, { tree: hexOf(wanted.id), documents: wanted.count });
    const isAddress = folder.folder.startsWith("v1/");
    const present = isAddress ? baseline.folders.get(folder.folder) : await this.#storedTree(folder.folder);
    const difference = await trees.compare(folder.folder, wanted, present);
    this.#unchanged += difference.unchanged;
    this.#written += difference.changed.length;
    // Beside addresses, in `.well-known`, there may be files of others.
    if (isAddress) {
      this.#deleted += difference.goneFiles;
      if (difference.gone.length > 0) await this.#write((stream) => stream.removeAll(difference.gone));
    }
    if (difference.changed.length > 0) await this.#write((stream) => stream.writeAll(difference.changed));
  }

  async finish(): Promise<WriteCounts> {
    const { place, trees, baseline, commit, dryRun, label } = this.#parts;
    for (const [folder, id] of baseline.folders) {
      if (this.#folders.has(folder)) continue;
      this.#deleted += await trees.countFiles({ mode: treeMode, id });
      await this.#write((stream) => stream.removeAll([folder]));
    }
    const counts = { written: this.#written, unchanged: this.#unchanged, deleted: this.#deleted };
    // Where no document differs there is nothing to tell anybody, whatever commit they were rendered from.
    if (dryRun || (counts.written + counts.deleted === 0 && baseline.hasPlainPages)) return counts;
    await this.#write((stream) => this.#writeState(stream));
    const { quarantine, stream } = await this.#started();
    const made = await stream.finish();
    quarantine.handOver();
    await advanceBranch({ place, quarantine, objects: this.#parts.objects, from: baseline.tip, made, commit, label });
    return counts;
  }

  async close(): Promise<void> {
    await this.#import?.stream.stop();
    this.#import?.quarantine.remove();
    await this.#parts.close();
  }

  async #writeState(stream: GitImport): Promise<void> {
    const { baseline, commit } = this.#parts;
    const files = [{ path: markerFile, body: markerText(commit) }];
    if (!baseline.hasPlainPages) files.push({ path: plainPagesFile, body: "" });
    for (const [name, body] of baseline.index.changes()) {
      const path = `${indexFolder}/${name}`;
      if (body === null) await stream.removeAll([path]);
      else files.push({ path, body });
    }
    await stream.writeAll(files);
  }

  /** The import starts with the first difference: most publications of an unchanged registry end without one. */
  async #write(step: (stream: GitImport) => Promise<void>): Promise<void> {
    if (!this.#parts.dryRun) await step((await this.#started()).stream);
  }

  async #started(): Promise<{ readonly quarantine: Quarantine; readonly stream: GitImport }> {
    if (this.#import !== undefined) return this.#import;
    const { place, baseline, commit } = this.#parts;
    const quarantine = await Quarantine.create(place.gitFolder, place.format);
    const stream = new GitImport(quarantine.gitFolder, { parent: baseline.tip, commit });
    this.#import = { quarantine, stream };
    return this.#import;
  }

  async #storedTree(folder: string): Promise<string | undefined> {
    const { baseline, trees } = this.#parts;
    if (baseline.tip === null) return undefined;
    const above = await trees.entries(`${baseline.tip}^{tree}`);
    const entry = above.get(folder);
    return entry?.mode === treeMode ? entry.id : undefined;
  }

  #makeMemory(index: GitIndex): PublishMemory {
    return {
      isEmpty: index.isEmpty,
      recall: (source) => {
        const entry = index.get(source.path);
        const { folders } = this.#parts.baseline;
        if (entry === undefined || entry.source !== digestOf(source)) return null;
        // Whoever changed the branch by hand: what is not as it was written is written again.
        const isThere = entry.folders.every(({ folder, tree }) => {
          const present = folders.get(folder);
          return present !== undefined && hexOf(present) === tree;
        });
        if (!isThere) return null;
        let documents = 0;
        for (const { folder, ...rest } of entry.folders) {
          this.#folders.set(folder, rest);
          documents += rest.documents;
        }
        this.#unchanged += documents;
        index.set(source.path, entry);
        return { documents, findings: findingsOf(entry) };
      },
      remember: (source, { folders, findings }) => {
        const known = folders.flatMap((folder) => {
          const made = this.#folders.get(folder);
          return made === undefined ? [] : [{ folder, ...made }];
        });
        index.set(source.path, { source: digestOf(source), folders: known, findings: [...findings] });
      },
    };
  }
}

function digestOf({ path, inputs }: Source): string {
  const digest = createHash("sha256").update(codeDigest());
  for (const part of [path, ...inputs]) digest.update(`\0${Buffer.byteLength(part)}\0`).update(part);
  return digest.digest("base64url");
}
