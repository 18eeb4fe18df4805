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
import { createWorker, type Publisher } from "../jobs/worker.ts";
import type { PublishReport } from "../publish/publish.ts";
import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";
import { createLock } from "../tasks/lock.ts";
import { openHost } from "../tasks/open-registry.ts";
import { type ProposeOutcome, type ProposeWish, proposeKeysOf } from "../tasks/propose-keys.ts";
import { publishRegistry, readSettings } from "../tasks/publish-registry.ts";
import { publishableTree, publishedState } from "../tasks/publishable-tree.ts";
import type { ReviewContext } from "../tasks/read-review.ts";
import { noProgress, type Progress } from "../tasks/reconcile.ts";
import { createIndexReader } from "../tasks/registry-index.ts";
import { readReverts } from "../tasks/reverts.ts";
import type { ReviewOutcome } from "../tasks/review-pull-request.ts";
import type { SweepContext } from "../tasks/sweep.ts";
import { readGitHistory } from "../trees/git-history.ts";
import { createMirror } from "../trees/git-mirror.ts";
import { githubGlance } from "../upstream/github-glance.ts";
import { handover } from "../upstream/handover.ts";
import { readKeys } from "./keys.ts";
import { once } from "./once.ts";
import { composeUpstream } from "./reading.ts";
import { composeTarget } from "./targets.ts";

/** The page that builds adapters and joins them; nothing else names one. */

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

function composePublisher(
  environment: ServerEnvironment,
  parts: Parts & { readonly options: ServiceOptions; readonly progress: Progress },
): Publisher | null {
  const { readHistory, host, url, token, options, progress } = parts;
  const { publishTo, serverUrl, dataFolder } = environment;
  if (publishTo === null) return null;
  const target = composeTarget(publishTo, {
    dataFolder,
    ...(environment.s3 === undefined ? {} : { s3: environment.s3 }),
    own: { kind: "url", url },
    tokenFor: (other) => (other === url ? token : pushTokens(environment, other)),
  });
  let published: string | null = null;
  let underWay = 0;
  const publishTip = async () => {
    const history = await readHistory();
    const { commit } = history;
    if (!(await readSettings(history)).publish.enabled) {
      options.log("publishing is switched off in the registry's configuration", { commit });
      published = publishedState(commit, await readReverts(host));
    } else {
      const { tree, state, withheld } = await publishableTree(parts, history, progress);
      if (withheld.length > 0) options.log("what is not verified is not published", { commit, withheld });
      const report = await publishRegistry({ tree, target, readKeys, serverUrl });
      const { findings, ...counts } = report;
      options.log("registry published", { ...counts, findings: findings.length });
      options.onPublished?.(report);
      published = state;
    }
  };
  return {
    publish: async () => {
      underWay += 1;
      await publishTip().finally(() => {
        underWay -= 1;
      });
    },
    isBehind: async () => {
      // What is under way takes the tip itself, and is tried again where it fails.
      if (underWay > 0) return false;
      const { defaultBranch } = await host.readIdentity();
      return published !== publishedState(await host.readTip(defaultBranch), await readReverts(host));
    },
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

/** For a repository of the same server beside the registry's: a token of the app there. None ever goes elsewhere. */
function pushTokens(environment: ServerEnvironment, url: string): () => Promise<string | null> {
  const { apiUrl, serverUrl, appId, privateKey } = environment;
  const path = url.startsWith(`${serverUrl}/`) ? url.slice(serverUrl.length + 1) : "";
  const repository = /^([0-9A-Za-z-]+\/[0-9A-Za-z._-]+?)(?:\.git)?\/?$/.exec(path)?.[1];
  if (repository === undefined) return async () => null;
  return installationTokens({ apiUrl, app: { appId, privateKey }, repository, permissions: { contents: "write" } });
}

function logQueueEvent(log: Log, event: QueueEvent): void {
  const { kind, job, correlation, at } = event;
  const fields = { job: job.kind, correlation, ...(at === undefined ? {} : { at }) };
  if (kind === "failed") log("job failed, tried again later", { ...fields, error: event.error });
  else if (kind === "dead") log("job given up", { ...fields, error: event.error, details: job });
  else if (kind === "again") log("looked at again later", fields);
}
