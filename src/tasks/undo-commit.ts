import type { ChangedFiles, RegistryReader } from "../github/port.ts";
import { isRegistryPath, registryPlaces, type TreeFile } from "../registry/tree.ts";
import { type Undone, undoChange } from "../registry/undo-change.ts";
import { isRegular, largestBlob, readText } from "./base.ts";

/** One file as it is without a commit: a file that some commit has, a text of our own, or nothing. */
export type FileWithout =
  | { readonly kind: "file"; readonly file: TreeFile }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "nothing" };

/** What undoing a commit takes: GitHub gives it, and so does a clone. */
export type CommitReader = Pick<RegistryReader, "readParents" | "listFiles" | "readBlob">;

/** What a commit of the default branch changed of the registry, configuration included. */
export async function pathsOfCommit(host: RegistryReader, commit: string): Promise<readonly string[]> {
  const [parent] = await host.readParents(commit);
  return parent === undefined ? [] : registryPaths(await compareCommit(host, { parent, commit }));
}

/** Those of the registry; what was moved away counts as well. */
export function registryPaths({ files }: Pick<ChangedFiles, "files">): readonly string[] {
  const paths = files.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath]));
  return [...new Set(paths)].filter(isRegistryPath);
}

/**
 * What a commit changed, whole as far as it is of the registry: GitHub lists 300 files of a change, in the order of their
 * paths, so that many others could hide those that follow. Then both states are listed instead.
 */
export async function compareCommit(
  host: RegistryReader,
  { parent, commit }: { readonly parent: string; readonly commit: string },
): Promise<ChangedFiles> {
  const compared = await host.compare(parent, commit);
  if (compared.complete) return compared;
  const [before, after] = await Promise.all([parent, commit].map((at) => host.listFiles(at, registryPlaces)));
  const identity = ({ path, mode, id }: TreeFile) => `${path} ${mode} ${id}`;
  const differ = (files: readonly TreeFile[] = [], others: readonly TreeFile[] = []) => {
    const known = new Set(others.map(identity));
    return files.filter((file) => !known.has(identity(file))).map(({ path }) => path);
  };
  const paths = new Set([...differ(before, after), ...differ(after, before)]);
  return { ...compared, complete: true, files: [...paths].map((path) => ({ path, previousPath: null })) };
}

/** These files without what a commit did to them, given how they are now; only those that differ from now. */
export async function undoCommit(
  host: CommitReader,
  of: {
    readonly commit: string;
    readonly paths: readonly string[];
    readonly now: (path: string) => FileWithout;
  },
): Promise<ReadonlyMap<string, FileWithout>> {
  const { commit, paths, now } = of;
  const [parent] = await host.readParents(commit);
  if (parent === undefined || paths.length === 0) return new Map();
  const [before, after] = await Promise.all([host.listFiles(parent, paths), host.listFiles(commit, paths)]);
  const at = (files: readonly TreeFile[], path: string): FileWithout => {
    const file = files.find((candidate) => candidate.path === path);
    return file === undefined ? { kind: "nothing" } : { kind: "file", file };
  };
  const undone = new Map<string, FileWithout>();
  for (const path of paths) {
    const was = at(before, path);
    const texts = {
      before: await textOf(host, was),
      after: await textOf(host, at(after, path)),
      tip: await textOf(host, now(path)),
    };
    const result = undoChange(texts, { isRecord: /^(?:providers|modules)\//.test(path) });
    if (result.kind !== "tip") undone.set(path, fileOf(result, was));
  }
  return undone;
}

const fileOf = (result: Exclude<Undone, { kind: "tip" }>, was: FileWithout): FileWithout =>
  result.kind === "text" ? result : was;

/** What has no text of its own (a link, something huge) is told from others by its id, and cannot be read as a record. */
export async function textOf(host: CommitReader, one: FileWithout): Promise<string | null> {
  switch (one.kind) {
    case "nothing":
      return null;
    case "text":
      return one.text;
    case "file": {
      const { file } = one;
      return isRegular(file) && file.size <= largestBlob ? readText(host, file) : `\0${file.mode} ${file.id}`;
    }
  }
}
