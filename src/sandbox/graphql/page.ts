import type { Body } from "../http/body.ts";
import { FieldError } from "./problem.ts";
import { type Page, type TypeName, type Value, value } from "./sources.ts";

/** What a connection lists: in the order of `sort`, equal ones in the order of `id`. Both compare as text. */
export interface Listed<T extends TypeName> {
  readonly sort: string;
  readonly id: string;
  readonly source: Value<T>["source"];
}

export const PAGE_ARGUMENTS = ["first", "last", "after", "before"] as const;

export function takePage<T extends TypeName>(
  type: T,
  listed: readonly Listed<T>[],
  { args, direction = "ASC" }: { args: Body; direction?: string | undefined },
): Page<T> {
  const sign = direction === "DESC" ? -1 : 1;
  const compare = (a: Position, b: Position) => sign * (compareText(a.sort, b.sort) || compareText(a.id, b.id));
  const sorted = [...listed].sort(compare);
  const [after, before] = [cursorOf(args, "after"), cursorOf(args, "before")];
  // A cursor is a place, not an item: what came or went in between moves nothing.
  const between = sorted.filter(
    (one) => (after === null || compare(one, after) > 0) && (before === null || compare(one, before) < 0),
  );
  const [first, last] = [args.number("first"), args.number("last")];
  const head = first === undefined ? between : between.slice(0, first);
  const shown = last === undefined ? head : head.slice(Math.max(0, head.length - last));
  return {
    total: listed.length,
    items: shown.map((one) => ({ cursor: renderCursor(one), value: value(type, one.source) })),
    hasPrevious: last === undefined ? after !== null && between.length < sorted.length : shown.length < head.length,
    hasNext: first === undefined ? before !== null && between.length < sorted.length : head.length < between.length,
  };
}

interface Position {
  readonly sort: string;
  readonly id: string;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const MARK = "cursor:v2:";

function renderCursor({ sort, id }: Position): string {
  return Buffer.from(`${MARK}${JSON.stringify([sort, id])}`).toString("base64");
}

function cursorOf(args: Body, name: "after" | "before"): Position | null {
  const text = args.text(name);
  if (text === undefined) return null;
  const plain = Buffer.from(text, "base64").toString();
  try {
    const parts: unknown = plain.startsWith(MARK) ? JSON.parse(plain.slice(MARK.length)) : null;
    if (Array.isArray(parts) && parts.length === 2) return { sort: String(parts[0]), id: String(parts[1]) };
  } catch {
    // Said below.
  }
  throw new FieldError("INVALID_CURSOR_ARGUMENTS", `\`${text}\` does not appear to be a valid cursor.`);
}
