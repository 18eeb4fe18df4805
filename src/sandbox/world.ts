import type { GitProgram } from "./git/program.ts";
import type { Gaps } from "./graphql/gaps.ts";
import type { Lag } from "./lag.ts";
import type { Lock } from "./lock.ts";
import type { Store } from "./store.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** What every part of the sandbox works on. */
export interface World {
  readonly folder: string;
  /** `http://127.0.0.1:PORT`, and the REST API below it, as on GitHub Enterprise Server. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly store: Store;
  readonly program: GitProgram;
  readonly webhooks: Webhooks;
  readonly lag: Lag;
  readonly gaps: Gaps;
  /** Changes of refs and pull requests of one repository network go one after the other. */
  readonly lock: Lock;
}

/** GitHub's times have no fractions of a second. */
export function time(date: Date = new Date()): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
