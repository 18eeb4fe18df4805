import type { Repository } from "../entities/repository.ts";
import type { PullThread, Review, ReviewComment } from "../entities/thread.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";
import { presentRepository } from "./repository.ts";
import { association, presentLabel, threadPage } from "./thread.ts";

export interface PullNumbers {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

/** GitHub's `pull-request-simple`, as lists have it. */
export function presentPull(world: World, thread: PullThread) {
  const { repository, number, pull } = thread;
  const url = `${api(world, repository)}/pulls/${number}`;
  const issue = `${api(world, repository)}/issues/${number}`;
  const page = threadPage(world, thread);
  const statuses = `${api(world, repository)}/statuses/${pull.head.sha}`;
  return {
    url,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    number,
    state: thread.state,
    locked: thread.locked,
    title: thread.title,
    user: presentAccount(world, thread.author),
    body: thread.body,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.sha ?? pull.mergeability?.result?.sha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requested.map((account) => presentAccount(world, account)),
    requested_teams: [],
    labels: thread.labels.map((label) => {
      const shown = presentLabel(world, repository, label);
      return { ...shown, description: shown.description ?? "" };
    }),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: presentEnd(world, pull.head),
    base: presentEnd(world, { owner: repository.owner, repository, ...pull.base }),
    _links: {
      self: { href: url },
      html: { href: page },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api(world, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(repository, thread.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** GitHub's `pull-request`, as a single one and events have it. */
export function presentFullPull(world: World, thread: PullThread, numbers: PullNumbers) {
  const { pull } = thread;
  const result = pull.merged === null ? pull.mergeability?.result : undefined;
  return {
    ...presentPull(world, thread),
    merged: pull.merged !== null,
    mergeable: result?.mergeable ?? null,
    rebaseable: result?.mergeable ?? null,
    mergeable_state: result === undefined ? "unknown" : result.mergeable ? (pull.draft ? "draft" : "clean") : "dirty",
    merged_by: pull.merged === null ? null : presentAccount(world, pull.merged.by),
    comments: thread.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: numbers.commits,
    additions: numbers.additions,
    deletions: numbers.deletions,
    changed_files: numbers.changedFiles,
  };
}

function presentEnd(
  world: World,
  end: { owner: PullThread["author"]; repository: Repository | null; ref: string; sha: string },
) {
  return {
    label: `${end.owner.login}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: presentAccount(world, end.owner),
    repo: end.repository === null ? null : presentRepository(world, end.repository),
  };
}

export function presentReview(world: World, thread: PullThread, review: Review) {
  const { repository, number } = thread;
  const page = `${threadPage(world, thread)}#pullrequestreview-${review.id}`;
  const pull = `${api(world, repository)}/pulls/${number}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: presentAccount(world, review.author),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pull,
    author_association: association(repository, review.author),
    _links: { html: { href: page }, pull_request: { href: pull } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
  };
}

export function presentReviewComment(world: World, thread: PullThread, comment: ReviewComment) {
  const { repository, number, pull } = thread;
  const url = `${api(world, repository)}/pulls/comments/${comment.id}`;
  const page = `${html(world, repository)}/pull/${number}#discussion_r${comment.id}`;
  const pullUrl = `${api(world, repository)}/pulls/${number}`;
  const outdated = comment.commitId !== pull.head.sha;
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId("PullRequestReviewComment", comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    position: outdated ? null : comment.position,
    original_position: comment.position,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
    user: presentAccount(world, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: page,
    pull_request_url: pullUrl,
    author_association: association(repository, comment.author),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: pullUrl } },
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startSide,
    line: comment.line,
    original_line: comment.line,
    side: comment.side,
    subject_type: "line",
  };
}
