import { setTimeout as sleep } from "node:timers/promises";
import { Octokit } from "@octokit/rest";
import { RegistrarError } from "../registry/errors.ts";
import { isRequestFailure, limitEnds } from "./errors.ts";
import { createPace, githubSpacingMs } from "./pace.ts";

export type GitHubClient = Octokit;

/** Longest that one request may take; GitHub itself gives up after 10 s. */
export const requestTimeoutMs = 20_000;

/**
 * What does no harm when it is done twice. A POST or a merge whose answer was lost may have been carried out: the job
 * looks first what has become of it.
 */
const repeatable = new Set(["GET", "HEAD", "PATCH", "DELETE"]);

/**
 * A client with GitHub's spacing of writes, one retry of 5xx, a pause while limited, and a time limit for each request.
 * `token` is asked before each request; null means anonymous.
 */
export function createClient(input: {
  readonly apiUrl: string;
  readonly token: () => Promise<string | null>;
  /** Between two writes. Default: what GitHub asks for. */
  readonly writeSpacingMs?: number;
  readonly timeoutMs?: number;
}): GitHubClient {
  const { writeSpacingMs = githubSpacingMs, timeoutMs = requestTimeoutMs } = input;
  const client = new Octokit({
    baseUrl: input.apiUrl,
    userAgent: "registrar",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const pace = createPace(writeSpacingMs);
  client.hook.before("request", async (options) => {
    const token = await input.token();
    if (token !== null) options.headers.authorization = `token ${token}`;
  });
  client.hook.wrap("request", (request, options) => {
    const send = async () => {
      // The clock starts when the request does, not while it waits for its turn.
      const { signal, end } = timeLimit(timeoutMs);
      options.request = { ...options.request, signal, parseSuccessResponseBody: false };
      const attempt = async () => {
        const response = await request(options);
        response.data = await readAnswer(response, `${options.method} ${options.url}`);
        assertUnlimited(response);
        assertCarriedOut(response);
        return response;
      };
      try {
        return await attempt().catch(async (error) => {
          if (signal.aborted || !passes(error) || !(repeatable.has(options.method) || isRead(options))) throw error;
          await sleep(writeSpacingMs);
          return attempt();
        });
      } catch (error) {
        // Before the next request gets its turn: it would be sent while we are limited.
        const until = error instanceof RegistrarError ? error.retryAt : limitEnds(error);
        if (until !== undefined) pace.pauseUntil(until);
        throw error;
      } finally {
        end();
      }
    };
    return isRead(options) ? pace.read(send) : pace.write(send);
  });
  return client;
}

/** As `AbortSignal.timeout`, which goes off in the end also where all has been answered long ago, and costs a millisecond then. */
function timeLimit(ms: number): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  const timer = setTimeout(late, ms);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

/** GraphQL reads with POST; we never change anything that way. */
const isRead = ({ method, url }: { readonly method: string; readonly url: string }): boolean =>
  method === "GET" || method === "HEAD" || (method === "POST" && /\/graphql$/.test(url));

/**
 * Octokit takes an answer that broke off, or that is no JSON, for a text; read as a list it would be an empty one. And it
 * looks at every value for large numbers, which costs more than all our work on a registry's list of files.
 */
async function readAnswer(
  { status, data }: { readonly status: number; readonly data: unknown },
  request: string,
): Promise<unknown> {
  if (status === 204 || status === 205) return data;
  let answer: unknown;
  try {
    answer = await new Response(data as ReadableStream<Uint8Array> | null).json();
  } catch (cause) {
    throw broken(request, cause);
  }
  if (typeof answer !== "object") throw broken(request);
  return answer;
}

const broken = (request: string, cause?: unknown): RegistrarError =>
  new RegistrarError(
    "github-unavailable",
    `GitHub's answer to ${request} broke off or was no JSON. It is tried again.`,
    cause === undefined ? {} : { cause },
  );

/** A fault on GitHub's side, or a connection that was lost: what else it answers, asking again at once does not change. */
const passes = (error: unknown): boolean => isRequestFailure(error) && error.status >= 500;

/** GraphQL says with status 200 that a limit is used up; what it answers then is about nothing that was asked. */
function assertUnlimited(response: { readonly headers: object; readonly data: unknown }): void {
  const { errors } = (response.data ?? {}) as { readonly errors?: unknown };
  if (!Array.isArray(errors) || !errors.some((error) => error?.type === "RATE_LIMITED")) return;
  const reset = Number((response.headers as { "x-ratelimit-reset"?: string })["x-ratelimit-reset"]);
  const retryAt = new Date(reset > 0 ? reset * 1000 : Date.now() + 60_000);
  const said = `GitHub's rate limit for GraphQL is used up until ${retryAt.toISOString()}; it is tried again then.`;
  throw new RegistrarError("github-rate-limited", said, { retryAt });
}

/** GitHub's own faults come with status 200 too where the question was GraphQL. */
function assertCarriedOut(response: { readonly headers: object; readonly data: unknown }): void {
  const { errors } = (response.data ?? {}) as { readonly errors?: unknown };
  const said: unknown = Array.isArray(errors) ? errors[0]?.message : undefined;
  if (typeof said !== "string" || !said.startsWith("Something went wrong while executing your query")) return;
  throw Object.assign(new Error(said), { status: 500, response });
}
