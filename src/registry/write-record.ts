import { applyEdits, type FormattingOptions, modify } from "jsonc-parser";
import semver from "semver";
import type { RegistryRecord } from "./record.ts";
import type { ModuleVersion, ProviderVersion } from "./schema.ts";

/** Key order of written records (design: newest version first, 2-space JSON, one final newline). */
const headOrder = ["repository", "repository_id", "owner_id", "warnings", "withdrawn"] as const;

/**
 * The record's text with new versions put in, each before the first older one; all other lines stay as they are, in the
 * form that the file has (indentation, line ends, final newline or none).
 */
export function insertVersions(record: RegistryRecord, versions: readonly (ProviderVersion | ModuleVersion)[]): string {
  const present = record.entries.map((entry) => entry.version);
  let text = record.text;
  // Oldest first: each newer one then goes before those already put in.
  for (const version of [...versions].sort((a, b) => compareLoosely(a.version, b.version))) {
    const older = present.findIndex((other) => compareLoosely(other, version.version) < 0);
    const index = older === -1 ? present.length : older;
    const edits = modify(text, ["versions", index], version, {
      isArrayInsertion: true,
      formattingOptions: formOf(record.text),
    });
    text = applyEdits(text, edits);
    present.splice(index, 0, version.version);
  }
  return text;
}

/** Old data may hold versions that are no SemVer; those compare as text and sink to the end. */
function compareLoosely(a: string, b: string): number {
  const [left, right] = [semver.parse(a), semver.parse(b)];
  if (left !== null && right !== null) return semver.compare(left, right);
  if (left !== null) return 1;
  if (right !== null) return -1;
  return a < b ? -1 : Number(a > b);
}

function formOf(text: string): FormattingOptions {
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? "  ";
  return {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 1 : indent.length,
    eol: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

/** The text of a new record. */
export function writeNewRecord(
  head: Readonly<Record<string, unknown>>,
  versions: readonly (ProviderVersion | ModuleVersion)[],
): string {
  const ordered = Object.fromEntries(headOrder.filter((key) => head[key] !== undefined).map((key) => [key, head[key]]));
  const newestFirst = [...versions].sort((a, b) => compareLoosely(b.version, a.version));
  return `${JSON.stringify({ ...ordered, versions: newestFirst }, null, 2)}\n`;
}
