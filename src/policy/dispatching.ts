import type { WorkflowRun } from "../github/port.ts";

/** What this process has dispatched last. */
export interface Dispatched {
  readonly state: string;
  /** In milliseconds. */
  readonly at: number;
  /** The newest attempt that GitHub had listed before. */
  readonly after: string;
}

export type DispatchPlan =
  /** A run publishes this state, or has done so; null: it was dispatched a moment ago and is not listed yet. */
  | { readonly kind: "stands"; readonly run: WorkflowRun | null }
  /** `failed`: the run that is to be repeated; null where only the pace is kept. */
  | { readonly kind: "waits"; readonly at: Date; readonly failed: WorkflowRun | null }
  /** `other`: the run that came last, and was not asked for by us. */
  | { readonly kind: "dispatch"; readonly other: WorkflowRun | null };

/** GitHub lists a run some seconds after it was dispatched; one that is not there by then is lost. In milliseconds. */
const listedWithinMs = 10 * 60_000;
/**
 * Between the end of a failed run and the next try, in milliseconds: by what the list of runs tells, so no restart shortens
 * it. The last one stays: what ends by itself, however late, must not leave a release unpublished.
 */
const failurePausesMs: readonly number[] = [5 * 60_000, 15 * 60_000, 60 * 60_000, 6 * 60 * 60_000];

/**
 * Whether a workflow is to be dispatched so that the newest run is one that publishes this state. What runs last decides what
 * is published: so a run by somebody else, or an older one that somebody repeats, is followed by one of ours.
 */
export function planDispatch(facts: {
  /** 32 hex digits. */
  readonly state: string;
  readonly runs: readonly WorkflowRun[];
  readonly botId: number | null;
  readonly last: Dispatched | null;
  readonly now: Date;
  /** Between two dispatches, in milliseconds. */
  readonly paceMs: number;
}): DispatchPlan {
  const { state, last, botId, paceMs } = facts;
  const now = facts.now.getTime();
  const runs = facts.runs.toSorted(byAttempt);
  const [newest] = runs;
  if (last?.state === state && newestAttempt(runs) === last.after && now < last.at + listedWithinMs) {
    return { kind: "stands", run: null };
  }
  const publishes = (run: WorkflowRun) => isOwn(run, botId) && (stateIn(run.title) ?? last?.state) === state;
  if (newest !== undefined && publishes(newest)) {
    if (!isFailed(newest)) return { kind: "stands", run: newest };
    const others = runs.findIndex((run) => !publishes(run) || !isFailed(run));
    const failures = others === -1 ? runs.length : others;
    const pause = failurePausesMs[Math.min(failures, failurePausesMs.length) - 1] ?? 0;
    const at = Date.parse(newest.updatedAt) + pause;
    if (now < at) return { kind: "waits", at: new Date(at), failed: newest };
  }
  if (last !== null && now < last.at + paceMs) return { kind: "waits", at: new Date(last.at + paceMs), failed: null };
  return { kind: "dispatch", other: newest === undefined || isOwn(newest, botId) ? null : newest };
}

/** Tells the newest attempt of all runs from every other; empty where there is none. */
export function newestAttempt(runs: readonly WorkflowRun[]): string {
  const [newest] = runs.toSorted(byAttempt);
  return newest === undefined ? "" : `${newest.id} ${newest.startedAt}`;
}

const byAttempt = (a: WorkflowRun, b: WorkflowRun): number =>
  Date.parse(b.startedAt) - Date.parse(a.startedAt) || b.id - a.id;

/** Anybody who may write can start a workflow, and choose its inputs; what they publish is not what we know of. */
const isOwn = ({ event, actorId }: WorkflowRun, botId: number | null): boolean =>
  event === "workflow_dispatch" && actorId !== null && actorId === botId;

/** A commit has 40 digits. Null where the workflow's `run-name` says no state. */
const stateIn = (title: string): string | null => /\b[0-9a-f]{32}\b/.exec(title)?.[0] ?? null;

const isFailed = ({ status, conclusion }: WorkflowRun): boolean => status === "completed" && conclusion !== "success";
