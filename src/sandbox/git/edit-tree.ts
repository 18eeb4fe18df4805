import type { GitFolder } from "./folder.ts";
import type { TreeEntry } from "./objects.ts";
import { writeTree } from "./write.ts";

export interface TreeChange {
  readonly path: string;
  /** null removes what is there. */
  readonly entry: { readonly mode: string; readonly type: TreeEntry["type"]; readonly sha: string } | null;
}

interface Node {
  readonly entries: Map<string, TreeEntry>;
  readonly changed: Map<string, Node>;
}

export class TreePathError extends Error {}

/** The tree that results from changes on a base (null: the empty tree); returns its SHA. Empty folders vanish. */
export async function editTree(git: GitFolder, base: string | null, changes: readonly TreeChange[]): Promise<string> {
  const root = await open(git, base);
  for (const change of changes) await apply(git, root, change);
  return write(git, root);
}

/** The deepest folders first. */
function write(git: GitFolder, { entries, changed }: Node): string {
  for (const [name, child] of changed) {
    const sha = write(git, child);
    if (child.entries.size === 0) entries.delete(name);
    else entries.set(name, { mode: "040000", type: "tree", sha, name });
  }
  return writeTree(git, [...entries.values()]);
}

async function open(git: GitFolder, sha: string | null): Promise<Node> {
  const entries = sha === null ? [] : ((await git.tree(sha)) ?? []);
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), changed: new Map() };
}

async function apply(git: GitFolder, root: Node, { path, entry }: TreeChange): Promise<void> {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")) {
    throw new TreePathError(`tree.path contains a malformed path component: ${path}`);
  }
  const name = parts.pop() ?? "";
  let node = root;
  for (const part of parts) {
    let next = node.changed.get(part);
    if (next === undefined) {
      const existing = node.entries.get(part);
      if (existing?.type !== "tree" && entry === null) throw new TreePathError(`GitRPC::BadObjectState: ${path}`);
      next = await open(git, existing?.type === "tree" ? existing.sha : null);
      node.changed.set(part, next);
    }
    node = next;
  }
  node.changed.delete(name);
  if (entry !== null) node.entries.set(name, { ...entry, name });
  else if (!node.entries.delete(name)) throw new TreePathError(`GitRPC::BadObjectState: ${path}`);
}
