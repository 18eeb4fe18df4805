import type { RegistryHost } from "../github/port.ts";
import { RegistrarError } from "../registry/errors.ts";
import { announceMerge } from "../tasks/announce-merge.ts";
import { answerCommands } from "../tasks/answer-commands.ts";
import { type BumpOutcome, bumpRecord } from "../tasks/bump-record.ts";
import { inspectPush } from "../tasks/inspect-push.ts";
import { recordsOfRepository } from "../tasks/notice-release.ts";
import { findUnfinished, noProgress, type Progress, standingOf } from "../tasks/reconcile.ts";
import { halts, settleReverts } from "../tasks/reverts.ts";
import { type ReviewOutcome, type ReviewTaskContext, reviewPullRequest } from "../tasks/review-pull-request.ts";
import { type SweepContext, type SweepOutcome, sweep } from "../tasks/sweep.ts";
import type { Upstream } from "../upstream/port.ts";
import { roomForAnswerAt } from "./answer-budget.ts";
import type { Job } from "./job.ts";
import type { JobHandler, JobQueue, JobResult } from "./queue.ts";

export interface WorkerContext extends ReviewTaskContext, SweepContext {
  readonly host: RegistryHost;
  /** What bumps read from; `upstream` is what reviews do. */
  readonly bumpUpstream: Upstream;
  readonly queue: () => JobQueue;
  /** Null where nothing is published. */
  readonly publisher: Publisher | null;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly onReviewed?: (review: ReviewOutcome) => void;
}

export interface Publisher {
  /** Publishes the default branch's tip, or has it published; where that is to wait, until when. */
  publish(): Promise<Date | null>;
  /** Whether the default branch has another state than what is published, as far as this process knows. */
  isBehind(): Promise<boolean>;
}

/** What one process remembers beside the jobs themselves. */
type Working = WorkerContext & { readonly progress: Progress };

const finished: JobResult = { lookAgain: null };

/** Carries out jobs by the tasks; each job reads everything afresh, so that it can be repeated at any time. */
export function createWorker(given: WorkerContext): JobHandler {
  const context: Working = { ...given, progress: given.progress ?? noProgress() };
  return async (job, { correlation }) => {
    const log = (message: string, fields: Readonly<Record<string, unknown>>) =>
      context.log(message, { ...fields, job: job.kind, correlation });
    return work(context, job, log);
  };
}

async function work(context: Working, job: Job, log: WorkerContext["log"]): Promise<JobResult> {
  switch (job.kind) {
    case "review":
      return review(context, job, log);
    case "commands":
      return commands(context, job.number, log);
    case "rerun": {
      const open = await context.host.listOpenPullRequests();
      const numbers = open.filter(({ headSha }) => headSha === job.headSha).map(({ number }) => number);
      log("check to be run again", { head: job.headSha, numbers });
      for (const number of numbers) await context.queue().send({ kind: "review", number, afresh: true });
      return finished;
    }
    case "bump": {
      const outcome = await bumpRecord({ ...context, upstream: context.bumpUpstream }, job);
      log("record looked at", bumpFields(job.path, outcome));
      // Not left to GitHub's event alone, which may come late or never.
      for (const number of outcome.pullRequests) await context.queue().send({ kind: "review", number });
      return { lookAgain: outcome.lookAgain };
    }
    case "notice-release": {
      const paths = await recordsOfRepository(context, job);
      log("release noticed", { repository: job.repository, tag: job.tag, records: paths });
      for (const path of paths) await context.queue().send({ kind: "bump", path, tag: job.tag });
      return finished;
    }
    case "inspect-push": {
      const { configurationProblems, reviewAgain, lookAgain, pending } = await inspectPush(
        context,
        job,
        context.progress,
      );
      if (configurationProblems.length > 0) log("configuration is wrong", { problems: configurationProblems });
      for (const number of reviewAgain) await context.queue().send({ kind: "review", number });
      // What was judged only now may have been kept back from being published.
      if (pending.length === 0 && (await context.publisher?.isBehind()) === true) {
        await context.queue().send({ kind: "publish" });
      }
      return { lookAgain };
    }
    case "announce":
      await announceMerge(context.host, job);
      context.progress.announced.add(job.number);
      return finished;
    case "publish": {
      const again = (await context.publisher?.publish()) ?? null;
      // By a job of its own: one that is put off time and again would be put off for longer and longer.
      if (again !== null) await context.queue().send(job, { at: again });
      return finished;
    }
    case "sweep": {
      const outcome = await sweep({ ...context, upstream: context.bumpUpstream }, job);
      if (outcome.skipped === null) log("registry swept", sweepFields(outcome));
      for (const number of outcome.pullRequests) await context.queue().send({ kind: "review", number });
      for (const { path, at } of outcome.again) {
        const options = at === null ? {} : { at: new Date(at) };
        await context.queue().send({ kind: "bump", path, tag: null }, options);
      }
      return finished;
    }
    case "reconcile":
      await reconcile(context, log);
      return finished;
  }
}

async function reconcile(context: Working, log: WorkerContext["log"]): Promise<void> {
  // One that cannot be settled must not keep everything else from being found.
  const [settled] = await Promise.allSettled([settle(context, log)]);
  await findWork(context, log);
  if (settled.status === "rejected") throw settled.reason;
}

