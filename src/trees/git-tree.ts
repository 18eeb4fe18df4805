import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { RegistryTree, TreeFile } from "../registry/tree.ts";
import { readBlobs } from "./cat-file.ts";
import { runGit, startGit } from "./git-process.ts";
import { assertRegularFile, byPath, configurationPath, registryFolders } from "./registry-files.ts";

export interface GitTreeRequest {
  /** Folder of a bare or normal repository. */
  readonly repository: string;
  /** Any name that git knows a commit by: an id, a branch, a tag. */
  readonly commit: string;
}

/** The registry at one commit, read from git's objects without a checkout. */
export async function readGitTree(request: GitTreeRequest): Promise<RegistryTree> {
  const [gitFolder, commit] = await Promise.all([findGitFolder(request.repository), resolveCommit(request)]);
  return readTreeBelow(gitFolder, { commit, below: [...registryFolders, configurationPath] });
}

/** The part of a commit, given by its id, that lies below some paths. */
export async function readTreeBelow(
  gitFolder: string,
  { commit, below }: { readonly commit: string; readonly below: readonly string[] },
): Promise<RegistryTree> {
  const files = await listFiles(gitFolder, commit, below);
  return {
    commit,
    files: files.sort(byPath),
    read: (wanted) => {
      for (const file of wanted) assertRegularFile(file);
      return readBlobs(gitFolder, wanted);
    },
  };
}

/** `.git` of a normal repository (a folder, or the file that a worktree has), the folder itself of a bare one. */
export async function findGitFolder(repository: string): Promise<string> {
  try {
    const folder = await realpath(repository);
    const inner = join(folder, ".git");
    return await lstat(inner).then(
      () => inner,
      () => folder,
    );
  } catch (cause) {
    throw noRepository(repository, cause);
  }
}

/** The id of a commit that is named. */
export async function resolveCommit({ repository, commit }: GitTreeRequest): Promise<string> {
  const gitFolder = await findGitFolder(repository);
  const noCommit = () =>
    new RegistrarError(
      "bad-argument",
      `The repository ${quoted(repository)} has no commit ${quoted(commit)}. Name an existing branch, tag or commit; fetch it first if it is new.`,
    );
  if (commit === "" || commit.startsWith("-")) throw noCommit();
  const noHead = () =>
    new RegistrarError(
      "bad-argument",
      `The HEAD of the repository ${quoted(repository)} names no commit that is there. Name a branch that it has, with --commit BRANCH.`,
    );
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`];
  try {
    return (await runGit(gitFolder, args, { fail: commit === "HEAD" ? noHead : noCommit })).trim();
  } catch (error) {
    await runGit(gitFolder, ["rev-parse", "--git-dir"], { fail: () => noRepository(repository, undefined) });
    throw error;
  }
}

const noRepository = (repository: string, cause: unknown): RegistrarError =>
  new RegistrarError(
    "bad-argument",
    `${quoted(repository)} is no git repository. Name the folder of a clone or of a bare repository.`,
    { cause },
  );

async function listFiles(gitFolder: string, commit: string, below: readonly string[]): Promise<TreeFile[]> {
  const git = startGit(gitFolder, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", ...below]);
  git.stdin.end();
  const files: TreeFile[] = [];
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of git.stdout) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
        files.push(parseLine(rest.toString("utf8", 0, end)));
        rest = rest.subarray(end + 1);
      }
    }
    const { code, errors } = await git.ended;
    if (code !== 0) throw new RegistrarError("git-failed", `Git cannot list commit ${commit}: ${errors}`);
    return files;
  } finally {
    await git.stop();
  }
}

/** `<mode> <type> <id> <size, padded>\t<path>` (https://git-scm.com/docs/git-ls-tree#_output_format); `-` where there is no size. */
function parseLine(line: string): TreeFile {
  const [, mode, id, size, path] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
  if (mode === undefined || id === undefined || path === undefined) {
    throw new RegistrarError("git-failed", `Git listed ${quoted(line)}, which is no line of ls-tree.`);
  }
  return { path, mode, size: size === "-" ? 0 : Number(size), id };
}
