import type { ChangedFiles, PullRequest, RegistryReader } from "../github/port.ts";
import type { Outdated } from "../policy/decision.ts";
import type { TouchedFile } from "../registry/change.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { isRegistryPath, type TreeFile } from "../registry/tree.ts";
import { type Base, largestBlob, readText } from "./base.ts";

/** What a pull request changes, file by file. */
export interface Touched {
  readonly files: readonly TouchedFile[];
  /** Why it cannot be read as a whole; then no file is read at all. */
  readonly problem: string | null;
  /** Those of them that the head has. */
  readonly after: readonly TreeFile[];
  /** Of all touched files after the change. */
  readonly bytes: number;
  /** Why merging would not do just what was judged; null when it would. */
  readonly outdated: Outdated | null;
}

/** All touched files together, before and after, in bytes: what one review holds in memory. */
const largestTotal = 64 * 1024 * 1024;
const readConcurrency = 8;

export async function readTouchedFiles(
  host: RegistryReader,
  {
    base,
    pullRequest,
    compared,
  }: { readonly base: Base; readonly pullRequest: PullRequest; readonly compared: ChangedFiles },
): Promise<Touched> {
  const paths = pathsOf(compared);
  const [before, after] = await Promise.all([
    host.listFiles(compared.mergeBase, paths),
    host.listFiles(pullRequest.headSha, paths),
  ]);
  const problem = listingProblem(compared, pullRequest) ?? sizeProblem([...before, ...after]);
  const at = (files: readonly TreeFile[], path: string) => files.find((file) => file.path === path);
  const files: TouchedFile[] = [];
  for (let start = 0; start < paths.length; start += readConcurrency) {
    const read = (file: TreeFile | undefined) => (problem === null && isReadable(file) ? readText(host, file) : null);
    const some = paths.slice(start, start + readConcurrency).map(async (path): Promise<TouchedFile> => {
      const [old, fresh] = [at(before, path), at(after, path)];
      return { path, before: await read(old), after: await read(fresh), mode: fresh?.mode ?? null };
    });
    files.push(...(await Promise.all(some)));
  }
  const moved = paths.some((path) => at(before, path)?.id !== tipFile({ base, compared, before }, path)?.id);
  // What is on the base already needs no trial.
  const asJudged = pullRequest.merged || (await mergesAsJudged(host, { base, pullRequest, compared }));
  return {
    files,
    problem,
    after,
    bytes: after.reduce((sum, file) => sum + file.size, 0),
    // Not yet known whether it can be merged is not the same as a conflict.
    outdated: moved ? (pullRequest.mergeable === false ? "conflict" : "base-moved") : asJudged ? null : "history",
  };
}

/**
 * Whether GitHub's trial merge of this head into this tip changes exactly the files that were judged, into exactly the
 * head's blobs, in one commit. Needed for histories with merges: they can bring back what the base has undone since without its being in
 * the pull request's diff. Throws `github-conflict` while GitHub has not computed the trial merge.
 */
async function mergesAsJudged(
  host: RegistryReader,
  { base, pullRequest, compared }: { base: Base; pullRequest: PullRequest; compared: ChangedFiles },
): Promise<boolean> {
  // One by one they would come to the default branch, where each is judged by itself: nobody has judged what is between.
  if (base.settings.mergeMethod === "rebase" && compared.commits > 1) return false;
  if (compared.linear) return true;
  if (pullRequest.mergeable === false) return false;
  const { testMerge } = pullRequest;
  const parents = testMerge === null ? [] : await host.readParents(testMerge);
  if (testMerge === null || parents[0] !== base.commit || parents[1] !== pullRequest.headSha) {
    const message = `GitHub has not tried the merge of pull request ${pullRequest.number} into the newest base yet; it is judged again.`;
    throw new RegistrarError("github-conflict", message);
  }
  const result = await host.compare(base.commit, testMerge);
  const paths = pathsOf(compared);
  if (!result.complete || pathsOf(result).some((path) => !paths.includes(path))) return false;
  const [merged, head] = await Promise.all([
    host.listFiles(testMerge, paths),
    host.listFiles(pullRequest.headSha, paths),
  ]);
  const identity = (files: readonly TreeFile[]) =>
    files
      .map(({ path, mode, id }) => `${path} ${mode} ${id}`)
      .sort()
      .join();
  return identity(merged) === identity(head);
}

const pathsOf = (compared: ChangedFiles): string[] => [
  ...new Set(
    compared.files.flatMap(({ path, previousPath }) => [path, ...(previousPath === null ? [] : [previousPath])]),
  ),
];

/** Links and submodules are not followed; their mode alone makes `scope` fail. */
const isReadable = (file: TreeFile | undefined): file is TreeFile =>
  file !== undefined && (file.mode === "100644" || file.mode === "100755");

function listingProblem({ complete, files }: ChangedFiles, { changedFiles }: PullRequest): string | null {
  if (!complete) return `GitHub lists only the first ${files.length} of its files.`;
  return files.length < changedFiles ? `GitHub lists ${files.length} of its ${changedFiles} files.` : null;
}

function sizeProblem(files: readonly TreeFile[]): string | null {
  const large = files.find((file) => file.size > largestBlob);
  if (large !== undefined) return `${quoted(large.path)} has ${large.size} bytes; at most ${largestBlob} are read.`;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > largestTotal ? `Its files have ${total} bytes in all; at most ${largestTotal} are read.` : null;
}

/** The base's list holds registry files only; of all others the merge base stands for the tip. */
function tipFile(
  { base, compared, before }: { base: Base; compared: ChangedFiles; before: readonly TreeFile[] },
  path: string,
): TreeFile | undefined {
  const files = isRegistryPath(path) && base.commit !== compared.mergeBase ? base.files : before;
  return files.find((file) => file.path === path);
}
