import type { ModuleRecord } from "../registry/record.ts";
import { compareVersions, parseVersion, publishedVersionKey, type Version } from "../registry/version.ts";
import { withdrawnVersions } from "../registry/withdrawn.ts";
import { type Candidate, mostCandidates } from "./candidates.ts";

/** The missing tags that one run looks at. Pure. */
export const findModuleCandidates = (
  record: ModuleRecord,
  tags: readonly string[],
  hintedTag: string | null,
): readonly Candidate[] => findMissingTags(record, tags, hintedTag).slice(0, mostCandidates);

/**
 * Which tags are versions that a module's record lacks, newest first. Only canonical SemVer with or without `v` counts: tags
 * such as `v1` or `nightly` are moved on purpose, and nobody expects an answer about them. `vX` and `X` are one version to
 * clients; `vX` is taken, unless all recorded versions are bare. None where the record, or which versions it withdraws,
 * cannot be read. Pure.
 */
export function findMissingTags(
  record: ModuleRecord,
  tags: readonly string[],
  hintedTag: string | null,
): readonly Candidate[] {
  const withdrawn = withdrawnVersions(record);
  if (withdrawn === null) return [];
  const recorded = new Set(record.entries.map((entry) => publishedVersionKey(entry.version, "module")));
  const bare = record.entries.length > 0 && record.entries.every((entry) => !entry.version.startsWith("v"));
  const found = new Map<string, Found>();
  const take = (tag: string): void => {
    const one = parseTag(tag);
    if (one === null || recorded.has(one.key) || withdrawn.has(one.key)) return;
    const known = found.get(one.key);
    if (known === undefined || (tag.startsWith("v") !== bare && known.tag.startsWith("v") === bare)) {
      found.set(one.key, one);
    }
  };
  tags.forEach(take);
  const hinted = hintedTag === null ? null : parseTag(hintedTag);
  // A list may lag behind the event. What it has counts more than what an event says, which anybody can send.
  if (hinted !== null && !found.has(hinted.key)) take(hinted.tag);
  const highest = highestRecorded(record);
  const expected = ({ key, version }: Found) =>
    key === hinted?.key || (highest !== null && compareVersions(version, highest) > 0);
  const rank = (one: Found) => Number(one.key === hinted?.key) * 2 + Number(expected(one));
  return [...found.values()]
    .sort((a, b) => rank(b) - rank(a) || compareVersions(b.version, a.version))
    .map((one) => ({ version: one.tag, tag: one.tag, expected: expected(one) }));
}

interface Found {
  readonly tag: string;
  readonly version: Version;
  readonly key: string;
}

function parseTag(tag: string): Found | null {
  const parsed = parseVersion(tag, "module");
  return parsed.ok ? { tag, version: parsed.version, key: publishedVersionKey(tag, "module") } : null;
}

function highestRecorded({ entries }: ModuleRecord): Version | null {
  return entries.reduce<Version | null>((highest, entry) => {
    const parsed = parseVersion(entry.version, "module");
    if (!parsed.ok) return highest;
    return highest === null || compareVersions(parsed.version, highest) > 0 ? parsed.version : highest;
  }, null);
}
