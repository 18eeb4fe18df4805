import type { GitFolder } from "./folder.ts";
import type { TreeEntry } from "./objects.ts";

/** Added, removed and modified files, each by path. */
export type ChangedNames = Record<"A" | "D" | "M", string[]>;

/**
 * What a commit changes against its first parent: the names alone, a rename as one removed and one added. Folders that are
 * the same are not looked into, so this is quick also for a whole site at once.
 */
export async function changedNames(git: GitFolder, sha: string): Promise<ChangedNames> {
  const names: ChangedNames = { A: [], D: [], M: [] };
  const commit = await git.commit(sha);
  const [parent] = commit?.parents ?? [];
  const before = parent === undefined ? null : await git.commit(parent);
  await compare(git, names, { prefix: "", before: before?.tree ?? null, after: commit?.tree ?? null });
  return names;
}

interface Side {
  readonly prefix: string;
  /** Ids of trees; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

async function compare(git: GitFolder, names: ChangedNames, { prefix, before, after }: Side): Promise<void> {
  if (before === after) return;
  const [old, now] = await Promise.all([entriesOf(git, before), entriesOf(git, after)]);
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(name), now.get(name)];
    if (was?.sha === is?.sha && was?.mode === is?.mode) continue;
    const path = prefix + name;
    const [oldTree, newTree] = [treeOf(was), treeOf(is)];
    if (oldTree !== null || newTree !== null) {
      await compare(git, names, { prefix: `${path}/`, before: oldTree, after: newTree });
    }
    const [wasFile, isFile] = [was !== undefined && oldTree === null, is !== undefined && newTree === null];
    if (wasFile && isFile) names.M.push(path);
    else if (wasFile) names.D.push(path);
    else if (isFile) names.A.push(path);
  }
}

const treeOf = (entry: TreeEntry | undefined): string | null => (entry?.type === "tree" ? entry.sha : null);

async function entriesOf(git: GitFolder, tree: string | null): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = tree === null ? [] : ((await git.tree(tree)) ?? []);
  return new Map(entries.map((entry) => [entry.name, entry]));
}
