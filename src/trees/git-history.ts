import { RegistrarError } from "../registry/errors.ts";
import type { RegistryHistory } from "../registry/tree.ts";
import { runGit } from "./git-process.ts";
import { findGitFolder, type GitTreeRequest, readTreeBelow, resolveCommit } from "./git-tree.ts";
import { configurationPath, registryFolders } from "./registry-files.ts";

/** The registry at one commit, with what git knows of the commits before. */
export async function readGitHistory(request: GitTreeRequest): Promise<RegistryHistory> {
  const { repository } = request;
  const [commit, gitFolder] = await Promise.all([resolveCommit(request), findGitFolder(repository)]);
  const run = (args: readonly string[]) =>
    runGit(gitFolder, args, {
      fail: (errors) => new RegistrarError("git-failed", `Git cannot list ${commit}: ${errors}`),
    });
  return {
    commit,
    changedSince: async (from) => {
      if (from === commit) return [];
      if (!/^[0-9a-f]{40,64}$/.test(from)) return null;
      const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", from, commit, "--"];
      // A shallow clone, or a history that was written anew, does not have it.
      const text = await run([...args, ...registryFolders, configurationPath]).catch(() => null);
      return text?.split("\0").filter((path) => path !== "") ?? null;
    },
    read: async (namespaces) => {
      const all = [...registryFolders, configurationPath];
      if (namespaces === undefined) return readTreeBelow(gitFolder, { commit, below: all });
      const below = await namespaceFolders(namespaces, async (folders) => {
        if (folders.length === 0) return [];
        const text = await run(["ls-tree", "-d", "-z", "--name-only", "--full-tree", commit, "--", ...folders]);
        return text.split("\0").filter((path) => path !== "");
      });
      return readTreeBelow(gitFolder, { commit, below: [...below, configurationPath] });
    },
  };
}

/**
 * The folders of namespaces as they are written, in both layouts: one of them is the registry's, and what lies in the other
 * one's place is to be found too.
 */
async function namespaceFolders(
  namespaces: ReadonlySet<string>,
  list: (folders: readonly string[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (namespaces.size === 0) return [];
  const letters = new Set([...namespaces].map((namespace) => namespace.charAt(0)));
  const lettered = registryFolders.flatMap((root) => [...letters].map((letter) => `${root}/${letter}/`));
  const names = await list([...registryFolders.map((root) => `${root}/`), ...lettered]);
  return names.filter((name) => namespaces.has((name.split("/").at(-1) ?? "").toLowerCase()));
}
