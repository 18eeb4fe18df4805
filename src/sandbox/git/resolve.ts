import type { GitFolder } from "./folder.ts";
import { readRef } from "./refs.ts";

/** The commit that a branch, a tag, a full ref, a SHA or the start of one means; null when nothing does. */
export async function resolveCommit(git: GitFolder, name: string): Promise<string | null> {
  for (const ref of [name, `refs/${name}`, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const sha = ref.startsWith("refs/") ? await readRef(git, ref) : null;
    if (sha !== null) return peel(git, sha);
  }
  return /^[0-9a-f]{4,40}$/i.test(name) ? peel(git, name.toLowerCase()) : null;
}

/** The commit behind a commit or an annotated tag. */
export async function peel(git: GitFolder, sha: string): Promise<string | null> {
  const info = await git.objects.info(sha);
  if (info?.type === "commit") return info.sha;
  if (info?.type !== "tag") return null;
  const tag = await git.tag(info.sha);
  return tag === null ? null : peel(git, tag.object);
}

/** The object at a path of a commit's tree; null when there is none. The empty path is the root. */
export async function entryAt(
  git: GitFolder,
  commit: string,
  path: string,
): Promise<{ mode: string; type: string; sha: string } | null> {
  const root = await git.commit(commit);
  if (root === null) return null;
  let entry = { mode: "040000", type: "tree", sha: root.tree };
  for (const part of path.split("/").filter((part) => part !== "")) {
    if (entry.type !== "tree") return null;
    const found = (await git.tree(entry.sha))?.find(({ name }) => name === part);
    if (found === undefined) return null;
    entry = found;
  }
  return entry;
}
