import { subscribe } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";

/** One request that was sent, e.g. `GET /api/v3/repos/acme/registry`. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
}

export interface Measured {
  /** Time of our own in milliseconds: what is left of the time at work when waiting for answers is taken away. */
  readonly ownMs: number;
  /** Processor time of all our threads, in milliseconds. */
  readonly cpuMs: number;
  readonly requests: readonly SentRequest[];
}

/**
 * Tells this process's own time from its waiting for GitHub. While a job runs and no answer is awaited, all time is ours; at
 * any other moment what the event loop is busy with is.
 */
export class OwnTime {
  #jobs = 0;
  #awaited = 0;
  #own = 0;
  #cpu = process.cpuUsage();
  #requests: SentRequest[] = [];
  #last = { at: performance.now(), active: performance.eventLoopUtilization().active };

  constructor() {
    // https://undici.nodejs.org/#/docs/api/DiagnosticsChannel: what `fetch` sends, redirects included.
    const done = () => this.#change(() => (this.#awaited -= 1));
    subscribe("undici:request:create", (message) => {
      const { request } = message as { request: SentRequest };
      this.#requests.push({ method: request.method, path: request.path });
      this.#change(() => (this.#awaited += 1));
    });
    subscribe("undici:request:trailers", done);
    subscribe("undici:request:error", done);
  }

  jobBegins(): void {
    this.#change(() => (this.#jobs += 1));
  }

  jobEnds(): void {
    this.#change(() => (this.#jobs -= 1));
  }

  /** What came together since this was last asked. */
  take(): Measured {
    this.#change(() => {});
    const { user, system } = process.cpuUsage(this.#cpu);
    const measured = { ownMs: this.#own, cpuMs: (user + system) / 1_000, requests: this.#requests };
    this.#own = 0;
    this.#cpu = process.cpuUsage();
    this.#requests = [];
    return measured;
  }

  #change(change: () => void): void {
    const at = performance.now();
    const { active } = performance.eventLoopUtilization();
    const ours = this.#jobs > 0 && this.#awaited === 0;
    this.#own += ours ? at - this.#last.at : active - this.#last.active;
    this.#last = { at, active };
    change();
  }
}
