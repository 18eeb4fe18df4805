import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Layout } from "../../registry/address.ts";
import { errorMessage, RegistrarError } from "../../registry/errors.ts";
import { listed, plainText, quoted } from "../../registry/plain-text.ts";
import { makeFolder } from "../../trees/make-folder.ts";
import type { DocumentFolder } from "../document.ts";
import type { OpenRequest, Published, PublishSession, PublishTarget, WriteCounts } from "../target.ts";
import { begunBasis, inputsDigest, publishedOf } from "./basis.ts";
import { DirectoryFiles, notOurs } from "./directory-files.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { DirectoryState, stateFolder, type Written } from "./directory-state.ts";
import { Pace } from "./pace.ts";

/**
 * A folder of plain files, for any web server. Only differences are written, told by comparing bytes, so that a file
 * that was changed or deleted by hand is repaired; files that others put there are never touched.
 */
export function directoryTarget(path: string): PublishTarget {
  const root = resolve(path);
  return {
    label: `dir:${path}`,
    open: async (request) => {
      const isThere = assertUsable(root);
      const files = new DirectoryFiles(root, `${stateFolder}/tmp`);
      const state = new DirectoryState(root, files);
      state.marker();
      // A dry run changes nothing, so it needs no lock, and says what holds at this moment.
      if (request.dryRun) return new DirectorySession({ root, files, state, request });
      return naming(root, async () => {
        if (!isThere) makeFolder(root);
        files.makeFolder(stateFolder);
        const lock = lockDirectory(root, join(root, stateFolder, "lock"));
        try {
          files.clearTemporary();
          if (state.marker() === null) state.writeMarker({ commit: null });
        } catch (error) {
          lock.release();
          throw error;
        }
        return new DirectorySession({ root, files, state, request, lock });
      });
    },
  };
}

/** Whether the folder is there; throws where it is no folder or somebody else's. */
function assertUsable(root: string): boolean {
  const status = statSync(root, { throwIfNoEntry: false });
  if (status === undefined) return false;
  if (!status.isDirectory()) {
    throw new RegistrarError("bad-argument", `The publish target ${quoted(root)} is a file. Name a folder.`);
  }
  const names = readdirSync(root);
  // `lost+found` is what a new disk begins with.
  if (names.includes(stateFolder) || names.every((name) => name === "lost+found")) return true;
  throw new RegistrarError(
    "publish-failed",
    `The folder ${quoted(root)} holds files that Registrar did not write (${listed(names.map((name) => quoted(name)))}). ` +
      "Publish to an empty or new folder.",
  );
}

/** Runs a step; an error of the file system becomes one that says where and what to do. */
async function naming<Result>(root: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof RegistrarError) throw cause;
    throw new RegistrarError(
      "publish-failed",
      `Publishing to the folder ${quoted(root)} failed: ${plainText(errorMessage(cause))}. ` +
        "Check its space and permissions, then publish again; that goes on where this one stopped.",
      { cause },
    );
  }
}

interface SessionParts {
  readonly request: OpenRequest;
  readonly root: string;
  readonly files: DirectoryFiles;
  readonly state: DirectoryState;
  readonly lock?: DirectoryLock;
}

class DirectorySession implements PublishSession {
  readonly published: Published | null;
  readonly #parts: SessionParts;
  readonly #inputs: string | null;
  #namespaces: ReadonlySet<string> | null = null;
  readonly #pace = new Pace();
  readonly #put = new Set<string>();
  #written = 0;
  #unchanged = 0;
  #deleted = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#inputs = inputsDigest(parts.request);
    this.published = publishedOf(parts.state.marker(), this.#inputs);
  }

  begin(namespaces: ReadonlySet<string> | null): Promise<void> {
    this.#namespaces = namespaces;
    const { state, request, root } = this.#parts;
    return naming(root, async () => {
      const { commit = null, basis } = state.marker() ?? {};
      if (request.dryRun || (namespaces !== null && commit === request.commit)) return;
      // While it is on its way the folder is neither the one nor the other; a full look leaves nothing to build upon.
      state.writeMarker({ commit, ...begunBasis(namespaces === null ? undefined : basis, request.commit) });
    });
  }

  names(folder: string): Promise<readonly string[]> {
    const { files, root } = this.#parts;
    return naming(root, async () => (files.isFolder(folder) ? readdirSync(join(root, folder)) : []));
  }

