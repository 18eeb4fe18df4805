import type { GitFolder } from "./folder.ts";
import { type CommitObject, renderCommit, renderTag, type TagObject, type TreeEntry } from "./objects.ts";

/** From here on one pack is quicker than a file for each. */
const MANY = 1000;

export function writeBlob(git: GitFolder, content: Uint8Array): string {
  return git.objects.write("blob", Buffer.from(content));
}

/** SHAs in the order given. */
export async function writeBlobs(git: GitFolder, contents: readonly Uint8Array[]): Promise<string[]> {
  return contents.length < MANY ? contents.map((content) => writeBlob(git, content)) : importBlobs(git, contents);
}

/** All in one process. https://git-scm.com/docs/git-fast-import */
async function importBlobs(git: GitFolder, contents: readonly Uint8Array[]): Promise<string[]> {
  const parts: Uint8Array[] = [];
  contents.forEach((content, index) => {
    parts.push(Buffer.from(`blob\nmark :${index + 1}\ndata ${content.length}\n`), content, Buffer.from("\n"));
  });
  parts.push(Buffer.from(contents.map((_, index) => `get-mark :${index + 1}\n`).join("")));
  const output = await git.text(["fast-import", "--quiet"], { input: Buffer.concat(parts) });
  return output.split("\n");
}

export function writeTree(git: GitFolder, entries: readonly TreeEntry[]): string {
  return git.objects.write("tree", renderTree(entries));
}

export function writeCommit(git: GitFolder, commit: Omit<CommitObject, "sha">): string {
  return git.objects.write("commit", Buffer.from(renderCommit(commit)));
}

export function writeTag(git: GitFolder, tag: Omit<TagObject, "sha">): string {
  return git.objects.write("tag", Buffer.from(renderTag(tag)));
}

/** Sorted by bytes, a folder as if its name ended with a slash; modes without leading zeros. */
function renderTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = entries
    .map((entry) => ({ entry, key: Buffer.from(entry.type === "tree" ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    sorted.flatMap(({ entry: { mode, name, sha } }) => [
      Buffer.from(`${mode.replace(/^0+/, "")} ${name}\0`),
      Buffer.from(sha, "hex"),
    ]),
  );
}
