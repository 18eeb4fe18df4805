import type { TreeFile } from "../registry/tree.ts";

/** GitHub's limit for a comment, a review and the summary of a check run, in UTF-16 units. */
export const longestText = 65_535;

/** A text as GitHub takes it: whole, or cut with a note that says so. What is compared with GitHub's has to be cut too. */
export function fitting(text: string, most: number = longestText): string {
  if (text.length <= most) return text;
  const note = `\n\n… cut; ${text.length} characters in all.`;
  // Half of a surrogate pair would come back as another character.
  return text.slice(0, most - note.length).replace(/[\ud800-\udbff]$/, "") + note;
}

/** A pull request as GitHub has it now. */
export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly headSha: string;
  readonly headBranch: string;
  /** Null when the fork is gone. */
  readonly headRepositoryId: number | null;
  readonly baseBranch: string;
  readonly author: { readonly id: number; readonly login: string };
  readonly changedFiles: number;
  /** Names of its labels. */
  readonly labels: readonly string[];
  /** Logins of people who were asked for a review and have not given one. */
  readonly requestedReviewers?: readonly string[];
  /** Null until GitHub has computed it. */
  readonly mergeable: boolean | null;
  /** The commit that merging would make, as far as GitHub has tried it on this head and base; null where it has not. */
  readonly testMerge: string | null;
  /** How many comments it has, line comments not counted; absent where GitHub does not say so, as in lists. */
  readonly comments?: number;
  /** Set where nothing has happened to it since it was opened, so that nobody can have commanded anything. */
  readonly untouched?: true;
}

/** A comment on an issue or a pull request. */
export interface IssueComment {
  readonly id: number;
  /** Of the issue or pull request. */
  readonly number: number;
  /** 0 where the account is gone. */
  readonly author: { readonly id: number; readonly login: string; readonly isBot: boolean };
  readonly body: string;
  /** ISO 8601, whole seconds. */
  readonly createdAt: string;
  /** The same as `createdAt` until somebody edits it. */
  readonly updatedAt: string;
}

/** What we keep of a pull request, whatever becomes of its head. */
export interface Note {
  readonly title: string;
  /** Markdown, for people. */
  readonly summary: string;
  /** For us alone: base64url. */
  readonly kept: string;
}

export interface MergedPullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly headBranch: string;
  /** Whether the head is in the registry repository itself. */
  readonly inRegistry: boolean;
  readonly authorId: number;
  readonly mergeCommit: string;
  /** ISO 8601. */
  readonly mergedAt: string;
}

/** The registry repository and who we are in it. */
export interface RegistryIdentity {
  readonly repositoryId: number;
  readonly fullName: string;
  readonly defaultBranch: string;
  /** Whether GitHub itself deletes the branch of a merged pull request. */
  readonly deletesMergedBranches: boolean;
  /** The app's own user; null where no app is configured (read-only commands). */
  readonly botId: number | null;
}

export interface ChangedFiles {
  /** The commit that was compared with: of a branch its tip. */
  readonly base: string;
  readonly mergeBase: string;
  readonly complete: boolean;
  /**
   * Whether every commit that the head has and the base lacks is known and has one parent. Then the merge base is the only
   * one; a history with merges can have several, of which GitHub shows one, and its diff is not what a merge would do.
   */
  readonly linear: boolean;
  /** That the head has and the base lacks. */
  readonly commits: number;
  readonly files: readonly { readonly path: string; readonly previousPath: string | null }[];
}

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

export interface CheckRun {
  readonly headSha: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "action_required" | null;
  readonly title: string;
  readonly summary: string;
  /** Which pull request and which inputs it speaks of. */
  readonly externalId: string;
  /** When this verdict was first posted: ISO 8601; kept while the same inputs are judged. */
  readonly startedAt: string;
  readonly annotations: readonly Annotation[];
  /** What we keep of the head, for us alone: base64url. Absent where there is nothing. */
  readonly kept?: string;
}

export type PostedCheckRun = CheckRun & { readonly id: number };

export interface LineComment {
  readonly path: string;
  /** The last line that it is about, 1-based. */
  readonly line: number;
  /** The first one, where there are several. */
  readonly startLine?: number;
  readonly body: string;
}

/** How a label of ours looks when it is made. */
export interface LabelStyle {
  readonly name: string;
  /** Six hex digits. */
  readonly color: string;
  /** At most 100 characters. */
  readonly description: string;
}

/** A review of a pull request. */
export interface Review {
  readonly reviewer: { readonly id: number; readonly login: string; readonly isBot: boolean };
  readonly state: string;
  readonly body: string;
  /** The commit that was reviewed; null when it is gone. */
  readonly headSha: string | null;
  /** ISO 8601. */
  readonly submittedAt: string;
}

