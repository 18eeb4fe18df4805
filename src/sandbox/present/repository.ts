import { atLeast, roleOf } from "../access.ts";
import type { Repository } from "../entities/repository.ts";
import { nameOf } from "../store.ts";
import type { Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { presentLicense } from "./license.ts";
import { nodeId } from "./node-id.ts";

/** GitHub's `repository`: what other objects embed. */
export function presentRepository(world: World, repository: Repository, viewer: Viewer = { kind: "anonymous" }) {
  const fullName = nameOf(repository);
  const html = `${world.serverUrl}/${fullName}`;
  const forks = world.store.forks(repository).length;
  const open = [...repository.threads.values()].filter(({ state }) => state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    owner: presentAccount(world, repository.owner),
    html_url: html,
    description: repository.description,
    fork: repository.parent !== null,
    ...presentLinks(`${world.apiUrl}/repos/${fullName}`),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `git://${new URL(world.serverUrl).host}/${fullName}.git`,
    ssh_url: `git@${new URL(world.serverUrl).hostname}:${fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: presentLicense(world, repository.license),
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    ...presentRights(repository, viewer),
  };
}

/** GitHub's `full-repository`, the answer of `GET /repos/{owner}/{repo}`. */
export function presentFullRepository(world: World, repository: Repository, viewer: Viewer) {
  let source = repository.parent;
  while (source?.parent) source = source.parent;
  return {
    ...presentRepository(world, repository, viewer),
    temp_clone_token: null,
    allow_merge_commit: repository.merge.mergeCommit,
    allow_squash_merge: repository.merge.squash,
    allow_rebase_merge: repository.merge.rebase,
    allow_auto_merge: false,
    delete_branch_on_merge: repository.merge.deleteBranch,
    allow_update_branch: false,
    ...(repository.owner.type === "Organization" ? { organization: presentAccount(world, repository.owner) } : {}),
    ...(repository.parent === null || source === null
      ? {}
      : { parent: presentRepository(world, repository.parent), source: presentRepository(world, source) }),
    subscribers_count: 0,
    network_count: [...world.store.network(repository)].length - 1,
  };
}

/** Without the fields that `minimal-repository` and check suites do not carry. */
export function presentMinimalRepository(world: World, repository: Repository) {
  const { license: _license, ...rest } = presentRepository(world, repository);
  return rest;
}

function presentRights(repository: Repository, viewer: Viewer) {
  if (viewer.kind !== "user") return {};
  const role = roleOf(repository, viewer.account);
  return {
    permissions: {
      admin: atLeast(role, "admin"),
      maintain: atLeast(role, "maintain"),
      push: atLeast(role, "write"),
      triage: atLeast(role, "triage"),
      pull: atLeast(role, "read"),
    },
  };
}

function presentLinks(url: string) {
  return {
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}
