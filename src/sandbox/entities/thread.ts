import type { Account } from "./account.ts";
import type { App } from "./app.ts";
import type { Repository } from "./repository.ts";

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly app: App | null;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

/** An issue or a pull request: they share numbers, comments and labels. */
export interface Thread {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  readonly app: App | null;
  readonly createdAt: string;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "reopened" | "not_planned" | "duplicate" | null;
  closedAt: string | null;
  closedBy: Account | null;
  updatedAt: string;
  locked: boolean;
  labels: Label[];
  comments: Comment[];
  readonly pull: Pull | null;
}

export type PullThread = Thread & { readonly pull: Pull };

export interface Pull {
  readonly id: number;
  readonly base: { ref: string; sha: string };
  readonly head: {
    /** null when the fork has been deleted. */
    repository: Repository | null;
    readonly owner: Account;
    readonly ref: string;
    sha: string;
  };
  readonly maintainerCanModify: boolean;
  draft: boolean;
  merged: { readonly at: string; readonly by: Account; readonly sha: string } | null;
  mergeability: Mergeability | null;
  /** Whose review is waited for. */
  readonly requested: Account[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
}

/** The test merge of one head with one base. Computed after the first read that asks for it. */
export interface Mergeability {
  readonly base: string;
  readonly head: string;
  /** undefined while it is computed. */
  result: { readonly mergeable: boolean; readonly sha: string | null } | undefined;
}

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";

export interface Review {
  readonly id: number;
  readonly author: Account;
  readonly commitId: string;
  body: string;
  state: ReviewState;
  submittedAt: string | null;
}

export interface ReviewComment {
  readonly id: number;
  readonly reviewId: number;
  readonly author: Account;
  readonly path: string;
  readonly side: "LEFT" | "RIGHT";
  readonly line: number;
  readonly startSide: "LEFT" | "RIGHT" | null;
  readonly startLine: number | null;
  /** Lines below the first `@@` of the file's diff. */
  readonly position: number;
  readonly diffHunk: string;
  readonly commitId: string;
  readonly inReplyTo: number | null;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}