/** A run of a workflow. */
export interface WorkflowRun {
  readonly id: number;
  /** Its page, for people. */
  readonly url: string;
  /** What the workflow's `run-name` says; else a text of GitHub's. */
  readonly title: string;
  /** What started it, such as `workflow_dispatch` or `push`. */
  readonly event: string;
  /** Who started it; null where that account is gone. */
  readonly actorId: number | null;
  readonly status: "waiting" | "running" | "completed";
  /** Such as `success`, `failure`, `cancelled`; null before it has completed. */
  readonly conclusion: string | null;
  /** Of its newest attempt, for somebody may run it again; ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Reading the registry repository over GitHub's API. Throws RegistrarError with the `github-…` codes. */
export interface RegistryReader {
  readIdentity(): Promise<RegistryIdentity>;
  /** The commit that a branch points to. */
  readTip(branch: string): Promise<string>;
  /** The same, or null when there is no such branch. */
  findBranchTip(branch: string): Promise<string | null>;
  readPullRequest(number: number): Promise<PullRequest>;
  listOpenPullRequests(): Promise<readonly PullRequest[]>;
  /** The newest pull request from a branch of the registry repository itself: an open one, or one in any state. */
  findPullRequest(branch: string, state: "open" | "all"): Promise<PullRequest | null>;
  /** What `head` changes since it left `base`, a commit or a branch. */
  compare(base: string, head: string): Promise<ChangedFiles>;
  /** The files at one commit: those named, and all below those folders. Missing ones are left out. */
  listFiles(commit: string, paths: readonly string[]): Promise<readonly TreeFile[]>;
  /** A blob by its id, at most `maxBytes`. */
  readBlob(id: string, maxBytes: number): Promise<Uint8Array>;
  /** The newest check run of ours on a commit for a pull request. */
  findCheckRun(headSha: string): Promise<PostedCheckRun | null>;
  /** All check runs of ours on a commit, newest first; pull requests with one head share it. */
  listCheckRuns(headSha: string): Promise<readonly PostedCheckRun[]>;
  readParents(commit: string): Promise<readonly string[]>;
  /** Branches whose names begin with `prefix`. */
  listBranches(prefix: string): Promise<readonly { readonly name: string; readonly sha: string }[]>;
  /** The newest commits that a branch or commit has, itself first: as many as one answer holds. */
  listCommits(of: string): Promise<readonly { readonly sha: string; readonly parents: readonly string[] }[]>;
  /** Merged pull requests whose merge made this commit. */
  listMergesOf(commit: string): Promise<readonly MergedPullRequest[]>;
  /** What was merged lately, newest first: as far as one answer reaches. */
  listRecentMerges(): Promise<readonly MergedPullRequest[]>;
  /** Who closed a pull request; null where GitHub does not say. */
  readCloser(number: number): Promise<{ readonly id: number; readonly login: string } | null>;
  findComment(number: number, marker: string): Promise<{ readonly id: number; readonly body: string } | null>;
  /** All comments of an issue or pull request, oldest first; line comments are none of them. */
  listComments(number: number): Promise<readonly IssueComment[]>;
  /** Comments of all issues and pull requests that were written or edited since a moment (ISO 8601), as far as we page. */
  listCommentsSince(since: string): Promise<readonly IssueComment[]>;
  /** What we keep of a pull request; null when there is nothing. Only we can have written it. */
  readNote(number: number): Promise<Note | null>;
  /** Oldest first. */
  listReviews(number: number): Promise<readonly Review[]>;
  /** Ids of the accounts that wrote and committed a commit, as far as GitHub knows them. */
  readCommitPeople(sha: string): Promise<readonly number[]>;
  /** Whether this user has the permission `maintain` or `admin` now; the id guards against a login that changed hands. */
  maintains(login: string, id: number): Promise<boolean>;
  /** People with the permission `maintain` or `admin` now, at most a hundred; none where GitHub does not show them. */
  listMaintainers(): Promise<readonly { readonly id: number; readonly login: string }[]>;
  /** The newest runs of a workflow, by its file's name: as many as one answer holds. No such file: `workflow-refused`. */
  listWorkflowRuns(workflow: string): Promise<readonly WorkflowRun[]>;
}

/** Changing the registry repository. Each call is one write, except where it says otherwise. */
export interface RegistryWriter {
  /** One write more for each further 50 annotations. */
  createCheckRun(run: CheckRun): Promise<void>;
  updateCheckRun(id: number, run: CheckRun): Promise<void>;
  /** In place of what was kept before: one write. */
  writeNote(number: number, note: Note): Promise<void>;
  createComment(number: number, body: string): Promise<void>;
  updateComment(id: number, body: string): Promise<void>;
  createReview(input: {
    readonly number: number;
    readonly headSha: string;
    readonly event: "APPROVE" | "COMMENT";
    readonly body: string;
    readonly comments: readonly LineComment[];
  }): Promise<void>;
  /**
   * Changes the labels of a pull request that has `labels` now: one write for one to add, one to remove, or one in place of
   * others. What is added and the repository does not have yet is made first, with one more.
   */
  changeLabels(input: {
    readonly number: number;
    readonly labels: readonly string[];
    readonly add: LabelStyle | null;
    readonly remove: readonly string[];
  }): Promise<void>;
  /** Asks for reviews; does nothing where GitHub does not let one of them review (any more). */
  requestReviews(input: { readonly number: number; readonly logins: readonly string[] }): Promise<void>;
  /** Pinned to the head: throws `head-moved` when it is another one by now. Returns the merge commit. */
  merge(input: {
    readonly number: number;
    readonly headSha: string;
    readonly method: "merge" | "squash" | "rebase";
    readonly title: string;
  }): Promise<string>;
  /** Makes the branch anew from `base` with one commit that holds these files, null for none: two or three writes. */
  writeBranch(input: {
    readonly branch: string;
    readonly base: string;
    readonly message: string;
    readonly files: readonly {
      readonly path: string;
      readonly text: string | null;
      readonly previousId: string | null;
    }[];
  }): Promise<string>;
  openPullRequest(input: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<number>;
  closePullRequest(number: number): Promise<void>;
  reopenPullRequest(number: number): Promise<void>;
  deleteBranch(branch: string): Promise<void>;
  /** Starts a workflow by its file's name. Throws `workflow-refused` where GitHub does not do it as the workflow is. */
  dispatchWorkflow(input: {
    readonly workflow: string;
    /** A branch. */
    readonly branch: string;
    readonly inputs: Readonly<Record<string, string>>;
  }): Promise<void>;
}

export type RegistryHost = RegistryReader & RegistryWriter;