async function settle({ host, progress }: Working, log: WorkerContext["log"]): Promise<void> {
  const { ended, reopened, open } = await settleReverts(host);
  resume(progress, halts(open));
  if (ended.length + reopened.length > 0) {
    log("what was taken back or accepted", { ended: ended.map(({ commit }) => commit), reopened });
  }
}

async function findWork(context: Working, log: WorkerContext["log"]): Promise<void> {
  const { reviews, commanded, announcements, pushes } = await findUnfinished(context, context.progress);
  const behind = (await context.publisher?.isBehind()) === true;
  if (reviews.length + commanded.length + announcements.length + pushes.length > 0 || behind) {
    const numbers = announcements.map(({ number }) => number);
    log("unfinished work found", { reviews, commanded, announcements: numbers, pushes, behind });
  }
  const queue = context.queue();
  for (const number of commanded) await queue.send({ kind: "commands", number });
  for (const number of reviews) await queue.send({ kind: "review", number });
  for (const announcement of announcements) await queue.send({ kind: "announce", ...announcement });
  for (const commit of pushes) await queue.send({ kind: "inspect-push", commit, paths: [] });
  if (behind) await queue.send({ kind: "publish" });
}

/** Where merging was halted and is no more, everything that waited for it is looked at again. */
function resume({ reviewed, halted }: Progress, by: string | null): void {
  if (halted.size > 0 && by === null) reviewed.clear();
  halted.clear();
  if (by !== null) halted.add(by);
}

const sweepFields = ({ records, glanced, looks, unknown, pullRequests, refused, left }: SweepOutcome) => ({
  records,
  glanced,
  looks: looks.length,
  unknown: unknown.length,
  pullRequests,
  refused,
  left: left.length,
});

async function review(
  context: Working,
  { number, afresh }: Pick<Job & { kind: "review" }, "number" | "afresh">,
  log: WorkerContext["log"],
): Promise<JobResult> {
  try {
    const outcome = await reviewPullRequest(context, number, { afresh: afresh === true });
    if (outcome === null) return finished;
    log("pull request reviewed", {
      number,
      head: outcome.facts.pullRequest.headSha,
      outcome: outcome.verdict.outcome,
      decision: outcome.decision.kind,
      written: outcome.done,
    });
    if (outcome.unlike !== null) log("a merge is not what was judged: merging is paused", { commit: outcome.unlike });
    context.onReviewed?.(outcome);
    note(context.progress, number, outcome);
    for (const path of rebuilds(outcome)) await context.queue().send({ kind: "bump", path, tag: null });
    await bumpAsked(context, outcome.commands.bumps);
    context.progress.answers.push(...outcome.commands.answers.map(() => context.now().getTime()));
    if (outcome.announce !== null) await context.queue().send(outcome.announce);
    return { lookAgain: outcome.lookAgain };
  } catch (error) {
    // Its verdict may be there, and the merge not: where this job is given up, whoever looks for unfinished work finds it.
    context.progress.reviewed.delete(number);
    // Not a failure: somebody pushed in between, or the base moved. The next try judges what is there then.
    if (error instanceof RegistrarError && (error.code === "head-moved" || error.code === "github-conflict")) {
      log("judging again", { number, reason: error.message });
    }
    throw error;
  }
}

async function commands(context: Working, number: number, log: WorkerContext["log"]): Promise<JobResult> {
  const { answers } = context.progress;
  context.progress.commented.add(number);
  const at = roomForAnswerAt(answers, context.now().getTime());
  if (at !== null) return { lookAgain: { at } };
  const commanded = await answerCommands(context.host, number);
  if (commanded.kind === "review") return review(context, { number }, log);
  if (commanded.kind === "nothing") return finished;
  log("commands answered", { number, bumps: commanded.bumps });
  answers.push(...Array<number>(commanded.answers).fill(context.now().getTime()));
  await bumpAsked(context, commanded.bumps);
  return finished;
}

/** Between two looks at one record that comments ask for, in milliseconds. */
const askedEveryMs = 60_000;

/** Anybody may ask: each record is looked at once a minute at most. */
async function bumpAsked({ progress: { asked }, queue, now }: Working, paths: readonly string[]): Promise<void> {
  for (const path of new Set(paths)) {
    const time = now().getTime();
    const at = Math.max(time, (asked.get(path) ?? 0) + askedEveryMs);
    // The one that waits already serves this wish as well.
    if (at - time > askedEveryMs) continue;
    asked.set(path, at);
    await queue().send({ kind: "bump", path, tag: null }, at > time ? { at: new Date(at) } : {});
  }
}

function note({ reviewed, touched, held }: Progress, number: number, { facts, decision }: ReviewOutcome): void {
  if (decision.kind === "ask-maintainers" && decision.liftable) held.set(number, held.get(number) ?? "");
  else held.delete(number);
  reviewed.set(number, standingOf(facts.pullRequest));
  touched.set(
    number,
    facts.input.change.records.map(({ path }) => path),
  );
}

/** A bump of ours whose base has moved on is made anew, or closed where nothing is left of it, whatever its verdict. */
function rebuilds({ rebuild, facts, merged }: ReviewOutcome): readonly string[] {
  if (merged || !facts.input.byRegistrar || facts.outdated === null) return rebuild;
  return facts.input.change.records.map(({ path }) => path);
}

const bumpFields = (path: string, { plan, skipped, pullRequests }: BumpOutcome) => ({
  path,
  skipped,
  pullRequests,
  branches: plan?.branches.map((branch) => branch.branch) ?? [],
  left: plan?.left ?? [],
});
