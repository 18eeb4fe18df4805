import { roleOf } from "../access.ts";
import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import type { Comment, Label, Thread } from "../entities/thread.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { presentApp } from "./app.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";

export function presentLabel(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: `${api(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    // `null` where there is none, except in lists of pull requests, whose description GitHub's schema wants as text.
    description: label.description,
  };
}

/** GitHub's `issue`, also for a pull request. */
export function presentIssue(world: World, thread: Thread) {
  const { repository, number, pull } = thread;
  const url = `${api(world, repository)}/issues/${number}`;
  const page = threadPage(world, thread);
  return {
    url,
    repository_url: api(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id: thread.id,
    node_id: nodeId(pull === null ? "Issue" : "PullRequest", thread.id),
    number,
    title: thread.title,
    user: presentAccount(world, thread.author),
    labels: thread.labels.map((label) => presentLabel(world, repository, label)),
    state: thread.state,
    state_reason: thread.stateReason,
    locked: thread.locked,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: thread.comments.length,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
    closed_by: thread.closedBy === null ? null : presentAccount(world, thread.closedBy),
    author_association: association(repository, thread.author),
    active_lock_reason: null,
    ...(pull === null
      ? {}
      : {
          draft: pull.draft,
          pull_request: {
            url: `${api(world, repository)}/pulls/${number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: pull.merged?.at ?? null,
          },
        }),
    body: thread.body,
    timeline_url: `${url}/timeline`,
    performed_via_github_app: thread.app === null ? null : presentApp(world, thread.app),
  };
}

export function presentComment(world: World, thread: Thread, comment: Comment) {
  const { repository, number } = thread;
  return {
    url: `${api(world, repository)}/issues/comments/${comment.id}`,
    html_url: `${threadPage(world, thread)}#issuecomment-${comment.id}`,
    issue_url: `${api(world, repository)}/issues/${number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: presentAccount(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(repository, comment.author),
    body: comment.body,
    performed_via_github_app: comment.app === null ? null : presentApp(world, comment.app),
  };
}

export function threadPage(world: World, { repository, number, pull }: Thread): string {
  return `${html(world, repository)}/${pull === null ? "issues" : "pull"}/${number}`;
}

/** GitHub says NONE of apps, and knows more about people than this; it is no sign of rights. */
export function association(repository: Repository, account: Account) {
  if (account.type === "Bot") return "NONE";
  if (repository.owner.id === account.id) return "OWNER";
  if (repository.roles.has(account.id) && roleOf(repository, account) !== "none") return "COLLABORATOR";
  const merged = [...repository.threads.values()].some(({ author, pull }) => author.id === account.id && pull?.merged);
  return merged ? "CONTRIBUTOR" : "NONE";
}
