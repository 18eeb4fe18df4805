import type { LagWish } from "../lag.ts";
import type { WebhookFaults } from "../webhooks/webhook-faults.ts";
import { type Resource, SECONDARY } from "./limits.ts";

export interface Fault {
  readonly method?: string;
  /** Matched against the path as the client wrote it: `/api/v3/repos/…`, or a page, a download, a git address. */
  readonly path: RegExp;
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly times?: number;
  readonly delayMs?: number;
  readonly dropConnection?: boolean;
  /** GitHub does what it was asked, and only its answer is this one, or lost. For the REST API and GraphQL. */
  readonly afterwards?: boolean;
}

export interface SecondaryLimit {
  readonly method?: string;
  readonly path: RegExp;
  /** Seconds, default 60; null: GitHub does not say. */
  readonly retryAfter?: number | null;
  /** GitHub uses both; default 403. */
  readonly status?: 403 | 429;
  readonly times?: number;
}

export interface Exhaustion {
  /** Who has nothing left: an account, or `anonymous`. */
  readonly login: string;
  /** Default: the REST API's. */
  readonly resource?: Resource;
  /** Until the next hour begins for it. Default 60. */
  readonly seconds?: number;
  readonly status?: 403 | 429;
}

export interface GraphqlFault {
  /** `owner/name`: null in the answer wherever it is asked for. */
  readonly repository: string;
  /** Of the entry in `errors`; null: there is none, as in some partial answers. */
  readonly type: string | null;
  readonly message?: string;
  /** Default 1. */
  readonly times?: number;
}

/** What can go wrong at GitHub. Faults of one kind are met in the order in which they were added. */
export interface Faults {
  add(fault: Fault): void;
  /** Once: runs before the next matching request is handled. */
  before(match: { readonly method?: string; readonly path: RegExp }, work: () => Promise<unknown>): void;
  secondaryLimit(limit: SecondaryLimit): void;
  exhaust(exhaustion: Exhaustion): void;
  /** Readers see a repository as it was some time ago. */
  lag(wish: LagWish): void;
  graphql(fault: GraphqlFault): void;
  webhooks(faults: WebhookFaults): void;
}

interface Planned {
  readonly fault: Fault;
  left: number;
}

/** The parts that are not about requests as such. */
type Elsewhere = Pick<Faults, "exhaust" | "lag" | "graphql" | "webhooks">;

export class FaultList implements Faults {
  readonly #planned: Planned[] = [];
  readonly #before: { match: { method?: string; path: RegExp }; work: () => Promise<unknown> }[] = [];
  readonly exhaust: Faults["exhaust"];
  readonly lag: Faults["lag"];
  readonly graphql: Faults["graphql"];
  readonly webhooks: Faults["webhooks"];

  constructor({ exhaust, lag, graphql, webhooks }: Elsewhere) {
    this.exhaust = exhaust;
    this.lag = lag;
    this.graphql = graphql;
    this.webhooks = webhooks;
  }

  add(fault: Fault): void {
    if (fault.afterwards === true && fault.status === undefined && fault.dropConnection !== true) {
      throw new Error('A fault "afterwards" needs a status or dropConnection: what does the client hear?');
    }
    this.#planned.push({ fault, left: fault.times ?? 1 });
  }

  before(match: { method?: string; path: RegExp }, work: () => Promise<unknown>): void {
    this.#before.push({ match, work });
  }

  secondaryLimit({ retryAfter = 60, status = 403, ...match }: SecondaryLimit): void {
    const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": String(retryAfter) };
    this.add({ ...match, status, message: `${SECONDARY}.`, headers });
  }

  /** Runs what was to happen before such a request, and takes the fault that it meets. */
  async meet(method: string, path: string): Promise<Fault | null> {
    const index = this.#before.findIndex(({ match }) => fits(match, method, path));
    const [first] = index < 0 ? [] : this.#before.splice(index, 1);
    await first?.work();
    const planned = this.#planned.find(({ fault, left }) => left > 0 && fits(fault, method, path));
    if (planned === undefined) return null;
    planned.left -= 1;
    if (planned.left === 0) this.#planned.splice(this.#planned.indexOf(planned), 1);
    return planned.fault;
  }
}

function fits(wanted: { readonly method?: string; readonly path: RegExp }, method: string, path: string): boolean {
  return (wanted.method === undefined || wanted.method === method) && path.search(wanted.path) >= 0;
}
