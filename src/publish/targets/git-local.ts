import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import { runGit } from "../../trees/git-process.ts";
import { findGitFolder } from "../../trees/git-tree.ts";
import { lockDirectory } from "./directory-lock.ts";
import { moveNoted } from "./git-locks.ts";
import { type BranchPlace, broken, readRef, repositoryOf, tidy } from "./git-place.ts";

/** A branch of a repository on this machine, bare or not; it is moved in one step, as a push would. */
export async function openLocalPlace(of: {
  readonly path: string;
  readonly branch: string;
  readonly dryRun: boolean;
}): Promise<BranchPlace> {
  const { path, branch, dryRun } = of;
  const { folder: gitFolder, format } = await repositoryOf(await findGitFolder(path), noRepository(path));
  const ref = `refs/heads/${branch}`;
  const [defaults] = await Promise.all([defaultBranches(gitFolder), assertNotCheckedOut(gitFolder, { path, branch })]);
  // A dry run changes nothing, so it needs no lock.
  if (!dryRun) makeState(gitFolder);
  const lock = dryRun ? undefined : lockDirectory(gitFolder, join(gitFolder, "registrar", "lock"));
  return {
    gitFolder,
    format,
    defaultBranches: defaults,
    isEmpty: () => hasNothing(gitFolder),
    readTip: () => readRef(gitFolder, ref),
    bring: async () => undefined,
    advance: async (move) => {
      const isMoved = await moveNoted(gitFolder, ref, move);
      if (isMoved) await tidy(gitFolder);
      return isMoved;
    },
    close: async () => lock?.release(),
  };
}

const noRepository = (path: string) => () =>
  new RegistrarError(
    "bad-argument",
    `${quoted(path)} is no git repository. Name the folder of a clone or of a bare repository, or a URL.`,
  );

/** Under a checked out branch its files would stay behind, and look like changes that somebody made. */
async function assertNotCheckedOut(gitFolder: string, of: { path: string; branch: string }): Promise<void> {
  const worktrees = await runGit(gitFolder, ["worktree", "list", "--porcelain"], { fail: broken(gitFolder) });
  if (!worktrees.split("\n").includes(`branch refs/heads/${of.branch}`)) return;
  throw new RegistrarError(
    "bad-argument",
    `The branch ${quoted(of.branch)} of ${quoted(of.path)} is checked out. Publish to a branch that nobody works on, for example git:${of.path}#${of.branch === "host" ? "published" : "host"}.`,
  );
}

async function hasNothing(gitFolder: string): Promise<boolean> {
  return (await runGit(gitFolder, ["for-each-ref", "--count=1"], { fail: broken(gitFolder) })) === "";
}

async function defaultBranches(gitFolder: string): Promise<readonly string[]> {
  const args = ["for-each-ref", "--format=%(symref)", "refs/remotes/origin/HEAD"];
  const origin = await runGit(gitFolder, args, { fail: broken(gitFolder) });
  // A HEAD that names a commit is no branch.
  const head = await runGit(gitFolder, ["symbolic-ref", "--quiet", "HEAD"], { fail: broken(gitFolder) }).catch(
    () => "",
  );
  return [origin, head].flatMap((ref) => /^refs\/(?:heads|remotes\/origin)\/(.+)$/.exec(ref.trim())?.[1] ?? []);
}

function makeState(gitFolder: string): void {
  try {
    mkdirSync(join(gitFolder, "registrar"), { recursive: true });
  } catch (cause) {
    throw broken(gitFolder)((cause as Error).message);
  }
}
