import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Job } from "../../src/jobs/job.ts";
import { MemoryQueue, type MemoryQueueOptions, type QueueEvent } from "../../src/jobs/memory-queue.ts";
import type { JobHandler, JobResult } from "../../src/jobs/queue.ts";
import { RegistrarError } from "../../src/registry/errors.ts";

const finished: JobResult = { lookAgain: null };
const review = (number: number): Job => ({ kind: "review", number });
const publish: Job = { kind: "publish" };

interface Run {
  readonly job: Job;
  readonly attempt: number;
  readonly at: number;
}

/** A queue that writes down what happens; `handler` gets the number of the run, from 0. */
function queueOf(
  handler: (job: Job, index: number, context: Parameters<JobHandler>[1]) => Promise<JobResult>,
  options: Partial<MemoryQueueOptions> = {},
) {
  const runs: Run[] = [];
  const events: QueueEvent[] = [];
  const queue = new MemoryQueue({
    handler: async (job, context) => {
      runs.push({ job, attempt: context.attempt, at: Date.now() });
      return handler(job, runs.length - 1, context);
    },
    onEvent: (event) => events.push(event),
    pausesMs: [10, 20],
    ...options,
  });
  onTestFinished(() => queue.stop());
  const rest = () => vi.waitFor(() => expect(queue.size).toBe(0), { timeout: 5_000, interval: 2 });
  const kinds = () => events.map(({ kind }) => kind);
  return { queue, runs, events, kinds, rest };
}

