import { isObject } from "./json.ts";
import type { RegistryRecord } from "./record.ts";
import { publishedVersionKey } from "./version.ts";

/** Which versions a record withdraws, by `publishedVersionKey`; null where that, or the record, cannot be read. */
export const withdrawnVersions = (record: RegistryRecord): ReadonlySet<string> | null =>
  record.readable ? statedWithdrawals(record) : null;

/**
 * What the head of a record says of it, none where there is no head; null where that cannot be read. Read as it is written
 * and as leniently as possible: one bad tombstone must not bring the other versions back.
 */
export function statedWithdrawals(record: RegistryRecord): ReadonlySet<string> | null {
  const { withdrawn } = record.rawHead;
  if (withdrawn === undefined || withdrawn === null) return new Set();
  if (!Array.isArray(withdrawn)) return null;
  const keys = new Set<string>();
  for (const item of withdrawn) {
    const version: unknown = isObject(item) ? item.version : item;
    if (typeof version !== "string") return null;
    keys.add(publishedVersionKey(version, record.address.kind));
    // A tombstone by the tag's name means the same version.
    keys.add(publishedVersionKey(version, "module"));
  }
  return keys;
}
