import { setTimeout as sleep } from "node:timers/promises";
import { RegistrarError } from "../registry/errors.ts";

/** Asks until the answer is there (anything but undefined, null and false). Throws after `timeoutMs`. */
export async function pollUntil<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 40 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false)
      return answer as Exclude<T, undefined | null | false>;
    await sleep(everyMs);
  }
  throw new RegistrarError(
    "sandbox-missing",
    `Waited ${timeoutMs / 1000} s in vain: ${what}. The sandbox's log says more.`,
  );
}
