import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a published registry has to consist of, worked out from its record files and the client contract alone: nothing of
 * `src` is used here, so that both would have to be wrong in the same way. For registries of the layout `plain` without
 * keys, configuration and tombstones, all of whose files are JSON: the corpus is one.
 */
export interface Expected {
  readonly path: string;
  readonly value: unknown;
}

type Listed = {
  readonly kind: "providers" | "modules";
  readonly address: string;
  readonly versions: readonly string[];
};
type Said = { readonly code: string; readonly path: string; readonly version: string | null };

/** All documents, those of one record together; of `status/` what each entry is about, without its texts. */
export function* expectedDocuments(
  registry: string,
  isWanted: (namespace: string) => boolean = () => true,
): Generator<readonly Expected[]> {
  const listed: Listed[] = [];
  const status = new Map<string, { left_out: Said[]; withdrawn: never[]; notices: Said[] }>();
  for (const [kind, depth] of [["providers", 2] as const, ["modules", 3] as const]) {
    for (const path of filesBelow(registry, kind, depth)) {
      const parts = path.slice(kind.length + 1, -".json".length).split("/");
      const namespace = lower(parts[0] ?? "");
      if (!isWanted(namespace)) continue;
      const record = JSON.parse(readFileSync(join(registry, path), "utf8"));
      const told = { left_out: [] as Said[], withdrawn: [], notices: [] as Said[] };
      const say = (where: "left_out" | "notices", code: string, version: string | null = null) =>
        told[where].push({ code, path, version });
      const found = kind === "providers" ? provider(parts, record, say) : moduleOf(parts, record, say);
      if (found.documents.length > 0) {
        listed.push({ kind, address: found.address, versions: found.versions });
        yield found.documents;
      }
      const before = status.get(namespace) ?? { left_out: [], withdrawn: [], notices: [] };
      if (told.left_out.length + told.notices.length === 0) continue;
      status.set(namespace, {
        left_out: [...before.left_out, ...told.left_out],
        withdrawn: [],
        notices: [...before.notices, ...told.notices],
      });
    }
  }
  yield [
    { path: ".well-known/terraform.json", value: { "modules.v1": "/v1/modules/", "providers.v1": "/v1/providers/" } },
  ];
  const namespaces = Map.groupBy(listed, ({ address }) => lower(address.split("/")[0] ?? ""));
  yield [...namespaces].map(([namespace, entries]) => ({
    path: `index/${namespace}.json`,
    value: { namespace, providers: indexed(entries, "providers"), modules: indexed(entries, "modules") },
  }));
  yield [...status].map(([namespace, value]) => ({ path: `status/${namespace}.json`, value }));
  const names = { namespaces: [...namespaces.keys()].sort(), status: [...status.keys()].sort() };
  yield [{ path: "index/_namespaces.json", value: names }];
}

const indexed = (entries: readonly Listed[], kind: Listed["kind"]) =>
  entries
    .filter((entry) => entry.kind === kind)
    .sort((a, b) => (a.address < b.address ? -1 : 1))
    .map(({ address, versions }) => ({
      address,
      latest: versions.find((version) => !version.includes("-")) ?? versions[0],
      versions: versions.length,
    }));

interface Found {
  readonly address: string;
  readonly versions: readonly string[];
  readonly documents: readonly Expected[];
}
type Say = (where: "left_out" | "notices", code: string, version?: string) => void;
// biome-ignore lint/suspicious/noExplicitAny: records as they come; what is read of them is compared field by field.
type Raw = any;

