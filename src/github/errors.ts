import { type ErrorCode, errorMessage, RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

interface RequestFailure {
  readonly status: number;
  readonly message: string;
  /** Absent when there was no answer: Octokit gives a time-out or a lost connection the status 500. */
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
}

export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

export const hasStatus = (error: unknown, ...statuses: number[]): boolean =>
  isRequestFailure(error) && statuses.includes(error.status);

/** An organisation with an IP allow list refuses every token, also for public repositories; anonymous requests pass. */
export const isIpAllowList = (error: unknown): boolean =>
  hasStatus(error, 403) && /ip allow list/i.test(errorMessage(error));

/** A repository that GitHub itself has closed, for its terms or at somebody's request: no token sees it, and it stays so. */
export const isBlocked = (error: unknown): boolean =>
  hasStatus(error, 403) && /repository access blocked|repository has been disabled/i.test(errorMessage(error));

/** Turns what Octokit threw into our error: who acts, what was tried, what GitHub answered, what to do. */
export function toRegistrarError(error: unknown, doing: string): RegistrarError {
  if (error instanceof RegistrarError) return error;
  if (!isRequestFailure(error) || error.response === undefined) {
    const said = `GitHub did not answer while ${doing}: ${quoted(errorMessage(error), 300)}.`;
    return new RegistrarError("github-unavailable", `${said} ${advice["github-unavailable"]}`, { cause: error });
  }
  const retryAt = limitEnds(error);
  const code = retryAt === undefined ? codeOf(error.status) : "github-rate-limited";
  const said = `GitHub answered ${error.status} while ${doing}: ${quoted(error.message, 300)}.`;
  return new RegistrarError(code, `${said} ${advice[code]}`, {
    cause: error,
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}

function codeOf(status: number): keyof typeof advice {
  if (status === 401) return "github-unauthorized";
  if (status === 403) return "github-forbidden";
  if (status === 404 || status === 410 || status === 451) return "github-missing";
  if (status === 405) return "not-mergeable";
  if (status === 409) return "github-conflict";
  if (status === 429) return "github-rate-limited";
  if (status >= 500) return "github-unavailable";
  return "github-invalid";
}

const advice = {
  "github-unauthorized": "Check APP_ID and PRIVATE_KEY, and that the clock is right.",
  "github-forbidden": "Check the app's permissions on the registry repository and accept pending permission changes.",
  "github-missing": "Check REGISTRAR_REPOSITORY, and that the app is installed on that repository.",
  "github-unavailable": "It is tried again.",
  "github-rate-limited": "It is tried again when the limit ends.",
  "github-conflict": "It is judged again.",
  "github-invalid": "GitHub refuses what Registrar asked for; please report this message.",
  "not-mergeable": "Check the rulesets of the registry repository.",
} as const satisfies Partial<Record<ErrorCode, string>>;

/** When a rate limit ends: `retry-after` (seconds), else the reset of a used-up primary limit; undefined when no limit. */
export function limitEnds(error: unknown): Date | undefined {
  if (!isRequestFailure(error)) return undefined;
  if (error.status !== 403 && error.status !== 429) return undefined;
  const headers = error.response?.headers ?? {};
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after > 0) return new Date(Date.now() + after * 1000);
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0) return new Date(reset * 1000);
  if (error.status === 429 || /secondary rate limit/i.test(error.message)) return new Date(Date.now() + 60_000);
  return undefined;
}
