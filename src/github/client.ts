import { retry } from "@octokit/plugin-retry";
import { Octokit } from "@octokit/rest";
import { limitEnds } from "./errors.ts";
import { createPace } from "./pace.ts";

const Base = Octokit.plugin(retry);
export type GitHubClient = InstanceType<typeof Base>;

/** Longest that one request may take; GitHub itself gives up after 10 s. */
const requestTimeoutMs = 20_000;

/** Answers that trying again at once cannot change, or that the job has to see. */
const doNotRetry = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451];

/**
 * A client with GitHub's spacing of writes, one retry of 5xx, a pause while limited, and a time limit for each request.
 * `token` is asked before each request; null means anonymous.
 */
export function createClient(input: {
  readonly apiUrl: string;
  readonly token: () => Promise<string | null>;
}): GitHubClient {
  const client = new Base({
    baseUrl: input.apiUrl,
    userAgent: "registrar",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    retry: { retries: 1, doNotRetry },
  });
  const pace = createPace();
  client.hook.before("request", async (options) => {
    const token = await input.token();
    if (token !== null) options.headers.authorization = `token ${token}`;
  });
  client.hook.wrap("request", (request, options) => {
    const send = async () => {
      // The clock starts when the request does, not while it waits for its turn.
      options.request = { ...options.request, signal: AbortSignal.timeout(requestTimeoutMs) };
      return request(options);
    };
    return options.method === "GET" || options.method === "HEAD" ? pace.read(send) : pace.write(send);
  });
  client.hook.error("request", (error) => {
    const end = limitEnds(error);
    if (end !== undefined) pace.pauseUntil(end);
    throw error;
  });
  return client;
}
