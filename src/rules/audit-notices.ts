import { addressText } from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import type { NamespaceMapping } from "../registry/namespaces.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import { type ProviderRecord, type RegistryRecord, recordOrigin } from "../registry/record.ts";
import { compareVersions, parseVersion } from "../registry/version.ts";
import { findingOf, notice } from "./rule.ts";

/**
 * What an audit mentions of a record without calling it wrong: old habits of form, things that Registrar records today
 * and older data lacks. Pure.
 */
export function auditNotices(record: RegistryRecord, settings: NamespaceMapping): readonly Finding[] {
  if (!record.readable) return [];
  const say = (code: string, message: string) =>
    findingOf({ code, title: "", help: "", example: "", liftable: false }, notice(message), { path: record.path });
  return [
    ...otherRepositories(record, settings).map((message) => say("record-matches-release", message)),
    ...unknownPlatforms(record).map((message) => say("record-shape", message)),
    ...(isNewestFirst(record) ? [] : [say("record-shape", "The versions are not in order, newest first.")]),
    ...(record.text.endsWith("\n") ? [] : [say("record-shape", "The file does not end with a newline.")]),
    ...record.unknownKeys.map((pointer) => say("record-shape", `The key at ${plainText(pointer)} is not known.`)),
    ...missingIds(record).map((message) => say("record-head", message)),
  ];
}

function missingIds({ head, address }: RegistryRecord): string[] {
  const missing = (["repository_id", "owner_id"] as const).filter((field) => head[field] === undefined);
  if (missing.length === 0) return [];
  return [`${plainText(addressText(address))} does not record ${missing.join(" and ")} of its repository.`];
}

/** Archives under another owner or repository than the record's: renamed or transferred since, usually. */
function otherRepositories(record: RegistryRecord, settings: NamespaceMapping): string[] {
  if (record.address.kind !== "provider") return [];
  const own = recordOrigin(record, settings)?.repository.toLowerCase();
  const others = new Map<string, number>();
  for (const entry of (record as ProviderRecord).entries) {
    for (const target of entry.value?.targets ?? []) {
      const found = ownerAndName(target.download_url);
      if (found !== undefined && found.toLowerCase() !== own) others.set(found, (others.get(found) ?? 0) + 1);
    }
  }
  return [...others].map(
    ([repository, count]) =>
      `${count} archive(s) lie under ${quoted(repository)}, not under the record's ${quoted(own ?? "")}.`,
  );
}

/** `owner/name` of `https://HOST/owner/name/…`. */
function ownerAndName(url: string): string | undefined {
  const start = url.indexOf("/", "https://".length + 1) + 1;
  const middle = url.indexOf("/", start);
  const end = url.indexOf("/", middle + 1);
  return start > 0 && middle > 0 && end > 0 ? url.slice(start, end) : undefined;
}

/** As Go spells systems and processors; which of them there are changes with its releases, so no list is kept. */
const spelling = /^[a-z0-9]+$/;

function unknownPlatforms(record: RegistryRecord): string[] {
  if (record.address.kind !== "provider") return [];
  const found = (record as ProviderRecord).entries.flatMap((entry) =>
    (entry.value?.targets ?? [])
      .filter(({ os, arch }) => !spelling.test(os) || !spelling.test(arch))
      .map((target) => quoted(`${target.os}_${target.arch}`)),
  );
  return found.length === 0
    ? []
    : [`${found.length} archive(s) are for platforms that no client has: ${listed([...new Set(found)])}.`];
}

function isNewestFirst({ entries, address }: RegistryRecord): boolean {
  const versions = entries.flatMap((entry) => {
    const parsed = parseVersion(entry.version, address.kind);
    return parsed.ok ? [parsed.version] : [];
  });
  return versions.every((version, index) => {
    const next = versions[index + 1];
    return next === undefined || compareVersions(version, next) >= 0;
  });
}
