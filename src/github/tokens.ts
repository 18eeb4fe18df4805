import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { type GitHubClient, requestTimeoutMs } from "./client.ts";
import { toRegistrarError } from "./errors.ts";

export interface AppCredentials {
  readonly appId: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Minted tokens are used until this long before they end, in milliseconds. */
const margin = 5 * 60_000;

/**
 * Installation tokens for one repository alone, optionally with fewer permissions than the app has. Kept in memory until
 * shortly before they end, never stored.
 */
export function installationTokens(input: {
  readonly apiUrl: string;
  readonly app: AppCredentials;
  /** `owner/name` */
  readonly repository: string;
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
  readonly timeoutMs?: number;
}): () => Promise<string> {
  const [owner = "", repo = ""] = input.repository.split("/");
  const client = appClient(input);
  let current: { readonly token: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;

  async function mint(): Promise<string> {
    try {
      const installation = await client.rest.apps.getRepoInstallation({ owner, repo });
      const { data } = await client.rest.apps.createInstallationAccessToken({
        installation_id: installation.data.id,
        repositories: [repo],
        ...(input.permissions === undefined ? {} : { permissions: input.permissions }),
      });
      current = { token: data.token, until: Date.parse(data.expires_at) - margin };
      return data.token;
    } catch (error) {
      throw toRegistrarError(error, `minting a token for ${input.repository}`);
    } finally {
      pending = undefined;
    }
  }

  return async () => {
    if (current !== undefined && Date.now() < current.until) return current.token;
    pending ??= mint();
    return pending;
  };
}

/** Id of the app's own user (`slug[bot]`), by which its pull requests, comments and reviews are told from others'. */
export async function readBotId(input: {
  readonly apiUrl: string;
  readonly app: AppCredentials;
  /** Reads the public user; the app's own credentials read nothing but the app. */
  readonly client: GitHubClient;
}): Promise<number> {
  try {
    const app = await appClient(input).rest.apps.getAuthenticated();
    const user = await input.client.rest.users.getByUsername({ username: `${app.data?.slug}[bot]` });
    return user.data.id;
  } catch (error) {
    throw toRegistrarError(error, "reading the app's own identity");
  }
}

/** Acts as the app itself: good for minting tokens and for reading the app. */
function appClient({
  apiUrl,
  app,
  timeoutMs = requestTimeoutMs,
}: {
  readonly apiUrl: string;
  readonly app: AppCredentials;
  readonly timeoutMs?: number;
}): Octokit {
  const client = new Octokit({
    baseUrl: apiUrl,
    userAgent: "registrar",
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKey },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  // Every other request waits for its token, so a token must not be waited for without end.
  client.hook.before("request", (options) => {
    options.request = { ...options.request, signal: AbortSignal.timeout(timeoutMs) };
  });
  return client;
}
