import type { RegistryHost, RegistryReader } from "../github/port.ts";
import { renderRevertBody, revertTitle } from "../policy/messages/reverts.ts";
import { isRegular, readText } from "./base.ts";
import { type FileWithout, pathsOfCommit, undoCommit } from "./undo-commit.ts";

/**
 * A commit of the default branch that is kept from being published: one that was pushed and is wrong, or a merge that is not
 * what was judged. A branch of ours says so, where only the app can write, with the pull request that would take it back.
 * Merging that mends the registry; a maintainer who closes it accepts the commit as it is.
 */
export interface Revert {
  readonly kind: "push" | "merge";
  readonly commit: string;
  readonly branch: string;
  /** The branch's own commit. */
  readonly sha: string;
}

const prefix = "registrar/revert/";

const branchOf = ({ kind, commit }: Pick<Revert, "kind" | "commit">): string => `${prefix}${kind}/${commit}`;

/** The commit that a branch of ours takes back; null for every other branch. */
export function revertOf(branch: string): Pick<Revert, "kind" | "commit"> | null {
  const [, kind, commit] = /^registrar\/revert\/(push|merge)\/([0-9a-f]{40})$/.exec(branch) ?? [];
  return commit === undefined ? null : { kind: kind === "merge" ? "merge" : "push", commit };
}

/** Everything that waits to be taken back or accepted: one request. */
export async function readReverts(host: RegistryReader): Promise<readonly Revert[]> {
  const branches = await host.listBranches(prefix);
  return branches.flatMap(({ name, sha }) => {
    const revert = revertOf(name);
    return revert === null ? [] : [{ ...revert, branch: name, sha }];
  });
}

/** By the place of their commits in the history of this one. */
export async function newestFirst(
  host: RegistryReader,
  reverts: readonly Revert[],
  tip: string,
): Promise<readonly Revert[]> {
  const order = reverts.length > 1 ? (await host.listCommits(tip)).map(({ sha }) => sha) : [];
  // What is no longer among the newest is older than all of them.
  const age = ({ commit }: Revert) => (order.includes(commit) ? order.indexOf(commit) : order.length);
  return reverts.toSorted((a, b) => age(a) - age(b));
}

/** Merging pauses for everybody while a merge that was not what was judged is neither taken back nor accepted. */
export const halts = (reverts: readonly Revert[]): string | null =>
  reverts.find(({ kind }) => kind === "merge")?.commit ?? null;

/**
 * Opens the pull request that takes a commit back, once for each commit. Where nothing of it is left by now, it stands on the
 * commit itself: what hides it may be wrong as well. Once nothing newer is wrong, it is closed.
 */
export async function proposeRevert(
  host: RegistryHost,
  wish: Pick<Revert, "kind" | "commit"> & { readonly paths: readonly string[] },
): Promise<void> {
  const branch = branchOf(wish);
  // Whoever has closed it has decided.
  if ((await host.findPullRequest(branch, "all")) !== null) return;
  if ((await host.findBranchTip(branch)) === null) {
    const { defaultBranch } = await host.readIdentity();
    const on = async (base: string) => writeRevert(host, { ...wish, branch, base });
    if (!(await on(await host.readTip(defaultBranch))) && !(await on(wish.commit))) return;
  }
  await openRevert(host, { ...wish, branch });
}

/** Brings what is proposed up to date, and ends what is decided. Says which ended, and what nobody may decide alone. */
export async function settleReverts(host: RegistryHost): Promise<{
  readonly ended: readonly Revert[];
  readonly reopened: readonly number[];
  readonly open: readonly Revert[];
}> {
  const ended: Revert[] = [];
  const reopened: number[] = [];
  const { defaultBranch } = await host.readIdentity();
  const tip = await host.readTip(defaultBranch);
  const reverts = await newestFirst(host, await readReverts(host), tip);
  for (const revert of reverts) {
    const pullRequest = await host.findPullRequest(revert.branch, "all");
    if (pullRequest === null) await openRevert(host, revert);
    else if (pullRequest.state === "open") {
      // What is wrong in an older commit may be hidden by what is wrong in a newer one, so it waits for its turn.
      const isNewest = revert === reverts.find((one) => !ended.includes(one));
      if (isNewest && (await renew(host, revert, { number: pullRequest.number, tip }))) ended.push(revert);
    } else if (pullRequest.merged || (await isAccepted(host, pullRequest.number))) {
      await host.deleteBranch(revert.branch);
      ended.push(revert);
    } else {
      await host.reopenPullRequest(pullRequest.number);
      reopened.push(pullRequest.number);
    }
  }
  return { ended, reopened, open: reverts.filter((revert) => !ended.includes(revert)) };
}

