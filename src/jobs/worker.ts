import type { RegistryHost } from "../github/port.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type BumpOutcome, bumpRecord } from "../tasks/bump-record.ts";
import { inspectPush } from "../tasks/inspect-push.ts";
import { recordsOfRepository } from "../tasks/notice-release.ts";
import {
  announceMerge,
  type ReviewOutcome,
  type ReviewTaskContext,
  reviewPullRequest,
} from "../tasks/review-pull-request.ts";
import type { Job } from "./job.ts";
import type { JobHandler, JobQueue, JobResult } from "./queue.ts";

export interface WorkerContext extends ReviewTaskContext {
  readonly host: RegistryHost;
  readonly queue: () => JobQueue;
  /** Publishes the default branch's tip; null where nothing is published. */
  readonly publish: (() => Promise<void>) | null;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

const finished: JobResult = { lookAgain: null };

/** Carries out jobs by the tasks; each job reads everything afresh, so that it can be repeated at any time. */
export function createWorker(context: WorkerContext): JobHandler {
  return async (job, { correlation }) => {
    const log = (message: string, fields: Readonly<Record<string, unknown>>) =>
      context.log(message, { ...fields, job: job.kind, correlation });
    return work(context, job, log);
  };
}

async function work(context: WorkerContext, job: Job, log: WorkerContext["log"]): Promise<JobResult> {
  switch (job.kind) {
    case "review":
      return review(context, job.number, log);
    case "bump": {
      const outcome = await bumpRecord(context, job);
      log("record looked at", bumpFields(job.path, outcome));
      // Not left to GitHub's event alone, which may come late or never.
      for (const number of outcome.pullRequests) await context.queue().send({ kind: "review", number });
      return { lookAgain: outcome.lookAgain };
    }
    case "notice-release": {
      const paths = await recordsOfRepository(context, job.repository);
      log("release noticed", { repository: job.repository, tag: job.tag, records: paths });
      for (const path of paths) await context.queue().send({ kind: "bump", path, tag: job.tag });
      return finished;
    }
    case "inspect-push": {
      const { configurationProblems, reviewAgain } = await inspectPush(context, job);
      if (configurationProblems.length > 0) log("configuration is wrong", { problems: configurationProblems });
      for (const number of reviewAgain) await context.queue().send({ kind: "review", number });
      return finished;
    }
    case "announce":
      await announceMerge(context.host, job);
      return finished;
    case "publish":
      if (context.publish === null) return finished;
      await context.publish();
      return finished;
  }
}

async function review(context: WorkerContext, number: number, log: WorkerContext["log"]): Promise<JobResult> {
  try {
    const outcome = await reviewPullRequest(context, number);
    if (outcome === null) return finished;
    log("pull request reviewed", {
      number,
      head: outcome.facts.pullRequest.headSha,
      outcome: outcome.verdict.outcome,
      decision: outcome.decision.kind,
      written: outcome.done,
    });
    for (const path of rebuilds(outcome)) await context.queue().send({ kind: "bump", path, tag: null });
    if (outcome.announce !== null) await context.queue().send(outcome.announce);
    return { lookAgain: outcome.lookAgain };
  } catch (error) {
    // Not a failure: somebody pushed in between, or the base moved. The next try judges what is there then.
    if (error instanceof RegistrarError && (error.code === "head-moved" || error.code === "github-conflict")) {
      log("judging again", { number, reason: error.message });
    }
    throw error;
  }
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
