import type { Repository } from "../entities/repository.ts";
import type { CommitObject, Person, TagObject } from "../git/objects.ts";
import { nameOf } from "../store.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { nodeId } from "./node-id.ts";

const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null } as const;

export function api(world: World, repository: Repository): string {
  return `${world.apiUrl}/repos/${nameOf(repository)}`;
}

export function html(world: World, repository: Repository): string {
  return `${world.serverUrl}/${nameOf(repository)}`;
}

/** GitHub's `git-commit`, the answer of `GET …/git/commits/{sha}`. */
export function presentGitCommit(world: World, repository: Repository, commit: CommitObject) {
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${api(world, repository)}/git/commits/${commit.sha}`,
    html_url: `${html(world, repository)}/commit/${commit.sha}`,
    author: presentPerson(commit.author),
    committer: presentPerson(commit.committer),
    tree: { sha: commit.tree, url: `${api(world, repository)}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api(world, repository)}/git/commits/${sha}`,
      html_url: `${html(world, repository)}/commit/${sha}`,
    })),
    verification: UNSIGNED,
  };
}

/** GitHub's `commit`, as commits, branches, comparisons and pull requests show it. */
export function presentCommit(world: World, repository: Repository, commit: CommitObject) {
  const url = `${api(world, repository)}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    commit: {
      author: presentPerson(commit.author),
      committer: presentPerson(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${api(world, repository)}/git/trees/${commit.tree}` },
      url: `${api(world, repository)}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url,
    html_url: `${html(world, repository)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    author: accountByEmail(world, commit.author),
    committer: accountByEmail(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api(world, repository)}/commits/${sha}`,
      html_url: `${html(world, repository)}/commit/${sha}`,
    })),
  };
}

export function presentTag(world: World, repository: Repository, tag: TagObject) {
  return {
    node_id: nodeId("Tag", tag.sha),
    sha: tag.sha,
    url: `${api(world, repository)}/git/tags/${tag.sha}`,
    tag: tag.tag,
    message: tag.message.trimEnd(),
    tagger: presentPerson(tag.tagger),
    object: presentTarget(world, repository, { sha: tag.object, type: tag.type }),
    verification: UNSIGNED,
  };
}

export function presentRef(world: World, repository: Repository, ref: { name: string; sha: string; type: string }) {
  return {
    ref: ref.name,
    node_id: nodeId("Ref", `${repository.id}:${ref.name}`),
    url: `${api(world, repository)}/git/${ref.name}`,
    object: presentTarget(world, repository, ref),
  };
}

function presentTarget(world: World, repository: Repository, { sha, type }: { sha: string; type: string }) {
  return { sha, type, url: `${api(world, repository)}/git/${type}s/${sha}` };
}

function presentPerson({ name, email, date }: Person) {
  return { name, email, date };
}

/** GitHub links a commit to the account that owns its address; here that is the noreply address alone. */
function accountByEmail(world: World, { email }: Person) {
  const id = /^(\d+)\+.*@users\.noreply\.github\.com$/.exec(email)?.[1];
  const account = id === undefined ? undefined : world.store.accounts.get(Number(id));
  return account === undefined ? null : presentAccount(world, account);
}
