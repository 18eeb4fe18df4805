import { addressText } from "../registry/address.ts";
import type { ProviderRecord, RegistryRecord } from "../registry/record.ts";
import { compareVersions, parseVersion, publishedVersionKey } from "../registry/version.ts";
import { withdrawnVersions } from "../registry/withdrawn.ts";

/** A published version, as far as its signature can be looked at. */
export interface SignedVersion {
  /** `acme/dns 1.2.0`; plain text is for the reader. */
  readonly name: string;
  readonly sumsUrl: string;
  readonly signatureUrl: string;
  /** Fingerprint of the key that signed it, as recorded: 40 or 64 upper-case hex. */
  readonly signedBy: string | null;
}

/** The published versions of a provider, newest first; none of a module. Pure. */
export function signedVersions(record: RegistryRecord): readonly SignedVersion[] {
  if (record.address.kind !== "provider") return [];
  const withdrawn = withdrawnVersions(record);
  if (withdrawn === null) return [];
  return (record as ProviderRecord).entries
    .flatMap((entry) => {
      const parsed = parseVersion(entry.version, "provider");
      if (entry.value === undefined || !parsed.ok || withdrawn.has(publishedVersionKey(entry.version, "provider")))
        return [];
      const { shasums_url: sumsUrl, shasums_signature_url: signatureUrl, signed_by: signedBy = null } = entry.value;
      const name = `${addressText(record.address)} ${entry.version}`;
      return [{ version: parsed.version, one: { name, sumsUrl, signatureUrl, signedBy } }];
    })
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ one }) => one);
}

/** The newest of each list, then the second newest of each, until there are `most`. Pure. */
export function pickNewest<T>(lists: readonly (readonly T[])[], most: number): readonly T[] {
  const picked: T[] = [];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let index = 0; index < longest; index += 1) {
    for (const list of lists) {
      const one = list[index];
      if (one !== undefined && picked.length < most) picked.push(one);
    }
  }
  return picked;
}
