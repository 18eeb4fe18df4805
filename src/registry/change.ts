import type { Address, Layout } from "./address.ts";
import { type JsonObject, type JsonValue, sameJson } from "./json.ts";
import { parseRecord, type RecordEntry, type RegistryRecord } from "./record.ts";
import { roleOf } from "./tree.ts";

/** One touched file with its text before and after; null where it is not there. */
export interface TouchedFile {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Git's mode after the change; null when the file is removed. */
  readonly mode: string | null;
}

export interface AlteredEntry {
  readonly before: RecordEntry;
  readonly after: RecordEntry;
}

/** What a change does to one record, by version. */
export interface RecordChange {
  readonly path: string;
  readonly address: Address;
  readonly before: RegistryRecord | null;
  readonly after: RegistryRecord | null;
  /** Git's mode after the change; null when the record is removed. */
  readonly mode: string | null;
  readonly added: readonly RecordEntry[];
  readonly removed: readonly RecordEntry[];
  readonly altered: readonly AlteredEntry[];
  /** Fields outside `versions[]` that differ. */
  readonly head: readonly HeadDifference[];
}

/** A field that is not there is null here; it still differs from one that holds null. */
export interface HeadDifference {
  readonly field: string;
  readonly before: JsonValue | null;
  readonly after: JsonValue | null;
}

/** What a pull request does to the tree. */
export interface Change {
  readonly records: readonly RecordChange[];
  readonly keys: readonly TouchedFile[];
  readonly configuration: TouchedFile | null;
  /** Below a registry folder but in no place of the layout. */
  readonly misplaced: readonly TouchedFile[];
  readonly others: readonly TouchedFile[];
}

/** Compares two trees, given the files in which they differ. */
export function compareTrees(files: readonly TouchedFile[], layout: Layout): Change {
  const records: RecordChange[] = [];
  const keys: TouchedFile[] = [];
  const misplaced: TouchedFile[] = [];
  const others: TouchedFile[] = [];
  let configuration: TouchedFile | null = null;
  for (const file of files) {
    const role = roleOf(file.path, layout);
    switch (role.kind) {
      case "record":
        records.push(compareRecords(file, role.address));
        break;
      case "key":
        keys.push(file);
        break;
      case "configuration":
        configuration = file;
        break;
      case "misplaced":
        misplaced.push(file);
        break;
      case "other":
        others.push(file);
        break;
    }
  }
  return { records, keys, configuration, misplaced, others };
}

function compareRecords(file: TouchedFile, address: Address): RecordChange {
  const read = (text: string | null) => (text === null ? null : parseRecord({ path: file.path, address, text }));
  const before = read(file.before);
  const after = read(file.after);
  const old = groupByVersion(before?.entries ?? []);
  const added: RecordEntry[] = [];
  const altered: AlteredEntry[] = [];
  // Where versions repeat, an entry continues an equal one before any other.
  const fresh = (after?.entries ?? []).filter((entry) => takeEqual(old, entry) === undefined);
  for (const entry of fresh) {
    const counterpart = old.get(entry.version)?.shift();
    if (counterpart === undefined) added.push(entry);
    else altered.push({ before: counterpart, after: entry });
  }
  const removed = [...old.values()].flat();
  const head = headDifferences(before?.rawHead ?? {}, after?.rawHead ?? {});
  return { path: file.path, address, before, after, mode: file.mode, added, removed, altered, head };
}

/** The fields of two heads that differ; names that every object inherits are names like any other. */
export function headDifferences(before: JsonObject, after: JsonObject): readonly HeadDifference[] {
  const at = (head: JsonObject, field: string) => (Object.hasOwn(head, field) ? head[field] : undefined);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !sameJson(at(before, field), at(after, field)))
    .map((field) => ({ field, before: at(before, field) ?? null, after: at(after, field) ?? null }));
}

function groupByVersion(entries: readonly RecordEntry[]): Map<string, RecordEntry[]> {
  const groups = new Map<string, RecordEntry[]>();
  for (const entry of entries) groups.set(entry.version, [...(groups.get(entry.version) ?? []), entry]);
  return groups;
}

function takeEqual(old: Map<string, RecordEntry[]>, entry: RecordEntry): RecordEntry | undefined {
  const group = old.get(entry.version) ?? [];
  const equal = group.findIndex((candidate) => sameJson(candidate.raw, entry.raw));
  return equal === -1 ? undefined : group.splice(equal, 1)[0];
}

/** A record's entries after a change has been applied by version to the tip of the base, and what did not fit. */
export interface AppliedChange {
  readonly entries: readonly RecordEntry[];
  /** Added versions that the tip has in the meantime, and altered or removed ones that it no longer has as they were. */
  readonly conflicts: readonly { readonly version: string; readonly reason: "already-there" | "not-as-before" }[];
}

/**
 * The result of applying a change by version to the record as the base's tip has it; never a text merge, since two
 * clean text merges can add one version twice.
 */
export function applyChange(change: RecordChange, tip: RegistryRecord | null): AppliedChange {
  const entries: RecordEntry[] = [...(tip?.entries ?? [])];
  const conflicts: { version: string; reason: "already-there" | "not-as-before" }[] = [];
  const had = new Set(entries.map((entry) => entry.version));
  const indexOfEqual = (wanted: RecordEntry) =>
    entries.findIndex((entry) => entry.version === wanted.version && sameJson(entry.raw, wanted.raw));
  for (const entry of change.removed) {
    const index = indexOfEqual(entry);
    if (index === -1) conflicts.push({ version: entry.version, reason: "not-as-before" });
    else entries.splice(index, 1);
  }
  for (const { before, after } of change.altered) {
    const index = indexOfEqual(before);
    if (index === -1) conflicts.push({ version: before.version, reason: "not-as-before" });
    else entries.splice(index, 1, after);
  }
  for (const entry of change.added) {
    if (had.has(entry.version)) conflicts.push({ version: entry.version, reason: "already-there" });
  }
  return { entries: [...change.added, ...entries], conflicts };
}
