import { Readable } from "node:stream";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { TreeFile } from "../registry/tree.ts";
import { startGit } from "./git-process.ts";
import { PipeReader } from "./pipe-reader.ts";

/** Of a large registry half the memory that git takes by default, at nearly the same speed; less than 32m is much slower. */
const modest = {
  "core.deltaBaseCacheLimit": "32m",
  "core.packedGitWindowSize": "1m",
  "core.packedGitLimit": "16m",
};

/**
 * The blobs of the files, in their order, from one `git cat-file --batch`. Pipes on both sides push back, so that no
 * more is in memory than one blob and a pipe's worth; the process ends when the consumer stops.
 */
export async function* readBlobs(
  gitFolder: string,
  files: readonly TreeFile[],
): AsyncGenerator<{ readonly file: TreeFile; readonly bytes: Uint8Array }> {
  if (files.length === 0) return;
  const git = startGit(gitFolder, ["cat-file", "--batch"], { config: modest });
  try {
    Readable.from(files.map((file) => `${file.id}\n`)).pipe(git.stdin);
    const reader = new PipeReader(git.stdout);
    for (const file of files) {
      const header = await reader.line();
      // https://git-scm.com/docs/git-cat-file#_batch_output: "<id> <type> <size>", or "<name> missing".
      const [, id, type, size] = /^([0-9a-f]+) (\w+)(?: (\d+))?$/.exec(header ?? "") ?? [];
      if (header === undefined || id !== file.id || type !== "blob" || size === undefined) {
        throw await unreadable(file, header ?? (await git.ended).errors);
      }
      const bytes = await reader.bytes(Number(size) + 1);
      if (bytes === undefined) throw await unreadable(file, "git ended in the middle of it");
      yield { file, bytes: bytes.subarray(0, -1) };
    }
  } finally {
    await git.stop();
  }
}

const unreadable = (file: TreeFile, got: string): RegistrarError =>
  new RegistrarError(
    "bad-tree",
    `Git cannot give ${quoted(file.path)} (${got || "it ended early"}). ` +
      "Check the repository with `git fsck`; in a partial or shallow clone fetch everything first.",
  );
