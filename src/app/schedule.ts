import type { Job } from "../jobs/job.ts";
import type { JobQueue } from "../jobs/queue.ts";

/** How often work is looked for that no event told of, in milliseconds. */
export interface Schedule {
  readonly reconcileMs: number;
  /** How often it is asked whether a sweep is due; when it is, the registry's configuration says (`bump.every`). */
  readonly sweepMs: number;
}

export const defaultSchedule: Schedule = { reconcileMs: 5 * 60_000, sweepMs: 60_000 };

/** Looks at once, since the process may have been away, and then again and again. Returns how to end it. */
export function startSchedule(
  queue: JobQueue,
  { schedule, onError }: { readonly schedule: Schedule; readonly onError: (error: unknown) => void },
): () => void {
  const ask = (job: Job) => {
    queue.send(job).catch(onError);
  };
  const reconcile = () => ask({ kind: "reconcile" });
  const sweep = () => ask({ kind: "sweep", all: false });
  reconcile();
  sweep();
  const timers = [setInterval(reconcile, schedule.reconcileMs), setInterval(sweep, schedule.sweepMs)];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
