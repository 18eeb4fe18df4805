import { ApiError } from "../errors.ts";
import { purseOf, type Viewer } from "../viewer.ts";

interface Purse {
  resetsAt: number;
  used: number;
  lastWrite: number;
  /** Times of the requests that created content, of the last hour. */
  readonly content: number[];
  /** What an empty purse is answered with: GitHub uses 403 and 429. */
  refusal: 403 | 429;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CONTENT_A_MINUTE = 80;
const CONTENT_AN_HOUR = 500;
const TOLERANCE = 0.1;

/** Octokit's throttling recognises this text. */
export const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID";

/** The REST API and GraphQL are counted apart. */
export type Resource = "core" | "graphql";

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export class Limits {
  readonly #purses = new Map<string, Purse>();
  readonly #writeSpacingMs: number;
  readonly #anonymousLimit: number;
  readonly #enforced: boolean;

  constructor(limits: {
    readonly writeSpacingMs: number;
    readonly anonymousLimit: number;
    /** False: requests are counted, and none is ever refused. Default true. */
    readonly enforced?: boolean;
  }) {
    this.#writeSpacingMs = limits.writeSpacingMs;
    this.#anonymousLimit = limits.anonymousLimit;
    this.#enforced = limits.enforced ?? true;
  }

  /** Takes one request from the hour's allowance; a 304 gives it back. */
  spend(viewer: Viewer): void {
    if (!this.take(viewer, "core")) {
      throw new ApiError(this.#purse(viewer).refusal, exceeded(viewer), { headers: this.headers(viewer) });
    }
  }

  /** Takes points; false, and none taken, when there are not enough left. */
  take(viewer: Viewer, resource: Resource, points = 1): boolean {
    const purse = this.#purse(viewer, resource);
    if (this.#enforced && purse.used + points > this.#limit(viewer)) return false;
    purse.used += points;
    return true;
  }

  /** Nothing is left to these until some seconds from now. */
  exhaust(
    viewers: readonly Viewer[],
    { resource = "core", seconds = 60, status = 403 }: { resource?: Resource; seconds?: number; status?: 403 | 429 },
  ): void {
    for (const viewer of viewers) {
      const used = this.#limit(viewer);
      Object.assign(this.#purse(viewer, resource), { used, resetsAt: Date.now() + seconds * 1000, refusal: status });
    }
  }

  giveBack(viewer: Viewer): void {
    const purse = this.#purse(viewer);
    purse.used = Math.max(0, purse.used - 1);
  }

  /** GitHub counts by user and installation: two tokens of one installation share the limit. */
  write(viewer: Viewer, { createsContent, requestId }: { createsContent: boolean; requestId: string }): void {
    if (!this.#enforced) return;
    const purse = this.#purse(viewer);
    const now = Date.now();
    const refuse = (seconds: number) =>
      new ApiError(403, `${SECONDARY} ${requestId}.`, { headers: { "retry-after": String(seconds) } });
    if (now - purse.lastWrite < this.#writeSpacingMs * (1 - TOLERANCE)) throw refuse(1);
    if (createsContent) {
      while ((purse.content[0] ?? now) < now - HOUR) purse.content.shift();
      const lastMinute = purse.content.filter((at) => at > now - MINUTE);
      const [oldest = now] = lastMinute;
      if (lastMinute.length >= CONTENT_A_MINUTE) throw refuse(Math.ceil((oldest + MINUTE - now) / 1000));
      if (purse.content.length >= CONTENT_AN_HOUR) {
        throw refuse(Math.ceil(((purse.content[0] ?? now) + HOUR - now) / 1000));
      }
      purse.content.push(now);
    }
    purse.lastWrite = now;
  }

  headers(viewer: Viewer, resource: Resource = "core"): Record<string, string> {
    const { limit, remaining, reset, used } = this.state(viewer, resource);
    return {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-used": String(used),
      "x-ratelimit-resource": resource,
    };
  }

  /** `reset` in seconds since 1970. */
  state(
    viewer: Viewer,
    resource: Resource = "core",
  ): { limit: number; remaining: number; reset: number; used: number } {
    const purse = this.#purse(viewer, resource);
    const limit = this.#limit(viewer);
    return {
      limit,
      remaining: Math.max(0, limit - purse.used),
      reset: Math.ceil(purse.resetsAt / 1000),
      used: purse.used,
    };
  }

  #limit(viewer: Viewer): number {
    return viewer.kind === "anonymous" ? this.#anonymousLimit : 5000;
  }

  #purse(viewer: Viewer, resource: Resource = "core"): Purse {
    const name = `${resource} ${purseOf(viewer)}`;
    const now = Date.now();
    const purse = this.#purses.get(name) ?? { resetsAt: now + HOUR, used: 0, lastWrite: 0, content: [], refusal: 403 };
    if (purse.resetsAt <= now) Object.assign(purse, { resetsAt: now + HOUR, used: 0, refusal: 403 });
    this.#purses.set(name, purse);
    return purse;
  }
}

export function exceeded(viewer: Viewer): string {
  return `API rate limit exceeded for ${purseOf(viewer)}.`;
}
