import type { PublishedKey } from "../../../src/publish/document.ts";
import { type Address, parseAddress } from "../../../src/registry/address.ts";
import {
  type ModuleRecord,
  type ProviderRecord,
  parseRecord,
  type RegistryRecord,
} from "../../../src/registry/record.ts";
import type { RegistryTree, TreeFile } from "../../../src/registry/tree.ts";
import { fileText } from "./files.ts";

type Json = Record<string, unknown>;

/** `linux_amd64` as an archive of a record. */
export function archive(platform: string, more: Json = {}): Json {
  const [os, arch] = platform.split(/_(.*)/);
  const filename = `terraform-provider-dns_1.0.0_${platform}.zip`;
  return {
    os,
    arch,
    filename,
    download_url: `https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/${filename}`,
    shasum: "ab".repeat(32),
    ...more,
  };
}

/** One entry of a provider's `versions`, for linux_amd64 when nothing else is said. */
export function version(text: string, more: Json = {}): Json {
  const base = `https://github.com/acme/terraform-provider-dns/releases/download/v${text}/terraform-provider-dns_${text}`;
  return {
    version: text,
    protocols: ["5.0"],
    shasums_url: `${base}_SHA256SUMS`,
    shasums_signature_url: `${base}_SHA256SUMS.sig`,
    targets: [archive("linux_amd64")],
    ...more,
  };
}

export function providerRecord(versions: readonly unknown[], head: Json = {}, address = "acme/dns"): ProviderRecord {
  return record(address, JSON.stringify({ ...head, versions }, null, 2)) as ProviderRecord;
}

export function moduleRecord(
  versions: readonly unknown[],
  head: Json = {},
  address = "acme/network/aws",
): ModuleRecord {
  return record(address, JSON.stringify({ ...head, versions }, null, 2)) as ModuleRecord;
}

export function record(addressText: string, text: string): RegistryRecord {
  const address = parseAddress(addressText) as Address;
  return parseRecord({ path: `${address.kind}s/${addressText}.json`, address, text });
}

/** Names of at most eight letters have key ids of their own. */
export function key(name: string, more: Partial<PublishedKey> = {}): PublishedKey {
  const fingerprint = Buffer.from(name.padStart(20, "-")).toString("hex").toUpperCase();
  return {
    path: `keys/acme/${name}.asc`,
    fingerprint,
    keyId: fingerprint.slice(-16),
    keyIds: [fingerprint.slice(-16)],
    goodUntil: null,
    armor: `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${name}\n-----END PGP PUBLIC KEY BLOCK-----\n`,
    revoked: false,
    ...more,
  };
}

/** A tree in memory: a text is a file, anything else is printed as JSON. */
export function memoryTree(content: Record<string, unknown>, commit: string | null = null): RegistryTree {
  const files: TreeFile[] = Object.entries(content)
    .map(([path, value]) => ({ path, mode: "100644", size: fileText(value).length, id: fileText(value) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    commit,
    files,
    read: async function* (wanted) {
      for (const file of wanted) yield { file, bytes: Buffer.from(file.id) };
    },
  };
}
