import { describe, expect, it } from "vitest";
import type { WorkflowRun } from "../../src/github/port.ts";
import { type Dispatched, newestAttempt, planDispatch } from "../../src/policy/dispatching.ts";

const state = "0123456789abcdef".repeat(2);
const commit = "c".repeat(40);
const botId = 7;
const now = new Date("2026-03-01T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const titleOf = (one: string) => `Publish ${commit} (${one})`;
const older = "f".repeat(32);

let ids = 0;
const run = (changes: Partial<WorkflowRun> = {}): WorkflowRun => {
  ids += 1;
  const times = { startedAt: minutesAgo(30), updatedAt: minutesAgo(29) };
  return {
    ...{
      id: ids,
      url: `https://github.test/runs/${ids}`,
      title: titleOf(state),
      event: "workflow_dispatch",
      actorId: botId,
    },
    ...{ status: "completed", conclusion: "success", ...times },
    ...changes,
  };
};
const failed = (minutes: number, conclusion = "failure") =>
  run({ conclusion, startedAt: minutesAgo(minutes), updatedAt: minutesAgo(minutes - 1) });

const plan = (runs: readonly WorkflowRun[], changes: { last?: Dispatched | null; botId?: number | null } = {}) =>
  planDispatch({ state, runs, botId, last: null, now, paceMs: 60_000, ...changes });

describe("planDispatch", () => {
  it("dispatches a state that no run publishes, and none that the newest run publishes or has published", () => {
    expect(plan([])).toEqual({ kind: "dispatch", other: null });
    expect(plan([run({ title: titleOf(older) })])).toEqual({ kind: "dispatch", other: null });
    for (const one of [
      run(),
      run({ status: "waiting", conclusion: null }),
      run({ status: "running", conclusion: null }),
    ])
      expect(plan([one])).toEqual({ kind: "stands", run: one });
  });

  it("goes by what runs last, not by what has ever run", () => {
    const back = run({ title: titleOf(older), startedAt: minutesAgo(10) });
    expect(plan([back, run()])).toEqual({ kind: "dispatch", other: null });
    // Somebody has run an old one again: it keeps its place in GitHub's list.
    expect(plan([run(), run({ title: titleOf(older), startedAt: minutesAgo(1) })])).toMatchObject({ kind: "dispatch" });
  });

  it.each([
    ["somebody who may write, by hand", { actorId: 8 }],
    ["a push", { event: "push" }],
    ["an account that is gone", { actorId: null }],
  ])("believes no run that was started by %s, whatever it is called", (_, changes) => {
    const other = run({ ...changes, startedAt: minutesAgo(1) });
    expect(plan([other, run()])).toEqual({ kind: "dispatch", other });
    expect(plan([other], { botId: null })).toMatchObject({ kind: "dispatch" });
  });

  it("waits for GitHub to list what was dispatched a moment ago, and not for ever", () => {
    const before = run({ title: titleOf(older) });
    const after = newestAttempt([before]);
    const last = (minutes: number) => ({ state, at: now.getTime() - minutes * 60_000, after });
    expect(plan([before], { last: last(2) })).toEqual({ kind: "stands", run: null });
    expect(plan([before], { last: last(11) })).toEqual({ kind: "dispatch", other: null });
    // By somebody else's run, which came meanwhile, it is seen that there is something newer.
    const other = run({ actorId: 8, startedAt: minutesAgo(1) });
    expect(plan([other, before], { last: last(2) })).toEqual({ kind: "dispatch", other });
  });

  it("takes a run without a state in its name for the one that this process has dispatched", () => {
    const unnamed = run({ title: "Publish" });
    expect(plan([unnamed], { last: { state, at: now.getTime() - 120_000, after: "" } })).toMatchObject({
      kind: "stands",
    });
    expect(plan([unnamed])).toMatchObject({ kind: "dispatch" });
  });

  it("keeps its pace", () => {
    const at = now.getTime() - 20_000;
    const last = { state: older, at, after: "" };
    expect(plan([run({ title: titleOf(older) })], { last })).toEqual({
      ...{ kind: "waits", at: new Date(at + 60_000), failed: null },
    });
  });

  it.each(["failure", "cancelled", "timed_out", "skipped", "startup_failure"])(
    "repeats %s with growing pauses, and never gives up",
    (conclusion) => {
      const first = failed(5, conclusion);
      expect(plan([first])).toEqual({ kind: "waits", at: new Date(now.getTime() + 60_000), failed: first });
      expect(plan([failed(7, conclusion)])).toMatchObject({ kind: "dispatch" });
      const second = [
        failed(10, conclusion),
        failed(20, conclusion),
        run({ title: titleOf(older), startedAt: minutesAgo(40) }),
      ];
      expect(plan(second)).toMatchObject({ kind: "waits", at: new Date(now.getTime() + 6 * 60_000) });
      const many = [1, 2, 3, 4, 5].map((age) => failed(age * 1000, conclusion));
      expect(plan(many.slice(0, 4))).toMatchObject({ kind: "dispatch" });
      expect(plan(many)).toMatchObject({ kind: "dispatch" });
      const again = [10, ...many.map((_run, at) => (at + 1) * 1000)].map((age) => failed(age, conclusion));
      expect(plan(again)).toMatchObject({ kind: "waits", at: new Date(now.getTime() + (6 * 60 - 9) * 60_000) });
      // Who runs it again by hand wakes it.
      expect(plan([...many, run({ startedAt: minutesAgo(1), status: "running", conclusion: null })])).toMatchObject({
        kind: "stands",
      });
    },
  );
});
