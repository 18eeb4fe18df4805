import type { PullRequest, RegistryReader } from "../github/port.ts";
import type { Base } from "./base.ts";
import type { Touched } from "./read-touched.ts";
import { revertOf } from "./reverts.ts";
import { type FileWithout, textOf, undoCommit } from "./undo-commit.ts";

/** The commit that a pull request from a branch of ours takes back; null where it does anything else, or anything more. */
export async function restoredCommit(
  host: RegistryReader,
  { pullRequest, base, touched }: { readonly pullRequest: PullRequest; readonly base: Base; readonly touched: Touched },
): Promise<string | null> {
  const revert = revertOf(pullRequest.headBranch);
  if (revert === null || touched.problem !== null || touched.files.length === 0) return null;
  const now = (path: string): FileWithout => {
    const file = base.files.find((candidate) => candidate.path === path);
    return file === undefined ? { kind: "nothing" } : { kind: "file", file };
  };
  const undone = await undoCommit(host, { commit: revert.commit, paths: touched.files.map(({ path }) => path), now });
  for (const { path, after } of touched.files) {
    const wanted = undone.get(path);
    if (wanted === undefined || (await textOf(host, wanted)) !== after) return null;
  }
  return revert.commit;
}