  put(folder: DocumentFolder): Promise<void> {
    return naming(this.#parts.root, () => this.#putFolder(folder));
  }

  async #putFolder(folder: DocumentFolder): Promise<void> {
    const { files, state, request } = this.#parts;
    this.#put.add(folder.folder);
    const before = state.written(folder.folder);
    const after = writtenOf(folder, before);
    const changed = await this.#differences(folder, before);
    const gone = pathsNotIn(before, after);
    this.#written += changed.length;
    this.#unchanged += folder.documents.length - changed.length;
    if (request.dryRun) {
      this.#deleted += gone.lists.length + gone.documents.length;
      return;
    }
    const isSameSet = before !== null && JSON.stringify(before) === JSON.stringify(after);
    // Named before they are written and until they are removed, so that an interrupted run leaves nothing unknown.
    if (!isSameSet) state.write(folder.folder, unionOf(before, after));
    for (const kind of ["document", "list"] as const) {
      for (const document of changed.filter((candidate) => candidate.kind === kind)) {
        files.write(document.path, document.body);
        await this.#pace.rest();
      }
    }
    await this.#remove(folder.folder, gone);
    if (!isSameSet) state.write(folder.folder, after);
  }

  finish(layout: Layout | null): Promise<WriteCounts> {
    return naming(this.#parts.root, () => this.#finish(layout));
  }

  async #finish(layout: Layout | null): Promise<WriteCounts> {
    const { state, request } = this.#parts;
    const { dryRun, commit } = request;
    for (const folder of state.folders(this.#namespaces)) {
      if (this.#put.has(folder)) continue;
      const gone = state.written(folder);
      if (gone === null) continue;
      if (dryRun) {
        this.#deleted += gone.lists.length + gone.documents.length;
        continue;
      }
      await this.#remove(folder, gone);
      state.forget(folder);
    }
    const inputs = this.#inputs;
    if (!dryRun)
      state.writeMarker({ commit, ...(layout === null || inputs === null ? {} : { basis: { layout, inputs } }) });
    return { written: this.#written, unchanged: this.#unchanged, deleted: this.#deleted };
  }

  async close(): Promise<void> {
    this.#parts.lock?.release();
  }

  /** The documents whose files are not as they should be; throws before anything is written where one is not ours. */
  async #differences({ folder, documents }: DocumentFolder, before: Written | null) {
    const { files } = this.#parts;
    const known = new Set([...(before?.lists ?? []), ...(before?.documents ?? [])]);
    const changed: DocumentFolder["documents"][number][] = [];
    for (const document of documents) {
      await this.#pace.rest();
      const found = files.isFolder(dirname(document.path)) ? files.compare(document.path, document.body) : "absent";
      if (found === "same") continue;
      if (found === "different" && !known.has(document.path.slice(folder.length + 1))) {
        throw notOurs(document.path, "something");
      }
      changed.push(document);
    }
    return changed;
  }

  /** Lists first: nobody then finds a document named that is not there. */
  async #remove(folder: string, gone: Written): Promise<void> {
    const { files } = this.#parts;
    for (const path of [...gone.lists, ...gone.documents]) {
      await this.#pace.rest();
      const full = `${folder}/${path}`;
      if (files.isFolder(dirname(full)) && files.remove(full)) this.#deleted += 1;
      files.removeEmptyFolders(full, ".");
    }
  }
}

/** What is written below the folder in the end; of files that are not meant, what was written there before. */
function writtenOf({ folder, documents, names }: DocumentFolder, before: Written | null): Written {
  const ofKind = (kind: "document" | "list") => {
    const paths = documents
      .filter((document) => document.kind === kind)
      .map(({ path }) => path.slice(folder.length + 1));
    const others = before?.[kind === "list" ? "lists" : "documents"].filter((path) => names?.has(path) === false) ?? [];
    return names === undefined ? paths : [...others, ...paths].sort();
  };
  return { lists: ofKind("list"), documents: ofKind("document") };
}

function pathsNotIn(before: Written | null, after: Written): Written {
  const kept = new Set([...after.lists, ...after.documents]);
  const gone = (paths: readonly string[]) => paths.filter((path) => !kept.has(path));
  return { lists: gone(before?.lists ?? []), documents: gone(before?.documents ?? []) };
}

function unionOf(before: Written | null, after: Written): Written {
  const gone = pathsNotIn(before, after);
  return { lists: [...after.lists, ...gone.lists], documents: [...after.documents, ...gone.documents] };
}
