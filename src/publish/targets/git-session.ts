import { createHash } from "node:crypto";
import type { Layout } from "../../registry/address.ts";
import type { DocumentFolder } from "../document.ts";
import type { OpenRequest, Published, PublishMemory, PublishSession, Source, WriteCounts } from "../target.ts";
import { inputsDigest, publishedOf } from "./basis.ts";
import { codeDigest } from "./code-digest.ts";
import {
  type Baseline,
  type BaselinePart,
  markerFile,
  markerText,
  ownTrees,
  plainPagesFile,
  readBaselinePart,
} from "./git-baseline.ts";
import type { BlobReader } from "./git-blobs.ts";
import type { TreeReader } from "./git-compare.ts";
import type { GitImport } from "./git-import.ts";
import { findingsOf, indexFolder } from "./git-index.ts";
import { GitLanes } from "./git-lanes.ts";
import { advanceBranch } from "./git-move.ts";
import { documentTree, hexOf, nameText, treeMode } from "./git-objects.ts";
import type { BranchPlace } from "./git-place.ts";

interface SessionParts {
  readonly place: BranchPlace;
  readonly trees: TreeReader;
  readonly blobs: BlobReader;
  readonly baseline: Baseline;
  readonly request: OpenRequest;
  readonly label: string;
  readonly close: () => Promise<void>;
}

/** One publication to a branch; nothing of it is seen before its last step, which moves the branch. */
export class GitBranchSession implements PublishSession {
  readonly published: Published | null;
  memory?: PublishMemory;
  readonly #parts: SessionParts;
  readonly #inputs: string | null;
  #part: BaselinePart | undefined;
  /** Folders that the next commit has, with the id of their tree and the number of their documents. */
  readonly #folders = new Map<string, { readonly tree: string; readonly documents: number }>();
  readonly #lanes: GitLanes;
  #written = 0;
  #unchanged = 0;
  #deleted = 0;

  constructor(parts: SessionParts) {
    const { baseline, request, place } = parts;
    this.#parts = parts;
    this.#inputs = inputsDigest(request);
    this.published = baseline.isUntouched ? publishedOf(baseline.marker, this.#inputs) : null;
    this.#lanes = new GitLanes(place, { parent: baseline.tip, commit: request.commit });
  }

  async begin(namespaces: ReadonlySet<string> | null): Promise<void> {
    const { trees, blobs, baseline } = this.#parts;
    this.#part = await readBaselinePart(baseline, { trees, blobs, namespaces });
    this.memory = this.#makeMemory(this.#part);
  }

  async put(folder: DocumentFolder): Promise<void> {
    const { place, trees } = this.#parts;
    const wanted = documentTree(folder.folder, folder.documents, place.format);
    const id = hexOf(wanted.id);
    const isAddress = folder.folder.startsWith("v1/");
    if (isAddress) this.#folders.set(folder.folder, { tree: id, documents: wanted.count });
    const present = isAddress ? this.#before().folders.get(folder.folder) : await this.#storedTree(folder.folder);
    const difference = await trees.compare(folder.folder, wanted, { present, names: folder.names });
    this.#unchanged += difference.unchanged;
    this.#written += difference.changed.length;
    this.#deleted += difference.goneFiles;
    if (this.#parts.request.dryRun) return;
    if (isAddress && difference.changed.length === wanted.count) {
      await this.#lanes.writeFolder(folder.folder, { id, documents: folder.documents });
      return;
    }
    if (difference.gone.length > 0) await this.#lanes.write((stream) => stream.removeAll(difference.gone));
    if (difference.changed.length > 0) await this.#lanes.write((stream) => stream.writeAll(difference.changed));
  }

  async names(folder: string): Promise<readonly string[]> {
    const present = await this.#storedTree(folder);
    return present === undefined ? [] : [...(await this.#parts.trees.entries(hexOf(present))).keys()].map(nameText);
  }

  async finish(layout: Layout | null): Promise<WriteCounts> {
    const { place, trees, baseline, request, label } = this.#parts;
    for (const [folder, id] of this.#before().folders) {
      if (this.#folders.has(folder)) continue;
      this.#deleted += await trees.countFiles({ mode: treeMode, id });
      if (!request.dryRun) await this.#lanes.write((stream) => stream.removeAll([folder]));
    }
    const counts = { written: this.#written, unchanged: this.#unchanged, deleted: this.#deleted };
    // Where no document differs there is nothing to tell anybody, save what the next publication can build upon.
    const isTold = layout === null || this.published !== null;
    if (request.dryRun || (counts.written + counts.deleted === 0 && baseline.hasPlainPages && isTold)) return counts;
    const { made, quarantine } = await this.#lanes.finish((stream) => this.#writeState(stream, layout));
    const { blobs } = this.#parts;
    await advanceBranch({ place, quarantine, trees, blobs, from: baseline.tip, made, commit: request.commit, label });
    return counts;
  }

  async close(): Promise<void> {
    await this.#lanes.stop();
    await this.#parts.close();
  }

  async #writeState(stream: GitImport, layout: Layout | null): Promise<void> {
    const { baseline, request } = this.#parts;
    if (!baseline.hasPlainPages) await stream.writeAll([{ path: plainPagesFile, body: "" }]);
    for (const [name, body] of this.#before().index.changes()) {
      const path = `${indexFolder}/${name}`;
      await (body === null ? stream.removeAll([path]) : stream.writeAll([{ path, body }]));
    }
    const trees: Record<string, string> = {};
    const inputs = this.#inputs;
    if (layout !== null) for (const path of ownTrees) trees[path] = (await stream.treeId(path)) ?? "";
    const basis = layout === null || inputs === null ? {} : { basis: { layout, inputs, trees } };
    await stream.writeAll([{ path: markerFile, body: markerText({ commit: request.commit, ...basis }) }]);
  }

  #before(): BaselinePart {
    if (this.#part === undefined) throw new TypeError("begin() comes before everything else of a session");
    return this.#part;
  }

  async #storedTree(folder: string): Promise<string | undefined> {
    const { baseline, trees } = this.#parts;
    if (baseline.tip === null) return undefined;
    const entry = (await trees.entries(`${baseline.tip}^{tree}`)).get(folder);
    return entry?.mode === treeMode ? entry.id : undefined;
  }

  #makeMemory({ index, folders: present }: BaselinePart): PublishMemory {
    return {
      isEmpty: index.isEmpty,
      recall: (source) => {
        const entry = index.get(source.path);
        if (entry === undefined || entry.source !== sourceDigest(source)) return null;
        // Whoever changed the branch by hand: what is not as it was written is written again.
        const isThere = entry.folders.every(({ folder, tree }) => {
          const there = present.get(folder);
          return there !== undefined && hexOf(there) === tree;
        });
        if (!isThere) return null;
        let documents = 0;
        for (const { folder, ...rest } of entry.folders) {
          this.#folders.set(folder, rest);
          documents += rest.documents;
        }
        this.#unchanged += documents;
        index.set(source, entry);
        return { documents, findings: findingsOf(entry), summary: entry.summary };
      },
      remember: (source, { folders, findings, summary }) => {
        const known = folders.flatMap((folder) => {
          const made = this.#folders.get(folder);
          return made === undefined ? [] : [{ folder, ...made }];
        });
        index.set(source, { source: sourceDigest(source), folders: known, findings: [...findings], summary });
      },
    };
  }
}

function sourceDigest({ path, inputs }: Source): string {
  const digest = createHash("sha256").update(codeDigest());
  for (const part of [path, ...inputs]) digest.update(`\0${Buffer.byteLength(part)}\0`).update(part);
  return digest.digest("base64url");
}