/** Only a maintainer accepts what was not judged: on GitHub more people than that may close a pull request. */
async function isAccepted(host: RegistryHost, number: number): Promise<boolean> {
  const closer = await host.readCloser(number);
  return closer !== null && (await host.maintains(closer.login, closer.id));
}

/** Where the base has moved on: the branch made anew, or, where nothing of the commit is left, its end. True for that. */
async function renew(
  host: RegistryHost,
  revert: Revert,
  { number, tip }: { readonly number: number; readonly tip: string },
): Promise<boolean> {
  const paths = await revertedPaths(host, revert);
  const [made] = await host.readParents(revert.sha);
  if (made === undefined || made === tip) return false;
  const files = await restored(host, { ...revert, paths, tip });
  if (files.length === 0) {
    await host.closePullRequest(number);
    await host.deleteBranch(revert.branch);
    return true;
  }
  const ids = async (commit: string) => (await host.listFiles(commit, paths)).map(({ path, id }) => `${path} ${id}`);
  if ((await ids(made)).sort().join() !== (await ids(tip)).sort().join()) {
    const message = revertTitle(revert);
    await host.writeBranch({ branch: revert.branch, base: tip, message, files });
  }
  return false;
}

/** The files that a revert takes back: those in which its commit differs from what it stands on. */
export const revertedPaths = (host: RegistryReader, { sha }: Pick<Revert, "sha">): Promise<readonly string[]> =>
  pathsOfCommit(host, sha);

async function writeRevert(
  host: RegistryHost,
  wish: Pick<Revert, "kind" | "commit" | "branch"> & { readonly paths: readonly string[]; readonly base: string },
): Promise<boolean> {
  const { branch, base } = wish;
  const files = await restored(host, { ...wish, tip: base });
  if (files.length === 0) return false;
  await host.writeBranch({ branch, base, message: revertTitle(wish), files });
  return true;
}

async function openRevert(host: RegistryHost, wish: Pick<Revert, "kind" | "commit" | "branch">): Promise<void> {
  const { defaultBranch } = await host.readIdentity();
  await host.openPullRequest({
    branch: wish.branch,
    base: defaultBranch,
    title: revertTitle(wish),
    body: renderRevertBody(wish),
  });
}

interface Restored {
  readonly path: string;
  /** Null where there is nothing to be left. */
  readonly text: string | null;
  readonly previousId: string | null;
}

async function restored(
  host: RegistryReader,
  { commit, paths, tip }: { readonly commit: string; readonly paths: readonly string[]; readonly tip: string },
): Promise<readonly Restored[]> {
  const files = await host.listFiles(tip, paths);
  const at = (path: string) => files.find((file) => file.path === path);
  const now = (path: string): FileWithout => {
    const file = at(path);
    return file === undefined ? { kind: "nothing" } : { kind: "file", file };
  };
  const undone = await undoCommit(host, { commit, paths, now });
  const result: Restored[] = [];
  for (const [path, one] of undone) {
    const previousId = at(path)?.id ?? null;
    if (one.kind === "nothing") result.push({ path, text: null, previousId });
    else if (one.kind === "text") result.push({ path, text: one.text, previousId });
    // A link that was there before is not made again; without it nothing is published either.
    else result.push({ path, text: isRegular(one.file) ? await readText(host, one.file) : null, previousId });
  }
  return result;
}
