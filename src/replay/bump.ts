import { isObject, type JsonObject, type JsonValue } from "../registry/json.ts";

/** What one real commit did to one record. The counts are of versions. */
export interface BumpFile {
  readonly path: string;
  /** `A`: the record came into being; `D`: it went; all else is a change of one that stays. */
  readonly status: string;
  /** As the record named it; null where it names none. */
  readonly repository: string | null;
  readonly had: number | null;
  readonly has: number | null;
  readonly added: readonly JsonObject[];
  /** Version texts. */
  readonly removed: readonly string[];
  readonly changed: readonly { readonly before: JsonObject; readonly after: JsonObject }[];
}

/** One real commit that changed versions of records. */
export interface Bump {
  readonly commit: string;
  /** ISO 8601; null where it says none that is a moment. */
  readonly date: string | null;
  readonly files: readonly BumpFile[];
}

export type ReadLine =
  | { readonly kind: "bump"; readonly bump: Bump }
  | { readonly kind: "unreadable"; readonly commit: string; readonly problem: string };

/** Reads one line of a file of bumps. What the entries hold is not judged here: that is what is played. */
export function readBump(text: string): ReadLine {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "unreadable", commit: "", problem: "The line is not JSON." };
  }
  const commit = isObject(value) && typeof value.commit === "string" ? value.commit : "";
  const unreadable = (problem: string): ReadLine => ({ kind: "unreadable", commit, problem });
  if (!isObject(value) || !Array.isArray(value.files)) return unreadable('The line is no object with "files".');
  const files: BumpFile[] = [];
  for (const [index, item] of value.files.entries()) {
    const file = readFile(item);
    if (file === null) {
      return unreadable(`files[${index}] needs "path" and lists "added", "removed" and "changed" of the right form.`);
    }
    if (files.some(({ path }) => path === file.path)) return unreadable(`files[${index}] names a path twice.`);
    files.push(file);
  }
  const date = typeof value.date === "string" && Number.isFinite(Date.parse(value.date)) ? value.date : null;
  return { kind: "bump", bump: { commit, date, files } };
}

function readFile(value: JsonValue): BumpFile | null {
  if (!isObject(value) || typeof value.path !== "string") return null;
  const { path, status, repository, had, has } = value;
  const lists = [value.added ?? [], value.removed ?? [], value.changed ?? []];
  if (!lists.every((list) => Array.isArray(list))) return null;
  const [added = [], removed = [], changed = []] = lists as readonly (readonly JsonValue[])[];
  const pairs = changed.flatMap((pair) =>
    isObject(pair) && isObject(pair.before) && isObject(pair.after) ? [{ before: pair.before, after: pair.after }] : [],
  );
  const whole = pairs.length === changed.length && added.every(isObject);
  if (!whole || !removed.every((one) => typeof one === "string")) return null;
  return {
    path,
    status: typeof status === "string" ? status : "M",
    repository: typeof repository === "string" ? repository : null,
    had: countOf(had),
    has: countOf(has),
    added: added.filter(isObject),
    removed: removed.filter((one) => typeof one === "string"),
    changed: pairs,
  };
}

const countOf = (value: JsonValue | undefined): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
