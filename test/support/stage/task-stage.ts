import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createClient } from "../../../src/github/client.ts";
import { octokitReader } from "../../../src/github/octokit-reader.ts";
import { octokitWriter } from "../../../src/github/octokit-writer.ts";
import { installationTokens, readBotId } from "../../../src/github/tokens.ts";
import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import { type GitHubSide, startGitHubSide } from "../../../src/scenarios/github-side.ts";
import { createLock } from "../../../src/tasks/lock.ts";
import { createIndexReader, type RegistryIndex } from "../../../src/tasks/registry-index.ts";
import type { ReviewTaskContext } from "../../../src/tasks/review-pull-request.ts";
import type { SweepContext, SweepMemoryStore, SweepState } from "../../../src/tasks/sweep.ts";
import { readGitHistory } from "../../../src/trees/git-history.ts";
import { createMirror } from "../../../src/trees/git-mirror.ts";
import { githubGlance } from "../../../src/upstream/github-glance.ts";
import { githubKeySources } from "../../../src/upstream/github-key-sources.ts";
import { githubReleases } from "../../../src/upstream/github-releases.ts";
import type { GlanceAt } from "../../../src/upstream/glance.ts";
import { readKeys } from "../../../src/upstream/openpgp.ts";
import { isOwnWrite, operation } from "./stage.ts";

type Run = {
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string; readonly summary: string };
};

/** A local GitHub and what tasks need to work on it; no server, no queue and no events. */
export interface TaskStage extends GitHubSide {
  readonly context: ReviewTaskContext & { readonly readIndex: () => Promise<RegistryIndex> };
  readonly glance: GlanceAt;
  /** The default branch now, as publishing reads it. */
  readonly readHistory: () => Promise<RegistryHistory>;
  /** What a sweep needs; what it remembers is kept in memory. */
  readonly sweeping: SweepContext;
  get<T>(path: string): Promise<T>;
  /** The app's check runs on a commit, newest first. */
  checkRuns(sha: string): Promise<readonly Run[]>;
  comments(number: number): Promise<readonly string[]>;
  /** The app's writes since the last question. */
  writes(): readonly string[];
}

export async function aTaskStage(
  options: { readonly settle?: string; readonly withoutKeys?: boolean } = {},
): Promise<TaskStage> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-tasks-"));
  const github = await startGitHubSide({
    folder,
    settle: options.settle ?? "0s",
    writeSpacingMs: 0,
    ownerBypasses: true,
    withoutKeys: options.withoutKeys ?? false,
  });
  const { sandbox } = github;
  onTestFinished(async () => {
    const violations = [...sandbox.violations];
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
    // Nothing that the product asks for may be other than GitHub's own description allows.
    if (violations.length > 0) throw new Error(`The sandbox saw violations:\n${violations.join("\n")}`);
  });
  const get = async <T>(path: string): Promise<T> => {
    const { token } = sandbox.as(people.maintainer);
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/${path}`, {
      headers: { authorization: `token ${token}` },
    });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}.`);
    return (await answer.json()) as T;
  };
  let seen = 0;
  return {
    ...github,
    ...partsOf(github, join(folder, "registry.git")),
    get,
    checkRuns: async (sha) => {
      const { check_runs } = await get<{ check_runs: Run[] }>(`commits/${sha}/check-runs?filter=all`);
      return check_runs;
    },
    comments: async (number) => {
      const comments = await get<readonly { body: string }[]>(`issues/${number}/comments`);
      return comments.map(({ body }) => body.replace(/\\([\p{P}\p{S}])/gu, "$1").replaceAll("\u200b", ""));
    },
    writes: () => {
      const fresh = sandbox.requests.slice(seen).filter(isOwnWrite).map(operation);
      seen = sandbox.requests.length;
      return fresh;
    },
  };
}

function partsOf(
  { sandbox, app }: GitHubSide,
  folder: string,
): Pick<TaskStage, "context" | "glance" | "readHistory" | "sweeping"> {
  const { apiUrl, serverUrl } = sandbox;
  const credentials = { appId: String(app.id), privateKey: app.privateKey };
  const tokens = { apiUrl, app: credentials, repository: registryRepository };
  const client = createClient({ apiUrl, token: installationTokens(tokens), writeSpacingMs: 0 });
  // Read when it is first needed: a test that needs it not may be over before the answer comes.
  let known: Promise<number> | undefined;
  const botId = () => {
    known ??= readBotId({ apiUrl, app: credentials, client });
    return known;
  };
  const readOnly = installationTokens({ ...tokens, permissions: { metadata: "read" } });
  const upstreamClient = createClient({ apiUrl, token: readOnly, writeSpacingMs: 0 });
  const url = `${serverUrl}/${registryRepository}.git`;
  const mirror = createMirror({ folder, url, token: installationTokens(tokens) });
  const readHistory = async () => readGitHistory({ repository: folder, commit: await mirror.fetch("main") });
  const readTree = async () => (await readHistory()).read();
  const reading = {
    client: upstreamClient,
    anonymous: createClient({ apiUrl, token: async () => null, writeSpacingMs: 0 }),
    limits: { hosts: new Set([new URL(serverUrl).host]), protocols: new Set(["http:"]) },
  };
  const context: TaskStage["context"] = {
    host: {
      ...octokitReader({ client, repository: registryRepository, appId: String(app.id), botId }),
      ...octokitWriter({ client, repository: registryRepository }),
    },
    upstream: githubReleases(reading),
    keySources: githubKeySources(reading),
    readKeys,
    now: () => new Date(),
    serverUrl,
    mergeLock: createLock(),
    readIndex: createIndexReader({ readTree, serverUrl }),
  };
  const glance = githubGlance(upstreamClient);
  return { context, glance, readHistory, sweeping: { ...context, glance, memory: memoryStore() } };
}

function memoryStore(): SweepMemoryStore {
  let state: SweepState = { sweptAt: null, records: {} };
  return {
    read: async () => state,
    write: async (fresh) => {
      state = fresh;
    },
  };
}
