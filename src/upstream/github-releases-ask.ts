import type { GitHubClient } from "../github/client.ts";
import { hasStatus, isBlocked, isIpAllowList, toRegistrarError } from "../github/errors.ts";
import type { Reading } from "./evidence.ts";

/** One question to GitHub about an upstream; what goes wrong comes back as data. */
export type Ask = <T>(doing: string, request: (client: GitHubClient) => Promise<T>) => Promise<Reading<{ value: T }>>;

/** Asks with the client's token, and without one where an organisation's IP allow list refuses every token. */
export function createAsk({
  client,
  anonymous,
}: {
  readonly client: GitHubClient;
  readonly anonymous: GitHubClient;
}): Ask {
  return async <T>(doing: string, request: (client: GitHubClient) => Promise<T>) => {
    try {
      return { kind: "found", value: await request(client).catch((error) => retryAnonymously(error, request)) };
    } catch (error) {
      if (hasStatus(error, 404, 410, 451)) return { kind: "missing", reason: `GitHub has nothing there (${doing}).` };
      if (isBlocked(error)) return { kind: "missing", reason: `GitHub has blocked it (${doing}).` };
      const failure = toRegistrarError(error, doing);
      return unavailable(failure.message, failure.retryAt);
    }
  };

  function retryAnonymously<T>(error: unknown, request: (client: GitHubClient) => Promise<T>): Promise<T> {
    if (!isIpAllowList(error)) throw error;
    return request(anonymous);
  }
}

export function unavailable(
  reason: string,
  retryAt?: Date,
): { kind: "unavailable"; reason: string; retryAt: string | null } {
  return { kind: "unavailable", reason, retryAt: retryAt?.toISOString() ?? null };
}