/** Something that a test opens when it likes. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("the order of jobs", () => {
  it("works on one key at a time, in the order asked for, and on others side by side", async () => {
    const active = new Set<string>();
    let most = 0;
    const overlaps: string[] = [];
    const { queue, runs, rest } = queueOf(async (job) => {
      const key = job.kind === "bump" ? job.path : "";
      if (active.has(key)) overlaps.push(key);
      active.add(key);
      most = Math.max(most, active.size);
      await sleep(15);
      active.delete(key);
      return finished;
    });
    for (const tag of ["v1", "v2", "v3"]) {
      for (const path of ["a", "b", "c"]) await queue.send({ kind: "bump", path, tag });
    }
    await rest();
    expect(overlaps).toEqual([]);
    expect(most).toBe(3);
    const ofA = runs.flatMap(({ job }) => (job.kind === "bump" && job.path === "a" ? [job.tag] : []));
    expect(ofA).toEqual(["v1", "v2", "v3"]);
  });

  it("runs no more at once than it is told to", async () => {
    let active = 0;
    let most = 0;
    const { queue, runs, rest } = queueOf(
      async () => {
        active += 1;
        most = Math.max(most, active);
        await sleep(5);
        active -= 1;
        return finished;
      },
      { concurrency: 2 },
    );
    for (let number = 1; number <= 6; number += 1) await queue.send(review(number));
    await rest();
    expect(runs).toHaveLength(6);
    expect(most).toBe(2);
  });

  it("a job that comes while an equal one runs is worked on after it: the first may have read too early", async () => {
    const { open, opened } = gate();
    const { queue, runs, rest } = queueOf(async (_job, index) => {
      if (index === 0) await opened;
      return finished;
    });
    await queue.send(review(1));
    expect(await queue.send(review(1))).toBe("queued");
    expect(await queue.send(review(1))).toBe("duplicate");
    open();
    await rest();
    expect(runs).toHaveLength(2);
  });

  it("waits until the moment it was given", async () => {
    const { queue, runs, rest } = queueOf(async () => finished);
    const at = new Date(Date.now() + 80);
    await queue.send(review(1), { at });
    await queue.send(review(2));
    await rest();
    expect(runs.map(({ job }) => job)).toEqual([review(2), review(1)]);
    expect(runs[1]?.at).toBeGreaterThanOrEqual(at.getTime() - 1);
  });

  it("an equal job that is to come sooner replaces the later one", async () => {
    const { queue, runs, rest } = queueOf(async () => finished);
    await queue.send(review(1), { at: new Date(Date.now() + 60_000) });
    expect(await queue.send(review(1))).toBe("queued");
    await rest();
    expect(runs).toHaveLength(1);
  });

  it("bears a moment beyond what a timer can wait for", async () => {
    const { queue, runs } = queueOf(async () => finished);
    await queue.send(review(1), { at: new Date(Date.now() + 100 * 24 * 3_600_000) });
    await sleep(20);
    expect(runs).toEqual([]);
    expect(queue.size).toBe(1);
  });
});

describe("deliveries", () => {
  it("one that comes twice is worked on once, whether its job waits, runs or is done", async () => {
    const { open, opened } = gate();
    const { queue, runs, rest } = queueOf(async () => {
      await opened;
      return finished;
    });
    expect(await queue.send(review(1), { id: "d1" })).toBe("queued");
    expect(await queue.send(review(1), { id: "d1" })).toBe("duplicate");
    await sleep(5);
    expect(await queue.send(review(1), { id: "d1" })).toBe("duplicate");
    open();
    await rest();
    expect(await queue.send(review(1), { id: "d1" })).toBe("duplicate");
    await rest();
    expect(runs).toHaveLength(1);
  });

  it("two of equal content while one waits are one piece of work", async () => {
    const { open, opened } = gate();
    const { queue, runs, rest } = queueOf(async () => {
      await opened;
      return finished;
    });
    await queue.send(review(1), { id: "d0" });
    await queue.send(review(1), { id: "d1" });
    expect(await queue.send(review(1), { id: "d2" })).toBe("duplicate");
    open();
    await rest();
    expect(runs).toHaveLength(2);
    expect(await queue.send(review(1), { id: "d2" })).toBe("duplicate");
  });

  it("a redelivery revives a job that died", async () => {
    let broken = true;
    const { queue, runs, rest } = queueOf(async () => {
      if (broken) throw new Error("No");
      return finished;
    });
    await queue.send(review(1), { id: "d1" });
    await rest();
    expect(queue.dead).toHaveLength(1);
    broken = false;
    expect(await queue.send(review(1), { id: "d1" })).toBe("queued");
    await rest();
    expect(runs).toHaveLength(4);
    expect(queue.dead).toEqual([]);
  });

  it("also when its work was left to an equal job, which died", async () => {
    const { open, opened } = gate();
    let broken = true;
    const { queue, rest } = queueOf(async (_job, index) => {
      if (index === 0) await opened;
      if (broken) throw new Error("No");
      return finished;
    });
    await queue.send(review(2), { id: "d0" });
    await queue.send(review(2), { id: "d1" });
    expect(await queue.send(review(2), { id: "d2" })).toBe("duplicate");
    open();
    await rest();
    broken = false;
    for (const id of ["d1", "d2"]) {
      expect(await queue.send(review(2), { id })).toBe("queued");
      await rest();
    }
    expect(queue.dead).toEqual([]);
  });

  it("also when an earlier one took its place", async () => {
    let broken = true;
    const { queue, rest } = queueOf(async () => {
      if (broken) throw new Error("No");
      return finished;
    });
    await queue.send(review(3), { id: "later", at: new Date(Date.now() + 60_000) });
    await queue.send(review(3), { id: "sooner" });
    await rest();
    broken = false;
    expect(await queue.send(review(3), { id: "later" })).toBe("queued");
  });
});

describe("failures", () => {
  it("are tried again with growing pauses, and counted", async () => {
    const { queue, runs, events, kinds, rest } = queueOf(
      async (_job, index) => {
        if (index < 2) throw new Error("No");
        return finished;
      },
      { pausesMs: [30, 90] },
    );
    await queue.send(review(1), { id: "delivery-1:0" });
    await rest();
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [first, second, third] = runs.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(29);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(89);
    expect(kinds()).toEqual(["started", "failed", "started", "failed", "started", "done"]);
    expect(new Set(events.map(({ correlation }) => correlation))).toEqual(new Set(["delivery"]));
    expect(events[1]).toMatchObject({ error: "No", at: expect.stringMatching(/^20\d\d-/) });
  });

  it("that name a time are not tried before it", async () => {
    const retryAt = new Date(Date.now() + 120);
    const { queue, runs, rest } = queueOf(async (_job, index) => {
      if (index === 0) throw new RegistrarError("github-rate-limited", "Limited.", { retryAt });
      return finished;
    });
    await queue.send(review(1));
    await rest();
    expect(runs[1]?.at).toBeGreaterThanOrEqual(retryAt.getTime() - 1);
  });

  it("end in a dead job that stays visible with its reason, and hold up nobody", async () => {
    const { queue, kinds, rest } = queueOf(async (job) => {
      if (job.kind === "review") throw new Error("Broken for good");
      return finished;
    });
    await queue.send(review(1));
    await queue.send(publish);
    await rest();
    expect(queue.dead).toEqual([{ job: review(1), error: "Broken for good", attempts: 3 }]);
    expect(kinds().at(-1)).toBe("dead");
  });

  it("are forgotten once an equal job succeeds", async () => {
    let broken = true;
    const { queue, rest } = queueOf(async () => {
      if (broken) throw new Error("No");
      return finished;
    });
    await queue.send(publish);
    await queue.send(review(1));
    await rest();
    expect(queue.dead).toHaveLength(2);
    broken = false;
    await queue.send(publish);
    await rest();
    expect(queue.dead.map(({ job }) => job)).toEqual([review(1)]);
  });

  it("that a handler throws before it awaits anything are failures too", async () => {
    const { queue, rest } = queueOf(() => {
      throw "no error object";
    });
    await queue.send(review(1));
    await rest();
    expect(queue.dead).toMatchObject([{ error: "no error object" }]);
  });

  it("leave one piece of work where an equal job came meanwhile", async () => {
    const { open, opened } = gate();
    const { queue, runs, rest } = queueOf(async (_job, index) => {
      if (index > 0) return finished;
      await opened;
      throw new Error("No");
    });
    await queue.send(review(1));
    await queue.send(review(1));
    open();
    await rest();
    expect(runs).toHaveLength(2);
  });
});

describe("a job that asks to look again", () => {
  it("comes back at the time it names", async () => {
    const at = new Date(Date.now() + 100);
    const { queue, runs, kinds, rest } = queueOf(async (_job, index) =>
      index === 0 ? { lookAgain: { at: at.toISOString() } } : finished,
    );
    await queue.send(review(1));
    await rest();
    expect(runs).toHaveLength(2);
    expect(runs[1]?.at).toBeGreaterThanOrEqual(at.getTime() - 1);
    // Looking again is no failure: all attempts are there for real ones.
    expect(runs[1]?.attempt).toBe(1);
    expect(kinds()).toEqual(["started", "again", "started", "done"]);
  });

  it("comes back with growing pauses where it names no time", async () => {
    const { queue, runs, rest } = queueOf(async (_job, index) => (index < 3 ? { lookAgain: { at: null } } : finished), {
      pausesMs: [20, 60],
    });
    await queue.send(review(1));
    await rest();
    const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(19);
    expect(gaps[1]).toBeGreaterThanOrEqual(59);
    expect(gaps[2]).toBeGreaterThanOrEqual(59);
  });

  it.each([
    ["has passed", "2020-01-01T00:00:00Z"],
    ["is none", "soon"],
  ])("is looked at with pauses, not in a hurry, where the time %s", async (_what, at) => {
    const { queue, runs } = queueOf(async () => ({ lookAgain: { at } }), { pausesMs: [100] });
    await queue.send(review(1));
    await sleep(250);
    expect(runs.length).toBeGreaterThanOrEqual(2);
    expect(runs.length).toBeLessThanOrEqual(4);
  });

  it("is looked at with growing pauses where it is put off again and again", async () => {
    const soon = () => new Date(Date.now() + 1).toISOString();
    const { queue, runs, rest } = queueOf(
      async (_job, index) => (index < 13 ? { lookAgain: { at: soon() } } : finished),
      { pausesMs: [60, 90] },
    );
    await queue.send(review(1));
    await rest();
    const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0));
    expect(Math.min(...gaps.slice(0, 10))).toBeLessThan(55);
    expect(gaps[10]).toBeGreaterThanOrEqual(59);
    expect(gaps[11]).toBeGreaterThanOrEqual(89);
    expect(gaps[12]).toBeGreaterThanOrEqual(89);
  });

  it("is woken earlier by an event, and looked at once", async () => {
    const { queue, runs, rest } = queueOf(async (_job, index) =>
      index === 0 ? { lookAgain: { at: new Date(Date.now() + 60_000).toISOString() } } : finished,
    );
    await queue.send(review(1));
    await vi.waitFor(() => expect(queue.size).toBe(1));
    await queue.send(review(1), { id: "event" });
    await rest();
    expect(runs).toHaveLength(2);
  });

  it("rests visibly in the end, and an event wakes it for as many looks more", async () => {
    let looks = 0;
    const { queue, runs, kinds, rest } = queueOf(async () => ({ lookAgain: { at: null } }), {
      pausesMs: [0],
      mostLooks: 3,
    });
    await queue.send(review(1), { id: "d1" });
    await rest();
    looks = runs.length;
    expect(looks).toBe(4);
    expect(kinds().at(-1)).toBe("dead");
    expect(queue.dead).toMatchObject([{ job: review(1), error: expect.stringContaining("3 times") }]);
    expect(await queue.send(review(1), { id: "d1" })).toBe("queued");
    await rest();
    expect(runs).toHaveLength(2 * looks);
  });
});

describe("stop", () => {
  it("takes no more work, and lets what runs end", async () => {
    const { open, opened } = gate();
    let ended = false;
    const { queue, runs } = queueOf(async () => {
      await opened;
      ended = true;
      return finished;
    });
    await queue.send(review(1));
    await queue.send(review(1));
    await queue.send(review(2), { at: new Date(Date.now() + 20) });
    const stopped = queue.stop();
    await expect(queue.send(review(3))).rejects.toMatchObject({
      code: "bad-environment",
      message: expect.stringContaining("send the job again later"),
    });
    open();
    await stopped;
    expect(ended).toBe(true);
    await sleep(40);
    expect(runs).toHaveLength(1);
  });

  it("does not begin what failed while it stopped", async () => {
    const { open, opened } = gate();
    const { queue, runs } = queueOf(async () => {
      await opened;
      throw new Error("No");
    });
    await queue.send(review(1));
    const stopped = queue.stop();
    open();
    await stopped;
    await sleep(40);
    expect(runs).toHaveLength(1);
  });
});
