import type { GitFolder } from "../git/folder.ts";
import type { Account } from "./account.ts";
import type { CheckSuite, CommitStatus } from "./check.ts";
import type { Release } from "./release.ts";
import type { Ruleset } from "./ruleset.ts";
import type { Label, Thread } from "./thread.ts";
import type { WorkflowRun } from "./workflow-run.ts";

export type Role = "none" | "read" | "triage" | "write" | "maintain" | "admin";

export interface MergeSettings {
  mergeCommit: boolean;
  squash: boolean;
  rebase: boolean;
  deleteBranch: boolean;
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  description: string | null;
  private: boolean;
  /** Everybody may still read, nobody may write. */
  archived: boolean;
  readonly license: string | null;
  readonly createdAt: string;
  updatedAt: string;
  pushedAt: string;
  defaultBranch: string;
  parent: Repository | null;
  readonly git: GitFolder;
  readonly merge: MergeSettings;
  /** By account id, besides the owner. */
  readonly roles: Map<number, Role>;
  readonly rulesets: Ruleset[];
  readonly labels: Label[];
  /** By number: issues and pull requests. */
  readonly threads: Map<number, Thread>;
  readonly releases: Release[];
  readonly suites: CheckSuite[];
  readonly statuses: CommitStatus[];
  readonly workflowRuns: WorkflowRun[];
  /** File names of workflows that somebody has disabled. */
  readonly disabledWorkflows: Set<string>;
  /** Tags of immutable releases: they can never be used again. */
  readonly burnedTags: Set<string>;
}
