import { recordPath } from "../../../src/registry/address.ts";
import {
  type ModuleRecord,
  type ProviderRecord,
  parseRecord,
  type RegistryRecord,
} from "../../../src/registry/record.ts";
import { address, type Json, release, upstreamIds } from "./release.ts";

/** JSON as records are written. */
export const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** An entry of a provider's `versions[]`, as a release of that version gives it. */
export const version = (text: string, more: Json = {}): Json => ({
  ...release(/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(text) ? text : "1.0.0").entry,
  version: text,
  ...more,
});

/** An entry of a module's `versions[]`. */
export const moduleVersion = (text: string, more: Json = {}): Json => ({
  version: text,
  commit: "d0".repeat(20),
  ...more,
});

/** One archive of `acme/dns`, for `targets[]`. */
export function archive(platform: string, more: Json = {}): Json {
  const [, os, arch] = /^([^_]*)_(.*)$/.exec(platform) ?? [];
  const filename = `terraform-provider-dns_1.0.0_${platform}.zip`;
  const download_url = `https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/${filename}`;
  return { os, arch, filename, download_url, shasum: "ab".repeat(32), size: 1000, ...more };
}

/** A record as text: of a provider where the address has two parts, with the upstream's ids in its head. */
export function recordText(of: string, versions: readonly (string | Json)[], head: Json = upstreamIds): string {
  const provider = address(of).kind === "provider";
  const entries = versions.map((entry) => {
    if (typeof entry !== "string") return entry;
    return provider ? release(entry, { of }).entry : moduleVersion(entry);
  });
  return pretty({ ...head, versions: entries });
}

/** Any text, read as the record of an address. */
export function parsed(text: string, of = "acme/dns"): RegistryRecord {
  const parts = address(of);
  return parseRecord({ path: recordPath(parts, "plain"), address: parts, text });
}

export const providerRecord = (versions: readonly (string | Json)[], head?: Json, of = "acme/dns"): ProviderRecord =>
  parsed(recordText(of, versions, head), of) as ProviderRecord;

export const moduleRecord = (
  versions: readonly (string | Json)[],
  head?: Json,
  of = "acme/network/aws",
): ModuleRecord => parsed(recordText(of, versions, head), of) as ModuleRecord;
