import { setTimeout as sleep } from "node:timers/promises";
import type { RunningRegistrar } from "../app/start.ts";
import type { Sandbox } from "../sandbox/index.ts";
import { pollUntil } from "./poll.ts";

/** Both sides of a stage. */
interface Working {
  readonly registrar: Pick<RunningRegistrar, "pending">;
  readonly sandbox: Pick<Sandbox, "idle">;
}

/**
 * Resolves when neither Registrar nor the local GitHub has anything left to do. Asked twice in a row: what an event asks
 * for may begin between the two questions.
 */
export async function rest({ registrar, sandbox }: Working): Promise<void> {
  for (let calm = 0; calm < 2; ) {
    await pollUntil("the end of all work", () => registrar.pending() === 0, { everyMs: 10 });
    await sandbox.idle();
    await sleep(10);
    calm = registrar.pending() === 0 ? calm + 1 : 0;
  }
}
