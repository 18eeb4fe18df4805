import type { RegistryReader } from "../github/port.ts";
import { isRegistryPath, registryPlaces, type TreeFile } from "../registry/tree.ts";

/** Whether a merge commit changes of the registry just the files of its head, into just the head's blobs. */
export async function holdsTheHead(
  host: RegistryReader,
  { commit, headSha }: { readonly commit: string; readonly headSha: string },
): Promise<boolean> {
  const [parent] = await host.readParents(commit);
  if (parent === undefined) return false;
  const { files } = await host.compare(parent, headSha);
  const paths = files.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath]));
  return changesJust(host, { parent, commit, paths, after: await host.listFiles(headSha, paths) });
}

/** Whether a commit changes of the registry just these files since its parent, into just these blobs. */
export async function changesJust(
  host: RegistryReader,
  merge: {
    readonly parent: string;
    readonly commit: string;
    readonly paths: readonly string[];
    readonly after: readonly TreeFile[];
  },
): Promise<boolean> {
  const [before, result] = await Promise.all([
    host.listFiles(merge.parent, registryPlaces),
    host.listFiles(merge.commit, registryPlaces),
  ]);
  const [was, is, judged] = [before, result, merge.after].map(byPath);
  const wanted = new Set(merge.paths.filter(isRegistryPath));
  const paths = new Set([...wanted, ...before.map(({ path }) => path), ...result.map(({ path }) => path)]);
  return [...paths].every((path) => is?.get(path) === (wanted.has(path) ? judged : was)?.get(path));
}

const byPath = (files: readonly TreeFile[]): ReadonlyMap<string, string> =>
  new Map(files.map(({ path, mode, id }) => [path, `${mode} ${id}`]));

/** In which registry files a commit differs from its parent. */
export async function changedPaths(
  host: RegistryReader,
  { parent, commit }: { readonly parent: string | undefined; readonly commit: string },
): Promise<readonly string[]> {
  if (parent === undefined) return [];
  const [before, after] = await Promise.all([parent, commit].map((one) => host.listFiles(one, registryPlaces)));
  const [was, is] = [byPath(before ?? []), byPath(after ?? [])];
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
}
