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
  /** How often "not yet" is believed before the job rests; somebody's event wakes it again. */
  readonly mostLooks?: number;
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
  /** Every delivery that asked for it: they live and die together. */
  readonly ids: readonly string[];
  readonly job: Job;
  readonly at: number;
  readonly attempt: number;
}

/** Jobs wait for GitHub nearly all their time; some slow ones must not keep the others waiting. */
const defaultConcurrency = 12;
const defaultPauses: readonly number[] = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];
const defaultLooks = 200;
const rememberedIds = 10_000;
const rememberedDead = 1_000;
/**
 * How often the time that a job names is believed as it is. What is put off again and again, say by a release that somebody
 * keeps changing, is looked at with growing pauses: each look costs requests that all others need as well.
 */
const believedLooks = 10;
/** Soonest that a job is looked at again, in milliseconds. */
const shortestPause = 20;
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
    const result = this.#wait({ ids: [id], job, at: options.at?.getTime() ?? Date.now(), attempt: 1 });
    this.#run();
    return result;
  }

  /** Takes no more work, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#running.values());
  }

  /** The earlier of two equal jobs is enough: whoever works on it reads everything afresh. */
  #wait(wanted: Waiting): SendResult {
    const index = this.#waiting.findIndex((waiting) => sameJob(waiting.job, wanted.job));
    const twin = this.#waiting[index];
    if (twin === undefined) {
      this.#waiting.push(wanted);
      return "queued";
    }
    const sooner = twin.at <= wanted.at ? twin : wanted;
    this.#waiting.splice(index, 1, { ...sooner, ids: [...twin.ids, ...wanted.ids] });
    return sooner === twin ? "duplicate" : "queued";
  }

  #run(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const now = Date.now();
    for (const next of this.#waiting.filter((waiting) => waiting.at <= now)) {
      const key = jobKey(next.job);
      if (this.#running.has(key) || this.#running.size >= (this.#options.concurrency ?? defaultConcurrency)) continue;
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
    const { job, attempt } = waiting;
    const correlation = correlationOf(waiting);
    this.#options.onEvent({ kind: "started", job, correlation });
    try {
      const result = await this.#options.handler(job, { attempt, correlation });
      if (result.lookAgain !== null) this.#lookAgain(waiting, result.lookAgain.at);
      else this.#done(waiting);
    } catch (error) {
      this.#failed(waiting, error);
    }
  }

  #done(waiting: Waiting): void {
    const { job } = waiting;
    this.#looks.delete(jobKey(job));
    this.#forgetDead(job);
    this.#options.onEvent({ kind: "done", job, correlation: correlationOf(waiting) });
  }

  #lookAgain(waiting: Waiting, time: string | null): void {
    const { job } = waiting;
    const key = jobKey(job);
    const looks = (this.#looks.get(key) ?? 0) + 1;
    const most = this.#options.mostLooks ?? defaultLooks;
    if (looks > most) {
      this.#looks.delete(key);
      this.#die(waiting, `It was not ready when looked at ${most} times; an event or a redelivery wakes it.`);
      return;
    }
    this.#looks.set(key, looks);
    const now = Date.now();
    const pauses = this.#pauses();
    const pause = pauses[Math.min(looks, pauses.length) - 1] ?? 0;
    const named = time === null ? Number.NaN : Date.parse(time);
    // A time may pass while a job writes what it found; one that keeps lying in the past is nobody's reason to hurry.
    const passed = named <= now && looks === 1;
    const soonest = now + Math.max(shortestPause, pauses[Math.min(looks - believedLooks, pauses.length) - 1] ?? 0);
    const at = Math.max(named > now || passed ? named : now + pause, soonest);
    const iso = new Date(at).toISOString();
    this.#options.onEvent({ kind: "again", job, correlation: correlationOf(waiting), at: iso });
    this.#wait({ ...waiting, at, attempt: 1 });
  }

  #failed(waiting: Waiting, error: unknown): void {
    const { job, attempt } = waiting;
    const message = errorMessage(error);
    const pause = this.#pauses()[attempt - 1];
    if (pause === undefined) {
      this.#die(waiting, message);
      return;
    }
    const named = error instanceof RegistrarError ? error.retryAt?.getTime() : undefined;
    const at = Math.max(Date.now() + pause, named ?? 0);
    const iso = new Date(at).toISOString();
    this.#options.onEvent({ kind: "failed", job, correlation: correlationOf(waiting), error: message, at: iso });
    this.#wait({ ...waiting, at, attempt: attempt + 1 });
  }

  #die(waiting: Waiting, error: string): void {
    const { ids, job, attempt } = waiting;
    for (const id of ids) this.#remember(id, "dead");
    this.#forgetDead(job);
    this.#dead.push({ job, error, attempts: attempt });
    if (this.#dead.length > rememberedDead) this.#dead.shift();
    this.#options.onEvent({ kind: "dead", job, correlation: correlationOf(waiting), error });
  }

  /** One entry for each piece of work, as long as it is not made good. */
  #forgetDead(job: Job): void {
    const index = this.#dead.findIndex((dead) => sameJob(dead.job, job));
    if (index >= 0) this.#dead.splice(index, 1);
  }

  #remember(id: string, state: "alive" | "dead"): void {
    this.#ids.set(id, state);
    if (this.#ids.size > rememberedIds) this.#ids.delete(this.#ids.keys().next().value ?? "");
  }

  #pauses(): readonly number[] {
    return this.#options.pausesMs ?? defaultPauses;
  }
}

const correlationOf = ({ ids }: Waiting): string => ids[0]?.slice(0, 8) ?? "";
