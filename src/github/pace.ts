import { setTimeout as sleep } from "node:timers/promises";
import { RegistrarError } from "../registry/errors.ts";

/** GitHub asks for a second between writes, one at a time (docs.github.com/rest/using-the-rest-api/best-practices). */
export const githubSpacingMs = 1_000;
/** A limit that ends sooner is waited for; a longer one puts the job back into the queue. */
const longestWaitMs = 5_000;

/** Keeps the requests of one credential within GitHub's manners. */
export interface Pace {
  read<T>(request: () => Promise<T>): Promise<T>;
  /** One at a time, each so long after the answer to the last as GitHub asks for. */
  write<T>(request: () => Promise<T>): Promise<T>;
  /** Nothing more is sent before this moment: going on while limited may get an app banned. */
  pauseUntil(time: Date): void;
}

export function createPace(spacingMs: number = githubSpacingMs): Pace {
  let pausedUntil = 0;
  let nextWrite = 0;
  let lane: Promise<unknown> = Promise.resolve();

  async function waitForLimit(): Promise<void> {
    // While one limit is waited for, another request may meet a longer one.
    for (let ms = pausedUntil - Date.now(); ms > 0; ms = pausedUntil - Date.now()) {
      if (ms > longestWaitMs) {
        const retryAt = new Date(pausedUntil);
        const said = `GitHub's rate limit ends at ${retryAt.toISOString()}; until then nothing is asked.`;
        throw new RegistrarError("github-rate-limited", said, { retryAt });
      }
      await sleep(ms);
    }
  }

  async function writeNow<T>(request: () => Promise<T>): Promise<T> {
    const ms = nextWrite - Date.now();
    if (ms > 0) await sleep(ms);
    // Last, since a limit may begin while the turn is waited for.
    await waitForLimit();
    try {
      return await request();
    } finally {
      nextWrite = Date.now() + spacingMs;
    }
  }

  return {
    read: async (request) => {
      await waitForLimit();
      return request();
    },
    write: (request) => {
      const run = lane.then(() => writeNow(request));
      lane = run.catch(() => undefined);
      return run;
    },
    pauseUntil: (time) => {
      pausedUntil = Math.max(pausedUntil, time.getTime());
    },
  };
}
