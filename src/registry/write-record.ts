import { type Node, parseTree } from "jsonc-parser";
import semver from "semver";
import { RegistrarError } from "./errors.ts";
import { endOf, eolOf, indentAt, printer, unitOf } from "./json-form.ts";
import { quoted } from "./plain-text.ts";
import type { RegistryRecord } from "./record.ts";
import type { ModuleVersion, ProviderVersion } from "./schema.ts";

type Version = ProviderVersion | ModuleVersion;

/** Key order of written records (design: newest version first, 2-space JSON, one final newline). */
const headOrder = ["repository", "repository_id", "owner_id", "warnings", "withdrawn"] as const;

/** Why no version can be added to a record as it is: one plain sentence; null when it can. */
export function insertionProblem(record: RegistryRecord): string | null {
  const list = findList(record);
  return typeof list === "string" ? list : null;
}

/**
 * The record's text with new versions put in, each before the first older one; all other lines stay as they are, in the
 * form that the file has (indentation, line ends, one line or many, final newline or none). Throws `bad-tree` for a record
 * with an `insertionProblem`.
 */
export function insertVersions(record: RegistryRecord, versions: readonly Version[]): string {
  const list = findList(record);
  if (typeof list === "string") throw new RegistrarError("bad-tree", list);
  if (versions.length === 0) return record.text;
  const newestFirst = versions.toSorted((a, b) => compareLoosely(b.version, a.version));
  const children = list.value?.children ?? [];
  return children.length > 0
    ? insertBetween({ record, children, newestFirst })
    : fillEmpty(record.text, list, newestFirst);
}

function insertBetween(into: { record: RegistryRecord; children: readonly Node[]; newestFirst: readonly Version[] }) {
  const { record, children, newestFirst } = into;
  const { text } = record;
  const [first, second] = children;
  const start = first?.offset ?? 0;
  const comma = second === undefined ? text.lastIndexOf("[", start - 1) : text.indexOf(",", endOf(first));
  const separator = `,${text.slice(comma + 1, second?.offset ?? start)}`;
  const print = printerLike(text, children);
  let result = "";
  let copied = 0;
  for (const version of newestFirst) {
    const older = record.entries.find((entry) => compareLoosely(entry.version, version.version) < 0);
    const next = older === undefined ? undefined : children[older.index];
    const at = next?.offset ?? endOf(children.at(-1));
    const added = next === undefined ? `${separator}${print(version)}` : `${print(version)}${separator}`;
    result += text.slice(copied, at) + added;
    copied = at;
  }
  return result + text.slice(copied);
}

/** Prints an entry as the first one that shows how this is done here. */
function printerLike(text: string, children: readonly Node[]): (version: Version) => string {
  const example = children.find((child) => (child.children?.length ?? 0) > 0);
  const place = example ?? children[0];
  const indent = indentAt(text, place?.offset ?? 0);
  if (example === undefined) {
    const before = text.slice(0, place?.offset).trimEnd().length;
    return text.slice(before, place?.offset).includes("\n")
      ? printer({ indent, unit: unitOf(text), eol: eolOf(text) })
      : (version) => JSON.stringify(version);
  }
  if (!text.slice(example.offset, endOf(example)).includes("\n")) return (version) => JSON.stringify(version);
  const inner = indentAt(text, example.children?.[0]?.offset ?? 0);
  return printer({ indent, unit: inner.slice(indent.length), eol: eolOf(text) });
}

/** For `[]`, `null` and no `versions` at all. */
function fillEmpty(text: string, { root, value }: List, newestFirst: readonly Version[]): string {
  const last = root.children?.at(-1);
  const first = root.children?.[0];
  const lead = text.slice(root.offset + 1, first?.offset ?? endOf(root) - 1);
  const form = { indent: indentAt(text, value?.offset ?? first?.offset ?? -1), unit: unitOf(text), eol: eolOf(text) };
  const inLines = lead.includes("\n");
  if (value !== undefined) {
    const list = inLines ? printer(form)(newestFirst) : JSON.stringify(newestFirst);
    return text.slice(0, value.offset) + list + text.slice(endOf(value));
  }
  if (last === undefined) {
    const whole = { versions: newestFirst };
    const body = inLines ? printer({ ...form, indent: "" })(whole) : JSON.stringify(whole);
    return text.slice(0, root.offset) + body + text.slice(endOf(root));
  }
  const property = inLines ? `"versions": ${printer(form)(newestFirst)}` : `"versions":${JSON.stringify(newestFirst)}`;
  return `${text.slice(0, endOf(last))},${lead}${property}${text.slice(endOf(last))}`;
}

