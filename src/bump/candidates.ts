import type { ProviderRecord } from "../registry/record.ts";
import { publishedVersionKey, versionOfTag } from "../registry/version.ts";
import type { ReleaseSummary } from "../upstream/port.ts";

/** A release whose version the record does not have. */
export interface Candidate {
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

/** Which releases are missing in a record: whole sets are compared, never the newest alone. Pure. */
export function findCandidates(
  record: ProviderRecord,
  releases: readonly ReleaseSummary[],
  hintedTag: string | null,
): readonly Candidate[] {
  const recorded = new Set(record.entries.map((entry) => publishedVersionKey(entry.version, "provider")));
  const withdrawn = new Set(record.head.withdrawn?.map((item) => publishedVersionKey(item.version, "provider")));
  const newest = newestPublished(record);
  const found = new Map<string, Candidate>();
  for (const release of releases) {
    const version = versionOfTag(release.tag);
    if (version === undefined) continue;
    const key = publishedVersionKey(version, "provider");
    if (recorded.has(key) || withdrawn.has(key)) continue;
    const expected = release.tag === hintedTag || (newest !== null && Date.parse(release.publishedAt) > newest);
    // With both vX and X released, vX is the one.
    const known = found.get(key);
    if (known === undefined || (!known.tag.startsWith("v") && release.tag.startsWith("v"))) {
      found.set(key, { version, tag: release.tag, expected: expected || known?.expected === true });
    }
  }
  return [...found.values()].slice(0, mostCandidates);
}

/** When the newest recorded version was published, in milliseconds; null for records without such evidence. */
function newestPublished(record: ProviderRecord): number | null {
  const times = record.entries
    .map((entry) => Date.parse(entry.value?.published || entry.value?.discovered || ""))
    .filter((time) => Number.isFinite(time));
  return times.length === 0 ? null : Math.max(...times);
}
