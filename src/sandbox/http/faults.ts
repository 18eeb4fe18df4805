import type { WebhookFaults } from "../webhooks/webhooks.ts";

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
}

export interface Faults {
  add(fault: Fault): void;
  /** Once: runs before the next matching request is handled. */
  before(match: { readonly method?: string; readonly path: RegExp }, work: () => Promise<unknown>): void;
  webhooks(faults: WebhookFaults): void;
}

interface Planned {
  readonly fault: Fault;
  left: number;
}

export class FaultList implements Faults {
  readonly #planned: Planned[] = [];
  readonly #before: { match: { method?: string; path: RegExp }; work: () => Promise<unknown> }[] = [];
  readonly #webhooks: Required<WebhookFaults>;

  constructor(webhooks: Required<WebhookFaults>) {
    this.#webhooks = webhooks;
  }

  add(fault: Fault): void {
    this.#planned.push({ fault, left: fault.times ?? 1 });
  }

  before(match: { method?: string; path: RegExp }, work: () => Promise<unknown>): void {
    this.#before.push({ match, work });
  }

  webhooks(faults: WebhookFaults): void {
    Object.assign(this.#webhooks, faults);
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
