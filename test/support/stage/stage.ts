import { onTestFinished } from "vitest";
import type { RecordedRequest } from "../../../src/sandbox/index.ts";
import type { Author } from "../../../src/scenarios/author.ts";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import { viewOf } from "../../../src/scenarios/play.ts";
import { pollUntil } from "../../../src/scenarios/poll.ts";
import { rest } from "../../../src/scenarios/rest.ts";
import { type Stage, type StageOptions, startStage } from "../../../src/scenarios/stage.ts";
import {
  type SeenPullRequest,
  type SeenVerdict,
  seeComment,
  seePullRequests,
  seesVersion,
  seeVerdict,
} from "../../../src/scenarios/view.ts";

export { people, pollUntil, registryRepository };

export interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

/** A stage with the questions that tests ask of it. */
export interface TestStage extends Stage {
  readonly log: readonly LogLine[];
  readonly dns: Author;
  readonly queue: Author;
  /** Resolves when nothing is under way any more. */
  rest(): Promise<void>;
  /** GET of the registry repository's API, as its maintainer. */
  get<T>(path: string): Promise<T>;
  pullRequests(): Promise<readonly SeenPullRequest[]>;
  pullRequest(number: number): Promise<Json & { readonly state: string; readonly merged: boolean }>;
  /** The pull request whose title names a version, once it is there. */
  pullRequestOf(version: string): Promise<SeenPullRequest>;
  verdict(headSha: string): Promise<SeenVerdict | null>;
  /** Waits until a pull request's newest commit has this verdict. */
  judged(number: number, verdict: SeenVerdict): Promise<SeenPullRequest>;
  merged(number: number): Promise<void>;
  isPublished(address: string, version: string): Promise<boolean>;
  /** The living comment as people read it, without Markdown's escapes; empty while there is none. */
  comment(number: number): Promise<string>;
  /** All comments of the app, likewise. */
  ownComments(number: number): Promise<readonly string[]>;
  /** Check runs of the app on a commit, newest first. */
  checkRuns(sha: string): Promise<
    readonly {
      readonly name: string;
      readonly conclusion: string | null;
      readonly output: { title: string; summary: string };
    }[]
  >;
  /** The versions of a record on the default branch, as they stand there. */
  versions(author: Author): Promise<readonly string[]>;
  branches(): Promise<readonly string[]>;
  /** The app's successful writes since a moment in `sandbox.requests`, e.g. `POST /repos/{owner}/{repo}/pulls`. */
  writes(since?: number): readonly string[];
}

const quick = { writeSpacingMs: 0, settle: "0s", pausesMs: [20, 50, 100, 200, 400, 800, 1_600, 3_200] } as const;

/** Starts everything for one test (or one file, with `keep`): real servers, free ports, a folder of its own. */
export async function aStage(options: Partial<StageOptions> & { readonly keep?: true } = {}): Promise<TestStage> {
  const log: LogLine[] = [];
  const { keep, ...others } = options;
  const stage = await startStage({ ...quick, log: (message, fields) => log.push({ message, fields }), ...others });
  if (keep === undefined) onTestFinished(() => stage.stop());
  return { ...stage, ...questionsOf(stage), log };
}

function questionsOf(stage: Stage) {
  const view = viewOf(stage);
  const { sandbox } = stage;
  const author = (type: string): Author => {
    const found = stage.authors.find(({ provider }) => provider.type === type);
    if (found === undefined) throw new Error(`The demo registry has no provider ${type}.`);
    return found;
  };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/${path}`, {
      headers: { authorization: `token ${view.token}` },
    });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}.`);
    return (await answer.json()) as T;
  };
  const find = async (test: (one: SeenPullRequest) => boolean) => (await seePullRequests(view)).find(test);
  return {
    dns: author("dns"),
    queue: author("queue"),
    rest: () => rest(stage),
    get,
    pullRequests: () => seePullRequests(view),
    pullRequest: (number: number) => get<Json & { state: string; merged: boolean }>(`pulls/${number}`),
    pullRequestOf: (version: string) =>
      pollUntil(`a pull request for ${version}`, () => find(({ title }) => title.endsWith(version)), { everyMs: 40 }),
    verdict: (headSha: string) => seeVerdict(view, headSha),
    judged: (number: number, verdict: SeenVerdict) =>
      pollUntil(
        `the verdict ${verdict} on pull request ${number}`,
        async () => {
          const one = await find((candidate) => candidate.number === number);
          return one !== undefined && (await seeVerdict(view, one.headSha)) === verdict ? one : null;
        },
        { everyMs: 40 },
      ),
    merged: async (number: number) => {
      await pollUntil(`the merge of ${number}`, () => find((one) => one.number === number && one.merged), {
        everyMs: 10,
      });
    },
    isPublished: (address: string, version: string) => seesVersion(view, address, version),
    comment: async (number: number) => readable((await seeComment(view, number)) ?? ""),
    ownComments: async (number: number) => {
      const comments = await get<readonly { user: { login: string }; body: string }[]>(`issues/${number}/comments`);
      return comments.filter(({ user }) => user.login === "registrar[bot]").map(({ body }) => readable(body));
    },
    checkRuns: async (sha: string) => {
      type Run = { name: string; conclusion: string | null; output: { title: string; summary: string } };
      return (await get<{ check_runs: readonly Run[] }>(`commits/${sha}/check-runs?filter=all`)).check_runs;
    },
    versions: async ({ provider }: Author) => {
      const { content } = await get<{ content: string }>(`contents/${provider.path}`);
      const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: { version: string }[] };
      return record.versions.map(({ version }) => version);
    },
    branches: async () => (await get<readonly { name: string }[]>("branches")).map(({ name }) => name),
    writes: (since = 0) => sandbox.requests.slice(since).filter(isOwnWrite).map(operation),
  };
}

const readable = (markdown: string): string => markdown.replace(/\\([\p{P}\p{S}])/gu, "$1").replaceAll("\u200b", "");

export const isOwnWrite = ({ kind, write, actor, status }: RecordedRequest): boolean =>
  kind === "api" && write && actor === "registrar[bot]" && status < 400;

export const operation = ({ method, template }: RecordedRequest): string => `${method} ${template}`;

/** Matches the paths of an operation as clients write them. */
export function pathOf(template: string): RegExp {
  const source = template
    .replace(/[.]/g, "\\.")
    .replace(/\{[^}]+\}/g, (name) => (/ref|path/.test(name) ? ".+" : "[^/]+"));
  return new RegExp(`^/api/v3${source}(?:\\?|$)`);
}
