import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { TreeFile } from "../registry/tree.ts";
import { readBlobs } from "./cat-file.ts";
import { runGit } from "./git-process.ts";
import { findGitFolder, readTreeBelow } from "./git-tree.ts";

/**
 * What commits changed, read from a clone as GitHub's API tells it. Throws `bad-argument` where the clone does not reach below
 * a commit: taken for the first one, nothing of it could be undone.
 */
export async function readGitCommits(repository: string) {
  const gitFolder = await findGitFolder(repository);
  return {
    readParents: async (commit: string): Promise<readonly string[]> => {
      const unknown = () =>
        new RegistrarError(
          "bad-argument",
          `The repository ${quoted(repository)} does not have commit ${commit} with the one before it. Fetch the whole history first (fetch-depth: 0 of actions/checkout).`,
        );
      const args = ["rev-list", "--parents", "--max-count=1", "--end-of-options", commit];
      const [, ...parents] = (await runGit(gitFolder, args, { fail: unknown })).trim().split(" ");
      if (parents.length === 0) throw unknown();
      return parents;
    },
    listFiles: async (commit: string, paths: readonly string[]): Promise<readonly TreeFile[]> =>
      (await readTreeBelow(gitFolder, { commit, below: paths })).files,
    readBlob: async (id: string, maxBytes: number): Promise<Uint8Array> => {
      for await (const { bytes } of readBlobs(gitFolder, [{ path: id, mode: "100644", size: 0, id }])) {
        if (bytes.byteLength <= maxBytes) return bytes;
      }
      throw new RegistrarError("bad-tree", `The blob ${id} has more than ${maxBytes} bytes.`);
    },
  };
}
