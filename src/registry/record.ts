import type { ErrorObject } from "ajv";
import type { Address } from "./address.ts";
import { escapePointer, isObject, type JsonObject, type JsonProblem, type JsonValue, parseStrictJson } from "./json.ts";
import { homeRepository, type NamespaceMapping } from "./namespaces.ts";
import { quoted } from "./plain-text.ts";
import {
  type Archive,
  describeError,
  knownKeys,
  type ModuleVersion,
  type ProviderVersion,
  type RecordHead,
  validates,
} from "./schema.ts";

/** A problem of a record's form, with the version that it is about where it is about one. */
export interface ShapeProblem extends JsonProblem {
  readonly version?: string;
}

interface EntryBase {
  /** Version text as written. */
  readonly version: string;
  readonly raw: JsonObject;
  readonly index: number;
}
/**
 * One entry of `versions[]`. `value` is there when the entry is usable: of a provider's entry the archives that are not
 * (no valid hash, say) are left out of it; they are among the record's problems.
 */
export interface ProviderEntry extends EntryBase {
  readonly value: ProviderVersion | undefined;
}
export interface ModuleEntry extends EntryBase {
  readonly value: ModuleVersion | undefined;
}
export type RecordEntry = ProviderEntry | ModuleEntry;

interface RecordBase {
  readonly path: string;
  readonly text: string;
  /** Everything outside `versions[]`, as written; empty when the file is no JSON object. */
  readonly rawHead: JsonObject;
  /** The usable fields of the head. */
  readonly head: RecordHead;
  readonly problems: readonly ShapeProblem[];
  /** What stands in `versions[]` without a usable version text, and so is no entry. */
  readonly unnamed: readonly { readonly index: number; readonly raw: JsonValue }[];
  /** Keys that no schema knows, as JSON pointers. */
  readonly unknownKeys: readonly string[];
  readonly readable: boolean;
}
export interface ProviderRecord extends RecordBase {
  readonly address: Address & { readonly kind: "provider" };
  readonly entries: readonly ProviderEntry[];
}
export interface ModuleRecord extends RecordBase {
  readonly address: Address & { readonly kind: "module" };
  readonly entries: readonly ModuleEntry[];
}
/** One record file as read: everything usable in it, and everything that is wrong with it. Never throws on bad data. */
export type RegistryRecord = ProviderRecord | ModuleRecord;

/** Reads a record; bad parts become problems, good ones stay usable, and the raw JSON stays beside both. */
export function parseRecord(input: { path: string; address: Address; text: string }): RegistryRecord {
  const { path, address, text } = input;
  const json = parseStrictJson(text);
  const problems: ShapeProblem[] = [...json.problems];
  const unknownKeys: string[] = [];
  if (!json.ok || !isObject(json.value)) {
    if (json.ok)
      problems.push({ pointer: "", message: `The file must hold a JSON object, got ${quoted(json.value, 40)}.` });
    return recordOf(
      address,
      { path, text, rawHead: {}, head: {}, problems, unnamed: [], unknownKeys, readable: false },
      [],
    );
  }
  const { versions, ...rawHead } = json.value;
  const head = readHead(rawHead, problems);
  noteUnknown({ value: json.value, known: knownKeys.head, pointer: "", unknownKeys });
  if (versions !== undefined && versions !== null && !Array.isArray(versions)) {
    problems.push({ pointer: "/versions", message: `"versions" must be a list, got ${quoted(versions, 40)}.` });
  }
  const list: readonly JsonValue[] = Array.isArray(versions) ? versions : [];
  if (list.length === 0)
    problems.push({ pointer: "/versions", message: "The record has no versions; at least one is needed." });
  const entries: RecordEntry[] = [];
  const unnamed: { index: number; raw: JsonValue }[] = [];
  for (const [index, raw] of list.entries()) {
    // What is wrong all over is refused as a whole; nobody reads more than that.
    if (problems.length + unknownKeys.length > mostProblems) break;
    const pointer = `/versions/${index}`;
    if (!isObject(raw) || typeof raw.version !== "string" || raw.version === "") {
      problems.push({ pointer, message: `Entry ${index + 1} of "versions" has no "version" text.` });
      unnamed.push({ index, raw });
      continue;
    }
    if (raw.version.length > longestName) {
      const message = `Entry ${index + 1} of "versions" has a "version" text of ${raw.version.length} characters; at most ${longestName} are read.`;
      problems.push({ pointer, message });
      unnamed.push({ index, raw });
      continue;
    }
    const context = { raw, pointer, version: raw.version, problems, unknownKeys };
    const value = address.kind === "provider" ? readProviderVersion(context) : readModuleVersion(context);
    entries.push({ version: raw.version, raw, index, value } as RecordEntry);
  }
  if (problems.length + unknownKeys.length > mostProblems) {
    const few = [...problems.slice(0, shownProblems), { pointer: "", message: tooManyProblems }];
    const nothing = { rawHead: {}, head: {}, problems: few, unnamed: [], unknownKeys: [], readable: false };
    return recordOf(address, { path, text, ...nothing }, []);
  }
  return recordOf(address, { path, text, rawHead, head, problems, unnamed, unknownKeys, readable: true }, entries);
}

