import { isObject, type JsonValue } from "../registry/json.ts";
import type { Waiver } from "./waiver.ts";

/** That merging a pull request was stopped, or that it goes on again. */
export interface Stop {
  readonly stopped: boolean;
  readonly by: { readonly id: number; readonly login: string };
  /** The right by which it was done: what a maintainer has stopped, no owner lets go on. */
  readonly as: "maintainer" | "owner";
  /** The comment that asked for it: what is older is history. */
  readonly comment: number;
}

/** As it stands in a check run, where only the app can write: base64url, so that no text of anybody ends it. */
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(text: string): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Empty where there are none. */
export const keepWaivers = (waivers: readonly Waiver[]): string => (waivers.length === 0 ? "" : encode({ waivers }));

/** What cannot be read lifts nothing. */
export function keptWaivers(text: string): readonly Waiver[] {
  const kept = text === "" ? undefined : decode(text);
  if (!isObject(kept) || !Array.isArray(kept.waivers)) return [];
  return kept.waivers.flatMap((value: JsonValue) => waiverOf(value) ?? []);
}

function waiverOf(value: JsonValue): Waiver | undefined {
  if (!isObject(value)) return undefined;
  const { rule, headSha, objections, because } = value;
  const by = personOf(value.by);
  const texts = typeof rule === "string" && typeof headSha === "string" && typeof objections === "string";
  if (!texts || typeof because !== "string" || by === undefined) return undefined;
  return { rule, headSha, objections, because, by };
}

export const keepStop = (stop: Stop): string => encode(stop);

/** What cannot be read stops: nobody knows what it said. */
export function keptStop(text: string): Stop {
  const kept = decode(text);
  const by = isObject(kept) ? personOf(kept.by) : undefined;
  if (!isObject(kept) || by === undefined || typeof kept.stopped !== "boolean") return unreadable;
  if (typeof kept.comment !== "number" || (kept.as !== "maintainer" && kept.as !== "owner")) return unreadable;
  return { stopped: kept.stopped, by, as: kept.as, comment: kept.comment };
}

const unreadable: Stop = { stopped: true, by: { id: 0, login: "somebody" }, as: "maintainer", comment: 0 };

function personOf(value: JsonValue | undefined): Waiver["by"] | undefined {
  if (!isObject(value) || typeof value.id !== "number" || typeof value.login !== "string") return undefined;
  return { id: value.id, login: value.login };
}
