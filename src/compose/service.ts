import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppEnvironment, ServerEnvironment } from "../config/env.ts";
import { createClient } from "../github/client.ts";
import { octokitReader } from "../github/octokit-reader.ts";
import { octokitWriter } from "../github/octokit-writer.ts";
import type { RegistryHost } from "../github/port.ts";
import { installationTokens, readBotId } from "../github/tokens.ts";
import { MemoryQueue, type QueueEvent } from "../jobs/memory-queue.ts";
import { sweepMemoryFile } from "../jobs/sweep-memory-file.ts";
import { createWorker } from "../jobs/worker.ts";
import type { PublishReport } from "../publish/publish.ts";
import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";
import { createLock } from "../tasks/lock.ts";
import { openHost } from "../tasks/open-registry.ts";
import { type ProposeOutcome, type ProposeWish, proposeKeysOf } from "../tasks/propose-keys.ts";
import type { ReviewContext } from "../tasks/read-review.ts";
import { noProgress } from "../tasks/reconcile.ts";
import { createIndexReader } from "../tasks/registry-index.ts";
import type { ReviewOutcome } from "../tasks/review-pull-request.ts";
import type { SweepContext } from "../tasks/sweep.ts";
import { readGitHistory } from "../trees/git-history.ts";
import { createMirror } from "../trees/git-mirror.ts";
import { githubGlance } from "../upstream/github-glance.ts";
import { handover } from "../upstream/handover.ts";
import { readKeys } from "./keys.ts";
import { once } from "./once.ts";
import { composePublisher } from "./publisher.ts";
import { composeUpstream } from "./reading.ts";

export type Log = (message: string, fields: Readonly<Record<string, unknown>>) => void;

export interface Service {
  readonly queue: MemoryQueue;
  /** Resolves when nothing runs any more; what waits is dropped. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly log: Log;
  /** Pauses before failed jobs are tried again, in milliseconds. */
  readonly pausesMs?: readonly number[];
  readonly onPublished?: (report: PublishReport) => void;
  /** Told of each review that was carried out. */
  readonly onReviewed?: (review: ReviewOutcome) => void;
  /** Told of each job as it begins, ends or fails. */
  readonly onJob?: (event: QueueEvent) => void;
  /** Between two writes to GitHub, in milliseconds. Default: what GitHub asks for. */
  readonly writeSpacingMs?: number;
  /** How old evidence may be when something is merged by it, in milliseconds. Default: five minutes. */
  readonly evidenceLastsMs?: number;
  /** Between two dispatches of the workflow that publishes, in milliseconds. Default: a minute. */
  readonly dispatchPaceMs?: number;
}

/** The whole product for one registry, without the HTTP server in front of it. */
export function composeService(environment: ServerEnvironment, options: ServiceOptions): Service {
  const { log } = options;
  const parts = composeParts(environment, options);
  const progress = noProgress();
  const { giving, taking } = handover(parts.upstream);
  const queue: MemoryQueue = new MemoryQueue({
    handler: createWorker({
      ...parts,
      upstream: taking,
      bumpUpstream: giving,
      queue: () => queue,
      publisher: composePublisher(environment, { ...parts, options, progress }),
      progress,
      log,
      ...(options.onReviewed === undefined ? {} : { onReviewed: options.onReviewed }),
    }),
    onEvent: (event) => {
      logQueueEvent(log, event);
      options.onJob?.(event);
    },
    ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
  });
  return { queue, stop: () => queue.stop() };
}

interface Parts extends SweepContext, ReviewContext {
  readonly host: RegistryHost;
  /** The default branch's newest state, from a copy of the repository that is kept up to date. */
  readonly readTree: () => Promise<RegistryTree>;
  /** The same, of which only parts need to be read. */
  readonly readHistory: () => Promise<RegistryHistory>;
  /** Where the registry repository is cloned from and pushed to, and with which credential. */
  readonly url: string;
  readonly token: () => Promise<string>;
}

/** Everything that works on one registry with the app's credentials. */
function composeParts(
  environment: AppEnvironment,
  { writeSpacingMs, evidenceLastsMs }: Pick<ServiceOptions, "writeSpacingMs" | "evidenceLastsMs"> = {},
): Parts {
  const { apiUrl, serverUrl, repository, dataFolder } = environment;
  const app = { appId: environment.appId, privateKey: environment.privateKey };
  const token = installationTokens({ apiUrl, app, repository });
  const client = createClient({ apiUrl, token, ...(writeSpacingMs === undefined ? {} : { writeSpacingMs }) });
  const host: RegistryHost = {
    ...octokitReader({ client, repository, appId: app.appId, botId: once(() => readBotId({ apiUrl, app, client })) }),
    ...octokitWriter({ client, repository }),
  };
  // Upstreams are read with a token that can write nothing and sees nothing private.
  const readOnly =
    environment.upstreamToken === null
      ? installationTokens({ apiUrl, app, repository, permissions: { metadata: "read" } })
      : async () => environment.upstreamToken;
  const upstreamClient = createClient({ apiUrl, token: readOnly });
  const url = `${serverUrl}/${repository}.git`;
  const mirror = createMirror({ folder: join(dataFolder, "registry.git"), url, token });
  const fetchLock = createLock();
  const readHistory = () =>
    fetchLock(async () => {
      const { defaultBranch } = await host.readIdentity();
      return readGitHistory({ repository: mirror.folder, commit: await mirror.fetch(defaultBranch) });
    });
  const readTree = async () => (await readHistory()).read();
  return {
    host,
    ...composeUpstream(environment, upstreamClient),
    readKeys,
    now: () => new Date(),
    ...(evidenceLastsMs === undefined ? {} : { evidenceLastsMs }),
    serverUrl,
    docsUrl: environment.docsUrl ?? null,
    mergeLock: createLock(),
    glance: githubGlance(upstreamClient),
    memory: sweepMemoryFile(join(dataFolder, "sweep.json")),
    readIndex: createIndexReader({ readTree, serverUrl }),
    readTree,
    readHistory,
    url,
    token,
  };
}

/** Looking for releases without a running service: `registrar bump`. */
export const composeSweep = (environment: AppEnvironment): SweepContext => composeParts(environment);

/** Proposing keys as the app: `registrar keys propose`. */
export async function composeKeyProposals(environment: AppEnvironment) {
  const { host, ...parts } = composeParts(environment);
  const pause = async (until: Date) => sleep(Math.max(0, until.getTime() - Date.now()));
  return { ...parts, pause, registry: await openHost(host), destination: { kind: "pull-requests", host } as const };
}

/** The same in one step, for the sandbox. */
export const proposeKeysAsApp = async (environment: AppEnvironment, wish: ProposeWish): Promise<ProposeOutcome> =>
  proposeKeysOf(await composeKeyProposals(environment), wish);

function logQueueEvent(log: Log, event: QueueEvent): void {
  const { kind, job, correlation, at } = event;
  const fields = { job: job.kind, correlation, ...(at === undefined ? {} : { at }) };
  if (kind === "failed") log("job failed, tried again later", { ...fields, error: event.error });
  else if (kind === "dead") log("job given up", { ...fields, error: event.error, details: job });
  else if (kind === "again") log("looked at again later", fields);
}
