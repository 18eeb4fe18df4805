import type { PullRequest } from "./port.ts";

/** What we take of a pull request as GitHub answers it. */
interface PullRequestAnswer {
  number: number;
  title: string;
  html_url: string;
  state: string;
  merged: boolean;
  draft?: boolean;
  mergeable: boolean | null;
  merge_commit_sha: string | null;
  changed_files: number;
  comments?: number;
  created_at?: string;
  updated_at?: string;
  labels: readonly { name: string }[];
  requested_reviewers?: readonly { login: string }[] | null;
  head: { sha: string; ref: string; repo: { id: number } | null };
  base: { ref: string };
  user: { id: number; login: string } | null;
}

/** In our words. */
export function pullRequestOf(data: PullRequestAnswer): PullRequest {
  return {
    number: data.number,
    title: data.title,
    url: data.html_url,
    state: data.state === "open" ? "open" : "closed",
    merged: data.merged,
    draft: data.draft ?? false,
    headSha: data.head.sha,
    headBranch: data.head.ref,
    headRepositoryId: data.head.repo?.id ?? null,
    baseBranch: data.base.ref,
    author: { id: data.user?.id ?? 0, login: data.user?.login ?? "ghost" },
    changedFiles: data.changed_files,
    labels: data.labels.map(({ name }) => name),
    requestedReviewers: (data.requested_reviewers ?? []).map(({ login }) => login),
    mergeable: data.mergeable,
    testMerge: data.merged ? null : data.merge_commit_sha,
    ...(data.comments === undefined ? {} : { comments: data.comments }),
    ...(isUntouched(data) ? { untouched: true as const } : {}),
  };
}

/** A comment that was deleted has touched it as well. */
const isUntouched = ({ comments, created_at, updated_at }: PullRequestAnswer): boolean =>
  comments === 0 && created_at !== undefined && created_at === updated_at;
