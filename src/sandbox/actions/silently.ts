import { AsyncLocalStorage } from "node:async_hooks";

const quiet = new AsyncLocalStorage<true>();

/** History that was there before anybody listened: what happens inside sends no webhooks. */
export function silently<T>(work: () => Promise<T>): Promise<T> {
  return quiet.run(true, work);
}

export function isSilent(): boolean {
  return quiet.getStore() === true;
}