function provider(parts: readonly string[], record: Raw, say: Say): Found {
  const address = lower(parts.join("/"));
  const folder = `v1/providers/${address}`;
  const documents: Expected[] = [];
  const list: { version: string; protocols: unknown; platforms: unknown }[] = [];
  const seen = new Set<string>();
  if ((record.versions ?? []).length === 0) say("left_out", "record-shape");
  for (const { version, protocols, shasums_url, shasums_signature_url, targets } of record.versions ?? []) {
    const hashed = targets.filter(({ shasum }: Raw) => /^[0-9a-f]{64}$/i.test(shasum));
    if (hashed.length === 0) {
      say("left_out", "record-shape", version);
      continue;
    }
    for (let bad = hashed.length; bad < targets.length; bad += 1) say("left_out", "record-shape", version);
    if (!isVersion(version) || version === "0.0.0") {
      say("left_out", "version-syntax", version);
      continue;
    }
    if (seen.has(lower(version))) {
      say("left_out", "version-unique", version);
      continue;
    }
    seen.add(lower(version));
    if (!protocols.some((protocol: string) => /^[56]\.\d+$/.test(protocol))) {
      say("left_out", "protocols", version);
      continue;
    }
    const platforms: { os: string; arch: string }[] = [];
    for (const { os, arch, filename, download_url, shasum } of hashed) {
      if (platforms.some((one) => one.os === os && one.arch === arch)) {
        say("left_out", "version-unique", version);
        continue;
      }
      if (os !== lower(os) || arch !== lower(arch)) say("notices", "record-shape", version);
      platforms.push({ os, arch });
      documents.push({
        path: `${folder}/${version}/download/${os}/${arch}`,
        value: {
          ...{ protocols, os, arch, filename, download_url, shasums_url, shasums_signature_url },
          ...{ shasum: lower(shasum), signing_keys: { gpg_public_keys: [] } },
        },
      });
    }
    list.push({ version, protocols, platforms });
  }
  list.sort((a, b) => newestFirst(a.version, b.version));
  if (list.length > 0) {
    documents.push({ path: `${folder}/versions`, value: { versions: list } });
    say("notices", "signature");
  }
  return { address, versions: list.map(({ version }) => version), documents };
}

function moduleOf(parts: readonly string[], record: Raw, say: Say): Found {
  const [namespace, name, system] = parts;
  const address = parts.join("/");
  const versions: { version: string; location: string }[] = [];
  for (const { version: tag } of record.versions ?? []) {
    const version = tag.replace(/^v/, "");
    if (!isVersion(version)) say("left_out", "version-syntax", tag);
    else if (versions.some((one) => lower(one.version) === lower(version))) say("left_out", "version-unique", tag);
    else
      versions.push({
        version,
        location: `git::https://github.com/${namespace}/terraform-${system}-${name}?ref=${tag}`,
      });
  }
  versions.sort((a, b) => newestFirst(a.version, b.version));
  const folders = versions.length === 0 ? [] : [...new Set([address, lower(address)])];
  const documents = folders.flatMap((folder) => [
    ...versions.map(({ version, location }) => ({
      path: `v1/modules/${folder}/${version}/download`,
      value: { location },
    })),
    {
      path: `v1/modules/${folder}/versions`,
      value: { modules: [{ versions: versions.map(({ version }) => ({ version })) }] },
    },
  ]);
  return { address, versions: versions.map(({ version }) => version), documents };
}

const lower = (text: string): string => text.toLowerCase();

/** Semantic Versioning 2.0.0 without build metadata; each number as far as every client can count (client contract, section 6). */
function isVersion(text: string): boolean {
  const [, core, pre] = /^(\d+\.\d+\.\d+)(?:-([0-9A-Za-z.-]+))?$/.exec(text) ?? [];
  if (core === undefined || text.length > 128) return false;
  const isNumber = (part: string) => /^(?:0|[1-9]\d*)$/.test(part) && BigInt(part) < 2n ** 53n;
  const isWord = (part: string) => part !== "" && (!/^\d+$/.test(part) || isNumber(part));
  return core.split(".").every(isNumber) && (pre === undefined || pre.split(".").every(isWord));
}

/** https://semver.org/#spec-item-11, the other way round. */
function newestFirst(a: string, b: string): number {
  const split = (text: string) => [text.split("-", 1)[0] ?? "", text.split("-").slice(1).join("-")] as const;
  const [[coreA, preA], [coreB, preB]] = [split(a), split(b)];
  const core = byParts(coreB.split("."), coreA.split("."));
  if (core !== 0 || preA === preB) return core;
  if (preA === "" || preB === "") return preA === "" ? -1 : 1;
  return byParts(preB.split("."), preA.split("."));
}

function byParts(a: readonly string[], b: readonly string[]): number {
  for (const [at, one] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    if (one === other) continue;
    const numbers = [one, other].map((part) => /^\d+$/.test(part));
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
    if (numbers[0]) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}

function filesBelow(registry: string, kind: string, depth: number): readonly string[] {
  const paths = (readdirSync(join(registry, kind), { recursive: true }) as string[]).filter(
    (path) => path.endsWith(".json") && path.split("/").length === depth,
  );
  return paths.sort().map((path) => `${kind}/${path}`);
}
