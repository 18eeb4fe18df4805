import { setImmediate } from "node:timers/promises";

/** Longest stretch of synchronous work, in milliseconds, before others get a turn: the same process answers requests. */
const longest = 10;

/** Makes a loop of synchronous work share the process. */
export class Pace {
  #since = performance.now();

  /** Call between two steps. */
  async rest(): Promise<void> {
    if (performance.now() - this.#since < longest) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