/** A version is named in every finding about it. What is longer than allowed, but not than this, `version-syntax` says. */
const longestName = 256;

/** More than any record has that was ever right: the dirtiest known one has under a thousand. */
const mostProblems = 2_000;
const shownProblems = 20;
const tooManyProblems = `The record has more than ${mostProblems} problems of form, so it is not read at all.`;

function recordOf(address: Address, base: RecordBase, entries: RecordEntry[]): RegistryRecord {
  return { ...base, address, entries } as RegistryRecord;
}

/** Where a record says that it comes from. */
export interface RecordOrigin {
  /** With port where it is not the default; null where the record leaves the host open. */
  readonly host: string | null;
  /** `owner/name` */
  readonly repository: string;
}

/**
 * The repository that a record comes from: the one that it names, else the one that its address stands for under the
 * registry's namespaces. Undefined when what it names is no repository's URL: a name that cannot be read is never taken for
 * none.
 */
export function recordOrigin(
  { address, rawHead }: Pick<RegistryRecord, "address" | "rawHead">,
  settings: NamespaceMapping,
): RecordOrigin | undefined {
  const named = rawHead.repository;
  if (named === undefined) return { host: null, repository: homeRepository(address, settings) };
  if (typeof named !== "string") return undefined;
  const match = /^https?:\/\/([^/@\s]+)\/([A-Za-z0-9-]+)\/([A-Za-z0-9._-]+?)(?:\.git)?\/?$/.exec(named);
  // Dots alone would be a step in a path.
  if (match?.[1] === undefined || match[3] === "." || match[3] === "..") return undefined;
  return { host: match[1].toLowerCase(), repository: `${match[2]}/${match[3]}` };
}

/** The `owner/name` of a record on the GitHub at `serverUrl`; undefined when it comes from somewhere else. */
export function repositoryOn(
  serverUrl: string,
  record: Pick<RegistryRecord, "address" | "rawHead">,
  settings: NamespaceMapping,
): string | undefined {
  const origin = recordOrigin(record, settings);
  if (origin === undefined) return undefined;
  return origin.host === null || origin.host === new URL(serverUrl).host ? origin.repository : undefined;
}

interface EntryContext {
  readonly raw: JsonObject;
  readonly pointer: string;
  readonly version: string;
  readonly problems: ShapeProblem[];
  readonly unknownKeys: string[];
}

function readProviderVersion(context: EntryContext): ProviderVersion | undefined {
  const { raw, pointer, version, problems, unknownKeys } = context;
  noteUnknown({ value: raw, known: knownKeys.providerVersion, pointer, unknownKeys });
  if (Array.isArray(raw.targets)) {
    raw.targets.forEach((target, index) => {
      noteUnknown({ value: target, known: knownKeys.archive, pointer: `${pointer}/targets/${index}`, unknownKeys });
    });
  }
  if (validates.providerVersion(raw)) return raw;
  const errors = validates.providerVersion.errors ?? [];
  const ofArchive = (error: ErrorObject): string | undefined => /^\/targets\/(\d+)/.exec(error.instancePath)?.[1];
  for (const error of errors.filter((error) => ofArchive(error) === undefined)) {
    problems.push({ pointer: `${pointer}${error.instancePath}`, version, message: `${describeError(error)}.` });
  }
  for (const [index, own] of Map.groupBy(errors, ofArchive)) {
    if (index === undefined) continue;
    problems.push({
      pointer: `${pointer}/targets/${index}`,
      version,
      message: `Archive ${Number(index) + 1}: ${own.map((error) => describeError(error)).join("; ")}.`,
    });
  }
  const usable = { ...raw, targets: usableArchives(raw.targets) };
  return validates.providerVersion(usable) && usable.targets.length > 0 ? usable : undefined;
}

function usableArchives(targets: unknown): readonly Archive[] {
  return Array.isArray(targets) ? targets.filter((target): target is Archive => validates.archive(target)) : [];
}

function readModuleVersion(context: EntryContext): ModuleVersion | undefined {
  const { raw, pointer, version, problems, unknownKeys } = context;
  noteUnknown({ value: raw, known: knownKeys.moduleVersion, pointer, unknownKeys });
  if (validates.moduleVersion(raw)) return raw;
  for (const error of validates.moduleVersion.errors ?? []) {
    problems.push({ pointer: `${pointer}${error.instancePath}`, version, message: `${describeError(error)}.` });
  }
  return undefined;
}

function readHead(raw: JsonObject, problems: ShapeProblem[]): RecordHead {
  if (validates.head(raw)) return raw;
  const broken = new Set<string>();
  for (const error of validates.head.errors ?? []) {
    const field = error.instancePath.split("/")[1] ?? "";
    if (field !== "") broken.add(field);
    problems.push({ pointer: error.instancePath, message: `${describeError(error)}.` });
  }
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !broken.has(key))) as RecordHead;
}

function noteUnknown(input: {
  value: unknown;
  known: ReadonlySet<string>;
  pointer: string;
  unknownKeys: string[];
}): void {
  if (!isObject(input.value)) return;
  for (const key in input.value) {
    if (!input.known.has(key)) input.unknownKeys.push(`${input.pointer}/${escapePointer(key)}`);
  }
}
