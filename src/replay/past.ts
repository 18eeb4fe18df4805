import { type JsonObject, type JsonValue, sameJson } from "../registry/json.ts";
import type { Bump, BumpFile } from "./bump.ts";
import { rebuiltEntry, versionOf } from "./rebuilt-entry.ts";

/** A record before and after a bump; null where it is not there. */
export interface FileStates {
  readonly path: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** The entries that the bump adds or rewrites, as they are after it. */
  readonly proposed: readonly JsonObject[];
}

interface Record {
  readonly head: JsonObject;
  readonly entries: readonly JsonObject[];
}

/**
 * Goes back from a registry's newest state, bump by bump, newest first. Between two bumps of a file there may have been
 * others that it says nothing of: what they added is told by the counts, and the rest stays as it is.
 */
export class Past {
  readonly #bumps: readonly (Bump | null)[];
  readonly #read: (path: string) => Promise<JsonObject | null>;
  readonly #states = new Map<string, Record | null>();

  /** `read` gives a record of the newest state. */
  constructor(bumps: readonly (Bump | null)[], read: (path: string) => Promise<JsonObject | null>) {
    this.#bumps = bumps;
    this.#read = read;
  }

  /** The states around the bump at this index; to be asked for each bump once, in the order of the list. */
  async undo(index: number): Promise<readonly FileStates[]> {
    const states: FileStates[] = [];
    for (const file of this.#bumps[index]?.files ?? []) {
      const known = this.#states.get(file.path);
      const later = known === undefined ? recordOf(await this.#read(file.path)) : known;
      const { before, after, proposed } = this.#around(index, file, later);
      this.#states.set(file.path, before);
      states.push({ path: file.path, before: textOf(before), after: textOf(after), proposed });
    }
    return states;
  }

  #around(index: number, file: BumpFile, later: Record | null) {
    const head = headOf(file, later);
    const { kept, places } = withProposed(file, later?.entries ?? []);
    const removed = file.removed.map((version) => this.#removed(index, { file, version, entries: kept }));
    const after = trimmed(file, { kept: kept.filter((entry) => !removed.includes(entry)), places });
    const before = after.flatMap((entry) => (places.has(entry) ? (places.get(entry) ?? []) : [entry]));
    before.unshift(...removed);
    const [example] = [...file.added, ...file.changed.map((pair) => pair.after)];
    // A record that had versions of which nothing is known has one that stands for them.
    if (before.length === 0 && (file.had ?? 0) > 0) {
      before.push(rebuiltEntry(file.path, { version: placeholder(file.path, file.added), like: example }));
      after.push(...before);
    }
    return {
      before: file.status === "A" ? null : { head, entries: before },
      after: file.status === "D" ? null : { head, entries: after },
      proposed: after.filter((entry) => places.has(entry)),
    };
  }

  /** From a later state that has it again, or an older bump that brought it, or else made after its neighbour. */
  #removed(
    index: number,
    { file, version, entries }: { file: BumpFile; version: string; entries: readonly JsonObject[] },
  ): JsonObject {
    const proposed = new Set([...file.added, ...file.changed.map((pair) => pair.after)]);
    const again = entries.find((entry) => versionOf(entry) === version && !proposed.has(entry));
    if (again !== undefined) return again;
    for (const bump of this.#bumps.slice(index + 1)) {
      const older = bump?.files.find(({ path }) => path === file.path);
      const found = [...(older?.added ?? []), ...(older?.changed ?? []).map((pair) => pair.after)].find(
        (entry) => versionOf(entry) === version,
      );
      if (found !== undefined) return found;
    }
    const [neighbour = entries[0]] = file.changed.map((pair) => pair.before);
    return rebuiltEntry(file.path, { version, like: entries[0] ?? neighbour });
  }
}

/** The entries after the bump, and for those that it proposes what stood there before: nothing, or the old form. */
function withProposed(file: BumpFile, entries: readonly JsonObject[]) {
  const kept = [...entries];
  const places = new Map<JsonObject, readonly JsonObject[]>();
  const fresh: JsonObject[] = [];
  const put = (entry: JsonObject, before: readonly JsonObject[]) => {
    const free = (other: JsonObject) => !places.has(other);
    const equal = kept.findIndex((other) => free(other) && sameJson(other as JsonValue, entry as JsonValue));
    const named = kept.findIndex((other) => free(other) && versionOf(other) === versionOf(entry));
    const place = equal === -1 ? named : equal;
    if (place === -1) fresh.push(entry);
    else kept[place] = entry;
    places.set(entry, before);
  };
  for (const entry of file.added) put(entry, []);
  for (const { before, after } of file.changed) put(after, [before]);
  return { kept: [...fresh, ...kept], places };
}

/** Without the newest of what has come later still, as far as the counts tell. */
function trimmed(
  { has, had }: BumpFile,
  { kept, places }: { kept: readonly JsonObject[]; places: ReadonlyMap<JsonObject, unknown> },
): JsonObject[] {
  const others = kept.filter((entry) => !places.has(entry));
  const least = (had ?? 0) > 0 ? 1 : 0;
  const spare = Math.min(kept.length - (has ?? kept.length), others.length - least);
  if (spare <= 0) return [...kept];
  const newest = new Set(others.toSorted(newestFirst).slice(0, spare));
  return kept.filter((entry) => !newest.has(entry));
}

const byNumbers = new Intl.Collator("en", { numeric: true });
const newestFirst = (a: JsonObject, b: JsonObject): number =>
  byNumbers.compare(versionOf(b).replace(/^v/, ""), versionOf(a).replace(/^v/, ""));

function recordOf(value: JsonObject | null): Record | null {
  if (value === null) return null;
  const { versions, ...head } = value;
  return { head, entries: (Array.isArray(versions) ? versions : []) as readonly JsonObject[] };
}

function headOf({ repository }: BumpFile, later: Record | null): JsonObject {
  return {
    ...(repository === null ? {} : { repository }),
    ...later?.head,
    ...(repository === null ? {} : { repository }),
  };
}

const textOf = (record: Record | null): JsonObject | null =>
  record === null ? null : { ...record.head, versions: record.entries };

/** A version that nothing else has. */
function placeholder(path: string, added: readonly JsonObject[]): string {
  const version = path.startsWith("modules/") ? "v0.0.1" : "0.0.1";
  return added.some((entry) => versionOf(entry) === version) ? version.replace("0.0.1", "0.0.2") : version;
}
