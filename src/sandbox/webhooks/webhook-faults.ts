export interface WebhookFaults {
  /** Which events the others speak of, such as `release`; default: all. */
  events?: readonly string[] | null;
  /** The next n events are lost without a trace. */
  drop?: number;
  /** The next n events are delivered twice, with the same id. */
  duplicate?: number;
  /** The next n attempts do not reach the app; GitHub's list of deliveries shows them as failed. */
  fail?: number;
  /** Every delivery from now on is this late. */
  delayMs?: number;
  /** The next n events wait for one another, two seconds at most, and arrive one by one, the last first. */
  reorder?: number;
}

/** The longest that held events wait for the others. */
export const HELD_MS = 2000;

/** Events that wait to be delivered the other way round. */
export class HeldDeliveries {
  #held: (() => Promise<void>)[] = [];
  #released: PromiseWithResolvers<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** Resolves when all that were held have been delivered. */
  hold(deliver: () => Promise<void>): Promise<void> {
    this.#held.push(deliver);
    this.#released ??= Promise.withResolvers();
    this.#timer ??= setTimeout(() => this.release(), HELD_MS);
    return this.#released.promise;
  }

  release(): void {
    const [held, released] = [this.#held.reverse(), this.#released];
    if (this.#timer !== null) clearTimeout(this.#timer);
    [this.#held, this.#released, this.#timer] = [[], null, null];
    void deliverAll(held).then(() => released?.resolve());
  }
}

async function deliverAll(deliveries: readonly (() => Promise<void>)[]): Promise<void> {
  for (const deliver of deliveries) await deliver();
}
