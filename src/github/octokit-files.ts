import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { TreeFile } from "../registry/tree.ts";
import type { RepositoryContext } from "./octokit-context.ts";
import type { RegistryReader } from "./port.ts";

/** Lists the files of commits; what was listed once is kept for a while, since commits never change. */
export function fileLister({ client: { rest }, here, tried }: RepositoryContext): RegistryReader["listFiles"] {
  const trees = new Map<string, readonly TreeFile[] | null>();

  /** Every file at a commit in one request; null when GitHub cuts the list. Commits never change, so it is kept. */
  async function listAll(commit: string): Promise<readonly TreeFile[] | null> {
    const known = trees.get(commit);
    if (known !== undefined) return known;
    const { data } = await tried(`listing commit ${commit}`, () =>
      rest.git.getTree({ ...here, tree_sha: commit, recursive: "1" }),
    );
    const files = data.truncated ? null : data.tree.flatMap((entry) => treeFile(entry, ""));
    if (trees.size >= 16) trees.delete(trees.keys().next().value ?? "");
    trees.set(commit, files);
    return files;
  }

  /** Follows one path down tree by tree, for repositories that are too large to be listed at once. */
  async function walk(commit: string, path: string): Promise<readonly TreeFile[]> {
    let sha = commit;
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
      const { data } = await tried(`listing ${quoted(path)}`, () => rest.git.getTree({ ...here, tree_sha: sha }));
      const entry = data.tree.find((candidate) => candidate.path === part);
      if (entry?.sha === undefined) return [];
      const prefix = parts
        .slice(0, index)
        .map((name) => `${name}/`)
        .join("");
      if (entry.type === "blob") return index === parts.length - 1 ? treeFile(entry, prefix) : [];
      sha = entry.sha;
    }
    const { data } = await tried(`listing ${quoted(path)}`, () =>
      rest.git.getTree({ ...here, tree_sha: sha, recursive: "1" }),
    );
    if (data.truncated)
      throw new RegistrarError("github-invalid", `The folder ${quoted(path)} is too large to be listed.`);
    return data.tree.flatMap((entry) => treeFile(entry, `${path}/`));
  }

  return async (commit, paths) => {
    const all = await listAll(commit);
    if (all === null) return (await Promise.all(paths.map((path) => walk(commit, path)))).flat();
    return all.filter((file) => paths.some((path) => file.path === path || file.path.startsWith(`${path}/`)));
  };
}

function treeFile(
  entry: { path?: string; mode?: string; type?: string; sha?: string; size?: number },
  prefix: string,
): TreeFile[] {
  if (entry.path === undefined || entry.sha === undefined || entry.type === "tree") return [];
  return [{ path: `${prefix}${entry.path}`, mode: entry.mode ?? "", size: entry.size ?? 0, id: entry.sha }];
}
