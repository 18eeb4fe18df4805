import { randomUUID } from "node:crypto";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { type Job, jobKey, sameJob } from "./job.ts";
import type { DeadJob, JobHandler, JobQueue, SendOptions, SendResult } from "./queue.ts";

export interface MemoryQueueOptions {
  readonly handler: JobHandler;
  readonly onEvent: (event: QueueEvent) => void;
  /** Pauses before further tries, in milliseconds; after the last one a job is dead. */
  readonly pausesMs?: readonly number[];
  readonly concurrency?: number;
}

export type QueueEvent =
  | {
      readonly kind: "started" | "done" | "again";
      readonly job: Job;
      readonly correlation: string;
      readonly at?: string;
    }
  | {
      readonly kind: "failed" | "dead";
      readonly job: Job;
      readonly correlation: string;
      readonly error: string;
      readonly at?: string;
    };

interface Waiting {
  readonly id: string;
  readonly job: Job;
  readonly at: number;
  readonly attempt: number;
}

const defaultPauses: readonly number[] = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
/** How often "not yet" is believed before the job rests; somebody's event wakes it again. */
const mostLooks = 200;
const rememberedIds = 10_000;
/** Timers cannot wait longer (2^31 - 1 ms). */
const longestTimer = 2_000_000_000;

/**
 * A queue in memory: jobs of one key one after the other, others side by side; failures are tried again with growing
 * pauses; the dead stay visible. What it holds is lost with the process, which a look at GitHub makes good again.
 */
export class MemoryQueue implements JobQueue {
  readonly #options: MemoryQueueOptions;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #ids = new Map<string, "alive" | "dead">();
  readonly #looks = new Map<string, number>();
  readonly #dead: DeadJob[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: MemoryQueueOptions) {
    this.#options = options;
  }

  get dead(): readonly DeadJob[] {
    return this.#dead;
  }

  /** Jobs that wait or run now. */
  get size(): number {
    return this.#waiting.length + this.#running.size;
  }

  async send(job: Job, options: SendOptions = {}): Promise<SendResult> {
    const id = options.id ?? randomUUID();
    if (this.#stopped) throw new RegistrarError("bad-environment", "The queue has stopped; send the job again later.");
    if (this.#ids.get(id) === "alive") return "duplicate";
    this.#remember(id, "alive");
    const at = options.at?.getTime() ?? Date.now();
    const twin = this.#waiting.findIndex((waiting) => sameJob(waiting.job, job));
    const known = this.#waiting[twin];
    // The earlier of two equal jobs is enough: whoever works on it reads everything afresh.
    if (known !== undefined && known.at <= at) return "duplicate";
    if (known !== undefined) this.#waiting.splice(twin, 1);
    this.#waiting.push({ id, job, at, attempt: 1 });
    this.#run();
    return "queued";
  }

  /** Takes no more work, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#running.values());
  }

  #run(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const now = Date.now();
    for (const next of this.#waiting.filter((waiting) => waiting.at <= now)) {
      const key = jobKey(next.job);
      if (this.#running.has(key) || this.#running.size >= (this.#options.concurrency ?? 4)) continue;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      const work = this.#work(next).finally(() => {
        this.#running.delete(key);
        this.#run();
      });
      this.#running.set(key, work);
    }
    const nextAt = Math.min(...this.#waiting.map((waiting) => waiting.at).filter((at) => at > now));
    if (Number.isFinite(nextAt)) {
      this.#timer = setTimeout(() => this.#run(), Math.min(nextAt - now, longestTimer));
    }
  }

  async #work(waiting: Waiting): Promise<void> {
    const { job, attempt, id } = waiting;
    const correlation = id.slice(0, 8);
    this.#options.onEvent({ kind: "started", job, correlation });
    try {
      const result = await this.#options.handler(job, { attempt, correlation });
      if (result.lookAgain !== null) this.#lookAgain(waiting, result.lookAgain.at);
      else {
        this.#looks.delete(jobKey(job));
        this.#options.onEvent({ kind: "done", job, correlation });
      }
    } catch (error) {
      this.#failed(waiting, error);
    }
  }

  #lookAgain(waiting: Waiting, time: string | null): void {
    const key = jobKey(waiting.job);
    const looks = (this.#looks.get(key) ?? 0) + 1;
    this.#looks.set(key, looks);
    if (looks > mostLooks) return;
    const pauses = this.#pauses();
    const pause = pauses[Math.min(looks, pauses.length) - 1] ?? 0;
    const at = Math.max(time === null ? Date.now() + pause : Date.parse(time), Date.now() + 20);
    this.#options.onEvent({
      kind: "again",
      job: waiting.job,
      correlation: waiting.id.slice(0, 8),
      at: new Date(at).toISOString(),
    });
    if (!this.#waiting.some((other) => sameJob(other.job, waiting.job)))
      this.#waiting.push({ ...waiting, at, attempt: 1 });
  }

  #failed(waiting: Waiting, error: unknown): void {
    const { job, attempt, id } = waiting;
    const correlation = id.slice(0, 8);
    const message = errorMessage(error);
    const pause = this.#pauses()[attempt - 1];
    if (pause === undefined) {
      this.#remember(id, "dead");
      this.#dead.push({ job, error: message, attempts: attempt });
      this.#options.onEvent({ kind: "dead", job, correlation, error: message });
      return;
    }
    const named = error instanceof RegistrarError ? error.retryAt?.getTime() : undefined;
    const at = Math.max(Date.now() + pause, named ?? 0);
    this.#options.onEvent({ kind: "failed", job, correlation, error: message, at: new Date(at).toISOString() });
    this.#waiting.push({ ...waiting, at, attempt: attempt + 1 });
  }

  #remember(id: string, state: "alive" | "dead"): void {
    this.#ids.set(id, state);
    if (this.#ids.size > rememberedIds) this.#ids.delete(this.#ids.keys().next().value ?? "");
  }

  #pauses(): readonly number[] {
    return this.#options.pausesMs ?? defaultPauses;
  }
}
