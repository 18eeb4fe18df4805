import type { GitFolder } from "./folder.ts";
import { type CommitObject, renderCommit, renderTag, type TagObject, type TreeEntry } from "./objects.ts";

export function writeBlob(git: GitFolder, content: Uint8Array): Promise<string> {
  return git.text(["hash-object", "-w", "--stdin"], { input: Buffer.from(content) });
}

/** Many blobs in one process. https://git-scm.com/docs/git-fast-import */
export async function writeBlobs(git: GitFolder, contents: readonly Uint8Array[]): Promise<string[]> {
  if (contents.length === 0) return [];
  if (contents.length === 1) return [await writeBlob(git, contents[0] ?? new Uint8Array())];
  const parts: Uint8Array[] = [];
  contents.forEach((content, index) => {
    parts.push(Buffer.from(`blob\nmark :${index + 1}\ndata ${content.length}\n`), content, Buffer.from("\n"));
  });
  parts.push(Buffer.from(contents.map((_, index) => `get-mark :${index + 1}\n`).join("")));
  const output = await git.text(["fast-import", "--quiet"], { input: Buffer.concat(parts) });
  return output.split("\n");
}

/** Trees in the order given, in one process. */
export async function writeTrees(git: GitFolder, trees: readonly (readonly TreeEntry[])[]): Promise<string[]> {
  const lines = trees.map((entries) =>
    entries.map(({ mode, type, sha, name }) => `${mode} ${type} ${sha}\t${name}\0`).join(""),
  );
  // An empty record ends a tree: https://git-scm.com/docs/git-mktree
  const input = lines.map((line) => `${line}\0`).join("");
  const output = await git.text(["mktree", "-z", "--missing", "--batch"], { input });
  return output.split(/[\n\0]/).filter((line) => line !== "");
}

export function writeCommit(git: GitFolder, commit: Omit<CommitObject, "sha">): Promise<string> {
  return git.text(["hash-object", "-w", "-t", "commit", "--stdin"], { input: renderCommit(commit) });
}

export function writeTag(git: GitFolder, tag: Omit<TagObject, "sha">): Promise<string> {
  return git.text(["hash-object", "-w", "-t", "tag", "--stdin"], { input: renderTag(tag) });
}
