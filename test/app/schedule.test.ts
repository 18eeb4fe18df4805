import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSchedule } from "../../src/app/schedule.ts";
import type { Job } from "../../src/jobs/job.ts";
import type { JobQueue } from "../../src/jobs/queue.ts";

const reconcile = { kind: "reconcile" };
const sweep = { kind: "sweep", all: false };

/** A schedule that is ended with the test, and what it has asked for. */
function aSchedule(
  schedule: { readonly reconcileMs: number; readonly sweepMs: number },
  send: (job: Job) => ReturnType<JobQueue["send"]> = async () => "queued",
) {
  const jobs: Job[] = [];
  const errors: unknown[] = [];
  const queue: JobQueue = {
    send: (job) => {
      jobs.push(job);
      return send(job);
    },
  };
  const end = startSchedule(queue, { schedule, onError: (error) => errors.push(error) });
  onTestFinished(end);
  const count = (kind: Job["kind"]) => jobs.filter((job) => job.kind === kind).length;
  return { jobs, errors, end, count };
}

const never = 3_600_000;

describe("startSchedule", () => {
  it("looks at once, since the process may have been away", () => {
    expect(aSchedule({ reconcileMs: never, sweepMs: never }).jobs).toEqual([reconcile, sweep]);
  });

  it("looks again and again, each at its own pace", async () => {
    const { count } = aSchedule({ reconcileMs: 10, sweepMs: never });
    await expect.poll(() => count("reconcile"), { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    expect(count("sweep")).toBe(1);
  });

  it("asks whether a sweep is due, never for one of everything", async () => {
    const { jobs, count } = aSchedule({ reconcileMs: never, sweepMs: 10 });
    await expect.poll(() => count("sweep"), { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    expect(jobs.filter((job) => job.kind === "sweep" && job.all)).toEqual([]);
    expect(count("reconcile")).toBe(1);
  });

  it("asks for nothing more once it is ended", async () => {
    const { jobs, end, count } = aSchedule({ reconcileMs: 10, sweepMs: 10 });
    await expect.poll(() => count("sweep") > 2 && count("reconcile") > 2, { timeout: 10_000 }).toBe(true);
    end();
    const asked = jobs.length;
    await sleep(100);
    expect(jobs).toHaveLength(asked);
  });

  it("goes on where a look could not be stored, and says so", async () => {
    const full = new Error("The queue has stopped.");
    const { errors, count } = aSchedule({ reconcileMs: 10, sweepMs: never }, () => Promise.reject(full));
    await expect.poll(() => count("reconcile"), { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    expect(errors.length).toBeGreaterThanOrEqual(3);
    expect(new Set(errors)).toEqual(new Set([full]));
  });
});