interface List {
  readonly root: Node;
  /** The value of the last `versions`, which is the one that counts; undefined where there is none. */
  readonly value: Node | undefined;
}

/** The list, or why there is none that could be added to. */
function findList({ path, text, readable }: RegistryRecord): List | string {
  const root = readable ? parseTree(text) : undefined;
  if (root === undefined) return `${quoted(path)} is no record that can be read, so nothing can be added to it.`;
  const property = root.children?.findLast((child) => child.children?.[0]?.value === "versions");
  const value = property?.children?.[1];
  if (value === undefined || value.type === "array" || value.type === "null") return { root, value };
  return `In ${quoted(path)} "versions" is no list, so nothing can be added to it.`;
}

/** Old data may hold versions that are no SemVer; those compare as text and sink to the end. */
function compareLoosely(a: string, b: string): number {
  const [left, right] = [semver.parse(a), semver.parse(b)];
  if (left !== null && right !== null) return semver.compare(left, right);
  if (left !== null) return 1;
  if (right !== null) return -1;
  return a < b ? -1 : Number(a > b);
}

/** GitHub's numeric ids of a repository and of its owner, as a record's head keeps them. */
export type RepositoryIds = Readonly<Record<(typeof idFields)[number], number>>;
const idFields = ["repository_id", "owner_id"] as const;

/** Which of the two ids a record's head lacks. An id that is there in whatever form is not missing. */
export const missingIds = ({ rawHead }: Pick<RegistryRecord, "rawHead">): readonly (keyof RepositoryIds)[] =>
  idFields.filter((field) => !Object.hasOwn(rawHead, field));

/**
 * The record's text with the ids that it lacks put into its head, where `writeNewRecord` has them; all other lines stay as
 * they are, in the form that the file has. Throws `bad-tree` for a record that cannot be read.
 */
export function insertIds(record: RegistryRecord, ids: RepositoryIds): string {
  const { text, path } = record;
  const root = record.readable ? parseTree(text) : undefined;
  if (root === undefined) {
    throw new RegistrarError("bad-tree", `${quoted(path)} is no record that can be read, so it gets no ids.`);
  }
  const missing = missingIds(record);
  if (missing.length === 0) return text;
  const children = root.children ?? [];
  const [first, second] = children;
  if (first === undefined) {
    const only = JSON.stringify(Object.fromEntries(missing.map((field) => [field, ids[field]])));
    return text.slice(0, root.offset) + only + text.slice(endOf(root));
  }
  const gap = text.slice(
    second === undefined ? root.offset + 1 : text.indexOf(",", endOf(first)) + 1,
    (second ?? first).offset,
  );
  const [key, value] = first.children ?? [];
  const colon = text.slice(endOf(key), value?.offset);
  const fields = missing.map((field) => `"${field}"${colon}${ids[field]}`);
  const named = (name: string) => children.findLast((child) => child.children?.[0]?.value === name);
  const after = named("repository_id") ?? named("repository") ?? named("$schema");
  const before = named("owner_id") ?? (after === undefined ? first : undefined);
  if (before !== undefined) {
    return text.slice(0, before.offset) + fields.map((field) => `${field},${gap}`).join("") + text.slice(before.offset);
  }
  const at = endOf(after);
  return text.slice(0, at) + fields.map((field) => `,${gap}${field}`).join("") + text.slice(at);
}

/** The text of a new record. */
export function writeNewRecord(head: Readonly<Record<string, unknown>>, versions: readonly Version[]): string {
  const ordered = Object.fromEntries(headOrder.filter((key) => head[key] !== undefined).map((key) => [key, head[key]]));
  const newestFirst = versions.toSorted((a, b) => compareLoosely(b.version, a.version));
  return `${JSON.stringify({ ...ordered, versions: newestFirst }, null, 2)}\n`;
}
