import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";

const Base = Octokit.plugin(retry, throttling);
export type GitHubClient = InstanceType<typeof Base>;

/** Longest that one request may take; GitHub itself gives up after 10 s. */
const requestTimeoutMs = 20_000;
/** A limit that ends sooner is waited for here; a longer one puts the job back into the queue. */
const longestWaitSeconds = 5;

/** Answers that trying again at once cannot change, or that the job has to see. */
const doNotRetry = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451];

/**
 * A client with GitHub's spacing of writes (one a second, notifying ones further apart), one retry of 5xx and a time
 * limit. `token` is asked before each request; null means anonymous.
 */
export function createClient(input: { readonly apiUrl: string; readonly token: () => Promise<string | null> }): GitHubClient {
  const client = new Base({
    baseUrl: input.apiUrl,
    userAgent: "registrar",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    retry: { retries: 1, doNotRetry },
    throttle: {
      onRateLimit: (seconds, _options, _octokit, count) => seconds <= longestWaitSeconds && count < 1,
      onSecondaryRateLimit: (seconds, _options, _octokit, count) => seconds <= longestWaitSeconds && count < 2,
    },
  });
  client.hook.before("request", async (options) => {
    const token = await input.token();
    if (token !== null) options.headers.authorization = `token ${token}`;
    options.request = { ...options.request, signal: AbortSignal.timeout(requestTimeoutMs) };
  });
  return client;
}
