import type { ProviderRecord } from "../registry/record.ts";
import { publishedVersionKey, versionOfTag } from "../registry/version.ts";
import { withdrawnVersions } from "../registry/withdrawn.ts";
import type { ReleaseSummary } from "../upstream/port.ts";

/** A release or tag whose version the record does not have. */
export interface Candidate {
  /** As the record will write it: without `v` for a provider, the tag as it is for a module. */
  readonly version: string;
  readonly tag: string;
  /**
   * Whether a person expects an answer about it: an event named it, or it is newer than everything recorded. Only then
   * does a release that does not pass get a pull request that says why; years-old oddities are left alone.
   */
  readonly expected: boolean;
}

/** At most so many versions are looked at in one run, newest first; the rest follows in the next ones. */
export const mostCandidates = 20;

/** The missing releases that one run looks at. Pure. */
export const findCandidates = (
  record: ProviderRecord,
  releases: readonly ReleaseSummary[],
  hintedTag: string | null,
): readonly Candidate[] => findMissing(record, releases, hintedTag).slice(0, mostCandidates);

/**
 * Which releases are missing in a record: whole sets are compared, never the newest alone. None where the record, or which
 * versions it withdraws, cannot be read: unknown is not the same as nothing. Pure.
 */
export function findMissing(
  record: ProviderRecord,
  releases: readonly ReleaseSummary[],
  hintedTag: string | null,
): readonly Candidate[] {
  const withdrawn = withdrawnVersions(record);
  if (withdrawn === null) return [];
  const recorded = new Set(record.entries.map((entry) => publishedVersionKey(entry.version, "provider")));
  const hinted = hintedTag === null ? undefined : keyOf(hintedTag);
  const newest = newestPublished(record);
  const found = new Map<string, Candidate>();
  for (const release of releases) {
    const version = versionOfTag(release.tag);
    const key = keyOf(release.tag);
    if (version === undefined || key === undefined || recorded.has(key) || withdrawn.has(key)) continue;
    const known = found.get(key);
    const expected = key === hinted || (newest !== null && Date.parse(release.publishedAt) > newest);
    // With both vX and X released, vX is the one.
    const better = known === undefined || (!known.tag.startsWith("v") && release.tag.startsWith("v"));
    found.set(key, {
      ...(better ? { version, tag: release.tag } : known),
      expected: expected || known?.expected === true,
    });
  }
  // What somebody waits for comes first: a row of releases that never pass must not hide a backport.
  const rank = ([key, { expected }]: readonly [string, Candidate]) => Number(key === hinted) * 2 + Number(expected);
  return [...found].sort((a, b) => rank(b) - rank(a)).map(([, candidate]) => candidate);
}

function keyOf(tag: string): string | undefined {
  const version = versionOfTag(tag);
  return version === undefined ? undefined : publishedVersionKey(version, "provider");
}

/** When the newest recorded version was published, in milliseconds; null for records without such evidence. */
function newestPublished(record: ProviderRecord): number | null {
  const times = record.entries
    .map((entry) => Date.parse(entry.value?.published || entry.value?.discovered || ""))
    .filter((time) => Number.isFinite(time));
  return times.length === 0 ? null : Math.max(...times);
}
