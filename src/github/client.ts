import { retry } from "@octokit/plugin-retry";
import { Octokit } from "@octokit/rest";
import { RegistrarError } from "../registry/errors.ts";
import { limitEnds } from "./errors.ts";
import { createPace, githubSpacingMs } from "./pace.ts";

const Base = Octokit.plugin(retry);
export type GitHubClient = InstanceType<typeof Base>;

/** Longest that one request may take; GitHub itself gives up after 10 s. */
export const requestTimeoutMs = 20_000;

/** Answers that trying again at once cannot change, or that the job has to see. */
const doNotRetry = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451];

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
  const client = new Base({
    baseUrl: input.apiUrl,
    userAgent: "registrar",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    retry: { retries: 1, doNotRetry, retryAfterBaseValue: writeSpacingMs },
  });
  const pace = createPace(writeSpacingMs);
  client.hook.before("request", async (options) => {
    const token = await input.token();
    if (token !== null) options.headers.authorization = `token ${token}`;
  });
  client.hook.wrap("request", (request, options) => {
    const send = async () => {
      // The clock starts when the request does, not while it waits for its turn.
      const signal = AbortSignal.timeout(timeoutMs);
      options.request = { ...options.request, signal, parseSuccessResponseBody: false };
      if (!repeatable.has(options.method) && !isRead(options)) options.request.retries = 0;
      try {
        const response = await request(options);
        response.data = await readAnswer(response, `${options.method} ${options.url}`);
        assertUnlimited(response);
        return response;
      } catch (error) {
        // Before the next request gets its turn: it would be sent while we are limited.
        const end = error instanceof RegistrarError ? error.retryAt : limitEnds(error);
        if (end !== undefined) pace.pauseUntil(end);
        throw error;
      }
    };
    return isRead(options) ? pace.read(send) : pace.write(send);
  });
  return client;
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

/** GraphQL says with status 200 that a limit is used up; what it answers then is about nothing that was asked. */
function assertUnlimited(response: { readonly headers: object; readonly data: unknown }): void {
  const { errors } = (response.data ?? {}) as { readonly errors?: unknown };
  if (!Array.isArray(errors) || !errors.some((error) => error?.type === "RATE_LIMITED")) return;
  const reset = Number((response.headers as { "x-ratelimit-reset"?: string })["x-ratelimit-reset"]);
  const retryAt = new Date(reset > 0 ? reset * 1000 : Date.now() + 60_000);
  const said = `GitHub's rate limit for GraphQL is used up until ${retryAt.toISOString()}; it is tried again then.`;
  throw new RegistrarError("github-rate-limited", said, { retryAt });
}
