import { subscribe } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";

/** One request that was sent, e.g. `GET /api/v3/repos/acme/registry`. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
}

export interface Measured {
  /**
   * Time of our own in milliseconds: the processor time of all our threads, and all waiting of a job for anything but an
   * answer from GitHub. Time in which others have the processor is not in it.
   */
  readonly ownMs: number;
  readonly requests: readonly SentRequest[];
}

/** Tells this process's own time from its waiting for GitHub. */
export class OwnTime {
  #jobs = 0;
  #awaited = 0;
  #paused = 0;
  #cpu = process.cpuUsage();
  #requests: SentRequest[] = [];
  #idle = performance.eventLoopUtilization().idle;

  constructor() {
    // https://undici.nodejs.org/#/docs/api/DiagnosticsChannel: what `fetch` sends, redirects included.
    const ends = () => {
      this.#look();
      this.#awaited -= 1;
    };
    subscribe("undici:request:create", (message) => {
      const { request } = message as { request: SentRequest };
      this.#requests.push({ method: request.method, path: request.path });
      this.#look();
      this.#awaited += 1;
    });
    subscribe("undici:request:trailers", ends);
    subscribe("undici:request:error", ends);
  }

  jobBegins(): void {
    this.#look();
    this.#jobs += 1;
  }

  jobEnds(): void {
    this.#look();
    this.#jobs -= 1;
  }

  /** What came together since this was last asked. */
  take(): Measured {
    this.#look();
    const { user, system } = process.cpuUsage(this.#cpu);
    const measured = { ownMs: (user + system) / 1_000 + this.#paused, requests: this.#requests };
    this.#paused = 0;
    this.#cpu = process.cpuUsage();
    this.#requests = [];
    return measured;
  }

  /** To be called before anything changes: what has been waited since the last look was waited for one thing. */
  #look(): void {
    const { idle } = performance.eventLoopUtilization();
    if (this.#jobs > 0 && this.#awaited === 0) this.#paused += idle - this.#idle;
    this.#idle = idle;
  }
}
