import type { Job } from "./job.ts";

export interface SendOptions {
  /** A delivery's id: one whose job waits, runs or is done is not taken again; one whose job died is. */
  readonly id?: string;
  /** Not before this moment. */
  readonly at?: Date;
}

export type SendResult = "queued" | "duplicate";

/** Where handlers put work. Durable implementations keep what they acknowledged. */
export interface JobQueue {
  send(job: Job, options?: SendOptions): Promise<SendResult>;
}

export interface DeadJob {
  readonly job: Job;
  readonly error: string;
  readonly attempts: number;
}

/** What a worker answers: done, or when to look again by itself. */
export interface JobResult {
  readonly lookAgain: { readonly at: string | null } | null;
}

export type JobHandler = (
  job: Job,
  context: { readonly attempt: number; readonly correlation: string },
) => Promise<JobResult>;
