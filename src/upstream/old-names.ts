import { isObject, type JsonObject, type JsonValue } from "../registry/json.ts";
import { parseReleaseUrl } from "../registry/release-urls.ts";
import type { ProviderEvidence } from "./evidence.ts";

const urlFields = ["download_url", "shasums_url", "shasums_signature_url"] as const;

/**
 * An entry with the URLs of its repository's present name, and the older names that they were under. GitHub redirects those to
 * the same files as long as it leads them to the repository with the same id; of any other name nothing is changed. Pure.
 */
export function underPresentName(
  raw: JsonObject,
  evidence: ProviderEvidence,
): { readonly raw: JsonObject; readonly oldNames: readonly string[] } {
  const { repository, release } = evidence;
  const present = release.kind === "found" ? parseReleaseUrl(release.assets[0]?.url) : undefined;
  if (repository.kind !== "found" || present === undefined) return { raw, oldNames: [] };
  const oldNames = new Set<string>();
  const renew = (value: JsonValue | undefined): JsonValue | undefined => {
    const url = parseReleaseUrl(value);
    if (url === undefined || url.origin !== present.origin || url.repository === present.repository) return value;
    if (!leadsHere(url.repository, evidence)) return value;
    oldNames.add(url.repository);
    return `${present.origin}/${present.repository}/${url.file}`;
  };
  const renewed = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        key,
        urlFields.includes(key as never) ? (renew(value) ?? value) : value,
      ]),
    );
  const targets = Array.isArray(raw.targets)
    ? { targets: raw.targets.map((target) => (isObject(target) ? renewed(target) : target)) }
    : {};
  return { raw: { ...renewed(raw), ...targets }, oldNames: [...oldNames] };
}

/** The record's own name for it was asked, and so was every other: both answers have GitHub's id. */
function leadsHere(name: string, { asked, names = {}, repository }: ProviderEvidence): boolean {
  if (repository.kind !== "found") return false;
  const same = (other: string) => name.toLowerCase() === other.toLowerCase();
  if (same(asked) || same(repository.fullName)) return true;
  const other = Object.hasOwn(names, name) ? names[name] : undefined;
  return other?.kind === "found" && other.id === repository.id;
}
