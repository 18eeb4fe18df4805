import type { Probot } from "probot";
import type { Job } from "../jobs/job.ts";
import type { JobQueue } from "../jobs/queue.ts";
import type { JsonObject } from "../registry/json.ts";
import { jobsOfRegistryEvent } from "./events.ts";

/** Handlers only store jobs: GitHub gets its answer once they are stored, and work happens after. */
export function registerHandlers(
  app: Probot,
  context: { readonly queue: JobQueue; readonly repository: string },
): void {
  app.onAny(async ({ id, name, payload }) => {
    const jobs = jobsOfRegistryEvent({ id, name, payload: payload as unknown as JsonObject }, context.repository);
    await storeJobs(context.queue, id, jobs);
  });
}

/** One id for each job, so that a delivery that comes twice is worked on once. */
export async function storeJobs(queue: JobQueue, deliveryId: string, jobs: readonly Job[]): Promise<void> {
  for (const [index, job] of jobs.entries()) await queue.send(job, { id: `${deliveryId}:${index}` });
}
