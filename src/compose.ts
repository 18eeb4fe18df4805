import { join } from "node:path";
import type { ReaderEnvironment, ServerEnvironment } from "./config/env.ts";
import { createClient, type GitHubClient } from "./github/client.ts";
import { octokitReader } from "./github/octokit-reader.ts";
import { octokitWriter } from "./github/octokit-writer.ts";
import type { RegistryHost } from "./github/port.ts";
import { installationTokens, readBotId } from "./github/tokens.ts";
import { createLock } from "./jobs/lock.ts";
import { MemoryQueue, type QueueEvent } from "./jobs/memory-queue.ts";
import { createWorker } from "./jobs/worker.ts";
import { parseTarget } from "./publish/parse-target.ts";
import type { PublishReport } from "./publish/publish.ts";
import type { PublishTarget } from "./publish/target.ts";
import { directoryTarget } from "./publish/targets/directory.ts";
import { gitBranchTarget } from "./publish/targets/git-branch.ts";
import type { RegistryTree } from "./registry/tree.ts";
import { publishRegistry } from "./tasks/publish-registry.ts";
import type { ReviewContext } from "./tasks/read-review.ts";
import { readFolderTree } from "./trees/folder-tree.ts";
import { followTree } from "./trees/follow-tree.ts";
import { createMirror } from "./trees/git-mirror.ts";
import { readGitTree } from "./trees/git-tree.ts";
import { githubReleases } from "./upstream/github-releases.ts";
import { readKeys } from "./upstream/openpgp.ts";
import type { Upstream } from "./upstream/port.ts";

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
  /** Between two writes to GitHub, in milliseconds. Default: what GitHub asks for. */
  readonly writeSpacingMs?: number;
}

/** The whole product for one registry, without the HTTP server in front of it. */
export function composeService(environment: ServerEnvironment, options: ServiceOptions): Service {
  const { apiUrl, serverUrl, repository } = environment;
  const app = { appId: environment.appId, privateKey: environment.privateKey };
  const token = installationTokens({ apiUrl, app, repository });
  const { writeSpacingMs } = options;
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
  const log = options.log;
  const publish = composePublish(environment, { token, options, host });
  const queue: MemoryQueue = new MemoryQueue({
    handler: createWorker({
      host,
      upstream: composeUpstream(environment, createClient({ apiUrl, token: readOnly })),
      readKeys,
      now: () => new Date(),
      serverUrl,
      mergeLock: createLock(),
      queue: () => queue,
      publish,
      log,
    }),
    onEvent: (event) => logQueueEvent(log, event),
    ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
  });
  return { queue, stop: () => queue.stop() };
}

function composePublish(
  environment: ServerEnvironment,
  with_: { readonly token: () => Promise<string>; readonly options: ServiceOptions; readonly host: RegistryHost },
): (() => Promise<void>) | null {
  const { publishTo, serverUrl, repository, dataFolder } = environment;
  if (publishTo === null) return null;
  const url = `${serverUrl}/${repository}.git`;
  const target = composeTarget(publishTo, {
    dataFolder,
    own: { kind: "url", url },
    tokenFor: (other) => (other === url ? with_.token : pushTokens(environment, other)),
  });
  const mirror = createMirror({ folder: join(dataFolder, "registry.git"), url, token: with_.token });
  return async () => {
    const { defaultBranch } = await with_.host.readIdentity();
    const commit = await mirror.fetch(defaultBranch);
    const tree = await readGitTree({ repository: mirror.folder, commit });
    const report = await publishRegistry({ tree, target, readKeys, serverUrl });
    const { findings, ...counts } = report;
    with_.options.log("registry published", { ...counts, findings: findings.length });
    with_.options.onPublished?.(report);
  };
}

/** For a repository of the same server beside the registry's: a token of the app there. None ever goes elsewhere. */
function pushTokens(environment: ServerEnvironment, url: string): () => Promise<string | null> {
  const { apiUrl, serverUrl, appId, privateKey } = environment;
  const path = url.startsWith(`${serverUrl}/`) ? url.slice(serverUrl.length + 1) : "";
  const repository = /^([0-9A-Za-z-]+\/[0-9A-Za-z._-]+?)(?:\.git)?\/?$/.exec(path)?.[1];
  if (repository === undefined) return async () => null;
  return installationTokens({ apiUrl, app: { appId, privateKey }, repository, permissions: { contents: "write" } });
}

/** Reading and deciding without writing anything: `registrar why`. */
export function composeReader(environment: ReaderEnvironment): ReviewContext {
  const { apiUrl, serverUrl, repository, app } = environment;
  const token = app === null ? async () => environment.token : installationTokens({ apiUrl, app, repository });
  const client = createClient({ apiUrl, token });
  const botId = once(async () => (app === null ? null : await readBotId({ apiUrl, app, client })));
  return {
    host: octokitReader({ client, repository, appId: app?.appId ?? null, botId }),
    upstream: composeUpstream(environment, client),
    readKeys,
    now: () => new Date(),
    serverUrl,
  };
}

function composeUpstream({ apiUrl, serverUrl }: { apiUrl: string; serverUrl: string }, client: GitHubClient): Upstream {
  const server = new URL(serverUrl);
  return githubReleases({
    client,
    anonymous: createClient({ apiUrl, token: async () => null }),
    limits: {
      hosts: new Set([server.host, "objects.githubusercontent.com", "release-assets.githubusercontent.com"]),
      protocols: new Set(["https:", server.protocol]),
    },
  });
}

export interface TargetOptions {
  /** Where copies of branches elsewhere are kept; null: only as long as a publication takes. */
  readonly dataFolder: string | null;
  /** The registry's own repository, which `git:#host` means: its URL, or its folder. */
  readonly own: { readonly kind: "url"; readonly url: string } | { readonly kind: "folder"; readonly path: string };
  /** What pushes to a URL of a repository; null: what git has of its own. */
  readonly tokenFor: (url: string) => () => Promise<string | null>;
}

/** A publish target by its text, e.g. `dir:/srv/registry` or `git:#host`. */
export function composeTarget(text: string, { dataFolder, own, tokenFor }: TargetOptions): PublishTarget {
  const address = parseTarget(text);
  switch (address.kind) {
    case "directory":
      return directoryTarget(address.path);
    case "git-branch": {
      const repository = address.repository.kind === "own" ? own : address.repository;
      const isOwn = JSON.stringify(repository) === JSON.stringify(own);
      const token = repository.kind === "url" ? tokenFor(repository.url) : async () => null;
      return gitBranchTarget({ repository, branch: address.branch, isOwn, dataFolder, token });
    }
  }
}

/** A registry in a folder, or at a commit of the git repository there. */
export function composeTree(folder: string, commit?: string): Promise<RegistryTree> {
  return commit === undefined ? readFolderTree(folder) : readGitTree({ repository: folder, commit });
}

/** The same, read again where it has changed. */
export const composeFollowedTree = followTree;

export { readKeys };

/** Remembers the first success; a failure is tried again by the next caller. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read().catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

function logQueueEvent(log: Log, event: QueueEvent): void {
  const { kind, job, correlation, at } = event;
  const fields = { job: job.kind, correlation, ...(at === undefined ? {} : { at }) };
  if (kind === "failed") log("job failed, tried again later", { ...fields, error: event.error });
  else if (kind === "dead") log("job given up", { ...fields, error: event.error, details: job });
  else if (kind === "again") log("looked at again later", fields);
}
