import { isObject, type JsonObject, type JsonValue, parseStrictJson, sameJson } from "./json.ts";

/** One file's text at three moments; null where it is not there. */
export interface ThreeTexts {
  /** Before the change that is to be undone, after it, and now. */
  readonly before: string | null;
  readonly after: string | null;
  readonly tip: string | null;
}

/** What is left of a file without a change: as it is now, as it was before, or another text. */
export type Undone =
  | { readonly kind: "tip" }
  | { readonly kind: "before" }
  | { readonly kind: "text"; readonly text: string };

/**
 * Takes one change back and leaves everything that came later: of a record by version and by field of its head, of every
 * other file as a whole. What has been changed again since is judged by itself, so it stays. Total: what cannot be read
 * by version is as it was before.
 */
export function undoChange({ before, after, tip }: ThreeTexts, { isRecord }: { readonly isRecord: boolean }): Undone {
  if (before === after || tip === before) return { kind: "tip" };
  if (tip === after) return { kind: "before" };
  if (!isRecord || tip === null) return { kind: "tip" };
  const [old, changed, now] = [read(before), read(after), read(tip)];
  // What nobody could read was mended since, and then every version of it was judged.
  if (after !== null && changed === null && now !== null) return { kind: "tip" };
  if (before === null || old === null || now === null) return { kind: "before" };
  const text = print(withoutChange({ old, changed: changed ?? {}, now }));
  return text === print(now) ? { kind: "tip" } : { kind: "text", text };
}

const print = (value: JsonObject): string => `${JSON.stringify(value, null, 2)}\n`;

function read(text: string | null): JsonObject | null {
  const parsed = text === null ? null : parseStrictJson(text);
  return parsed?.ok === true && isObject(parsed.value) ? parsed.value : null;
}

interface ThreeRecords {
  readonly old: JsonObject;
  readonly changed: JsonObject;
  readonly now: JsonObject;
}

function withoutChange({ old, changed, now }: ThreeRecords): JsonObject {
  const head = new Map(Object.entries(now).filter(([field]) => field !== "versions"));
  for (const field of new Set([...Object.keys(old), ...Object.keys(changed)])) {
    if (field === "versions" || isSame(old[field], changed[field]) || !isSame(now[field], changed[field])) continue;
    const value = old[field];
    if (value === undefined) head.delete(field);
    else head.set(field, value);
  }
  return { ...Object.fromEntries(head), versions: versionsWithout({ old, changed, now }) };
}

/** Entry by entry: two of one version are two, and what came beside the change stays. */
function versionsWithout({ old, changed, now }: ThreeRecords): readonly JsonValue[] {
  const added = without(entriesOf(changed), entriesOf(old));
  const removed = without(entriesOf(old), entriesOf(changed));
  const kept = without(entriesOf(now), added);
  const versions = new Set(kept.map(versionText));
  // What has been put in its place since was judged by itself.
  return [...kept, ...removed.filter((entry) => !versions.has(versionText(entry)))];
}

const entriesOf = ({ versions }: JsonObject): readonly JsonValue[] => (Array.isArray(versions) ? versions : []);

/** The entries of one list that another does not have, each counted as often as it is there. */
function without(list: readonly JsonValue[], others: readonly JsonValue[]): readonly JsonValue[] {
  const left = [...others];
  return list.filter((entry) => {
    const at = left.findIndex((other) => sameJson(entry, other));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const versionText = (entry: JsonValue): string => JSON.stringify(isObject(entry) ? (entry.version ?? null) : entry);

const isSame = (a: JsonValue | undefined, b: JsonValue | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameJson(a, b);
