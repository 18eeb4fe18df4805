import { createHash } from "node:crypto";
import type { Address } from "../registry/address.ts";
import { isObject, type JsonObject } from "../registry/json.ts";
import { versionOf } from "./rebuilt-entry.ts";

/** A file of a release: an archive of which there is only the digest, or what is written. */
export interface PlannedAsset {
  readonly name: string;
  readonly content: string | { readonly sha256: string; readonly size: number };
  /** It is the signature of the asset of this name. */
  readonly signs?: string;
}

/** An author's repository, as the records of a bump tell of it. */
export interface PlannedUpstream {
  /** `owner/name`: what it is called today, and what it was called, oldest first. */
  readonly current: string;
  readonly former: readonly string[];
  readonly releases: ReadonlyMap<string, readonly PlannedAsset[]>;
  /** Of modules. */
  readonly tags: readonly string[];
}

/** A record that a bump touches. */
export interface Touched {
  readonly address: Address;
  /** `owner/name` by the record; null where it is elsewhere. */
  readonly repository: string | null;
  readonly proposed: readonly JsonObject[];
}

const assetUrl = /^https:\/\/github\.com\/([A-Za-z0-9-]+)\/([A-Za-z0-9._-]+)\/releases\/download\/(.+)\/([^/]+)$/;

interface Place {
  readonly repository: string;
  readonly tag: string;
  readonly name: string;
}

/** Where a URL of a record leads; null where it leads to no asset of a release. */
function placeOf(url: unknown): Place | null {
  const [, owner, name, tag = "", file = ""] = assetUrl.exec(typeof url === "string" ? url : "") ?? [];
  if (owner === undefined || name === undefined) return null;
  try {
    return { repository: `${owner}/${name}`, tag: decodeURIComponent(tag), name: decodeURIComponent(file) };
  } catch {
    return null;
  }
}

/**
 * The upstreams that a bump needs, made from what its records say: sums from the hashes, and another owner or repository in
 * a URL is the same one under another name. Pure.
 */
export function planUpstreams(touched: readonly Touched[]): readonly PlannedUpstream[] {
  const groups: { names: string[]; records: Touched[] }[] = [];
  for (const record of touched) {
    if (record.repository === null) continue;
    const names = [record.repository, ...record.proposed.flatMap(placesOf).map(({ repository }) => repository)];
    const same = groups.filter((group) => group.names.some((name) => names.some((other) => sameText(name, other))));
    for (const group of same) groups.splice(groups.indexOf(group), 1);
    groups.push({
      names: [...same.flatMap((group) => group.names), ...names],
      records: [...same.flatMap((group) => group.records), record],
    });
  }
  return groups.map(({ names, records }) => planUpstream(names, records));
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The name that most URLs have is today's: when a release was recorded, GitHub gave its URLs under the name of the day. */
function planUpstream(names: readonly string[], records: readonly Touched[]): PlannedUpstream {
  const used = records.flatMap((record) => record.proposed.flatMap(placesOf)).map(({ repository }) => repository);
  const counts = [...Map.groupBy(used, (name) => name)].sort(([, a], [, b]) => b.length - a.length);
  const current = counts[0]?.[0] ?? names[0] ?? "";
  const distinct = new Map(names.filter((name) => !sameText(name, current)).map((name) => [name.toLowerCase(), name]));
  const releases = new Map<string, readonly PlannedAsset[]>();
  for (const { address, proposed } of records) {
    if (address.kind !== "provider") continue;
    for (const entry of proposed) {
      const tag = placeOf(entry.shasums_url)?.tag ?? `v${versionOf(entry)}`;
      const known = releases.get(tag) ?? [];
      const more = assetsOf(entry).filter(({ name }) => known.every((asset) => asset.name !== name));
      releases.set(tag, [...known, ...more]);
    }
  }
  const tags = records.flatMap(({ address, proposed }) => (address.kind === "module" ? proposed.map(versionOf) : []));
  return { current, former: [...distinct.values()], releases, tags: [...new Set(tags)] };
}

const targetsOf = ({ targets }: JsonObject): readonly JsonObject[] =>
  Array.isArray(targets) ? targets.filter(isObject) : [];

const placesOf = (entry: JsonObject): Place[] =>
  [entry.shasums_url, ...targetsOf(entry).map((target) => target.download_url)].flatMap((url) => placeOf(url) ?? []);

/** Nobody downloads an archive for which GitHub has a digest, so its size is made up. */
const inventedSize = 10_000_000;

/** What the author of this version must have published: each archive once, the sums over those with a hash, a signature. */
function assetsOf(entry: JsonObject): PlannedAsset[] {
  const archives = new Map<string, { readonly sha256: string; readonly listed: boolean }>();
  for (const { download_url, filename, shasum } of targetsOf(entry)) {
    const name = placeOf(download_url)?.name ?? (typeof filename === "string" ? filename : "");
    const listed = typeof shasum === "string" && /^[0-9a-f]{64}$/i.test(shasum);
    const sha256 = listed ? shasum.toLowerCase() : createHash("sha256").update(name).digest("hex");
    if (name !== "" && !archives.has(name)) archives.set(name, { sha256, listed });
  }
  const sumsName = placeOf(entry.shasums_url)?.name;
  const manifests = sumsName === undefined ? [] : manifestOf(entry, sumsName);
  const lines = [
    ...[...archives].filter(([, { listed }]) => listed).map(([name, { sha256 }]) => `${sha256}  ${name}\n`),
    ...manifests.map(({ name, content }) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`),
  ];
  const sums = sumsName === undefined ? [] : [{ name: sumsName, content: lines.join("") }];
  const signature = placeOf(entry.shasums_signature_url)?.name;
  return [
    ...[...archives].map(([name, { sha256 }]) => ({ name, content: { sha256, size: inventedSize } })),
    ...manifests,
    ...sums,
    ...(signature === undefined || sumsName === undefined ? [] : [{ name: signature, content: "", signs: sumsName }]),
  ];
}

/** Without a manifest a version has protocol 5.0, so only other ones need one. */
function manifestOf({ protocols }: JsonObject, sumsName: string): { name: string; content: string }[] {
  if (JSON.stringify(protocols) === '["5.0"]' || protocols === undefined) return [];
  const name = sumsName.replace(/_SHA256SUMS$/, "_manifest.json");
  if (name === sumsName) return [];
  return [{ name, content: JSON.stringify({ version: 1, metadata: { protocol_versions: protocols } }) }];
}
