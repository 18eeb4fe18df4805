import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import { changedNames } from "../git/changed-names.ts";
import type { GitFolder } from "../git/folder.ts";
import { isAncestor, log, mergedCommits } from "../git/history.ts";
import type { CommitObject, Person } from "../git/objects.ts";
import { type RefChange, ZERO } from "../git/refs.ts";
import { peel } from "../git/resolve.ts";
import { html } from "../present/git.ts";
import type { World } from "../world.ts";

/** GitHub lists up to 2,048 commits; the newest few are enough here. */
const LISTED = 20;

/** Of a kind, so that a payload stays far below what GitHub sends at all. */
const MOST_NAMES = 3000;

/** https://docs.github.com/webhooks/webhook-events-and-payloads#push */
export async function pushPayload(
  world: World,
  repository: Repository,
  { by, change }: { by: Account; change: RefChange },
): Promise<object> {
  const { ref, before, after } = change;
  const { git } = repository;
  const head = after === ZERO ? null : await peel(git, after);
  const newest = head === null ? [] : await newestCommits(git, before, head);
  const commits = await Promise.all([...newest].reverse().map((commit) => presentPushed(world, repository, commit)));
  const headCommit = head === null ? null : await git.commit(head);
  return {
    ref,
    before,
    after,
    base_ref: null,
    created: before === ZERO,
    deleted: after === ZERO,
    forced: before !== ZERO && after !== ZERO && !(await isAncestor(git, before, after)),
    compare: `${html(world, repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: before === ZERO ? [] : commits,
    head_commit: headCommit === null ? null : await presentPushed(world, repository, headCommit),
    pusher: { name: by.login, email: `${by.id}+${by.login}@users.noreply.github.com` },
  };
}

async function presentPushed(world: World, repository: Repository, commit: CommitObject): Promise<object> {
  const names = await changedNames(repository.git, commit.sha);
  const person = ({ name, email, date }: Person) => ({ name, email, date });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${html(world, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: names.A.slice(0, MOST_NAMES),
    removed: names.D.slice(0, MOST_NAMES),
    modified: names.M.slice(0, MOST_NAMES),
  };
}

async function newestCommits(git: GitFolder, before: string, head: string): Promise<readonly CommitObject[]> {
  if (before === ZERO) return [await git.commit(head)].filter((commit) => commit !== null);
  const merged = await mergedCommits(git, before, head);
  return merged?.slice(0, LISTED) ?? log(git, [`-${LISTED}`, head, `^${before}`]);
}
