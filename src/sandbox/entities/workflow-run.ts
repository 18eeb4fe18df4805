import type { Account } from "./account.ts";
import type { CheckConclusion, CheckStatus } from "./check.ts";

/** A run of a workflow. The sandbox runs none: whoever plays GitHub's runner says what becomes of it. */
export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  /** Name of the file in `.github/workflows`. */
  readonly workflow: string;
  /** The workflow's own name, and the title of this run. */
  readonly name: string;
  readonly title: string;
  readonly branch: string;
  readonly headSha: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: Account;
  attempt: number;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  readonly createdAt: string;
  startedAt: string;
  updatedAt: string;
}
