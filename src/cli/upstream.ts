import { composeUpstreamReader } from "../compose/reading.ts";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { upstreamEnvironment } from "./sandbox-state.ts";

/** Where upstreams are read by a command that works on a folder. */
export async function openUpstream() {
  const { serverUrl, apiUrl, token } = await upstreamEnvironment();
  return { serverUrl, hasToken: token !== null, ...composeUpstreamReader({ serverUrl, apiUrl, token }) };
}

/** Runs what asks an upstream; adds to an answer that did not come what a person at a terminal can do about it. */
export async function withAdvice<T>(hasToken: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RegistrarError) || error.family !== "upstream") throw error;
    throw new RegistrarError(error.code, `${errorMessage(error)} ${adviceFor(error.retryAt ?? null, hasToken)}`, {
      cause: error,
      ...(error.retryAt === undefined ? {} : { retryAt: error.retryAt }),
    });
  }
}

/** What helps when GitHub does not answer: patience, or a token. `retryAt` is when a limit ends, where there is one. */
export function adviceFor(retryAt: Date | null, hasToken: boolean): string {
  const when =
    retryAt === null ? "Run the command again later." : `Run the command again after ${retryAt.toISOString()}.`;
  if (hasToken || retryAt === null) return when;
  return `${when} Or set GITHUB_TOKEN, to a token without any permission: GitHub answers 60 requests an hour without one and 5,000 with one.`;
}
