import { addressText } from "../../registry/address.ts";
import type { Finding } from "../../registry/finding.ts";
import { quoted } from "../../registry/plain-text.ts";
import type { ProviderRecord } from "../../registry/record.ts";
import type { Archive, ProviderVersion } from "../../registry/schema.ts";
import { compareVersions, parseVersion, publishedVersionKey, type Version } from "../../registry/version.ts";
import { statedWithdrawals } from "../../registry/withdrawn.ts";
import type { PublishedKey } from "../document.ts";
import { KeyRing } from "./keys.ts";
import { leftOut, noticed } from "./left-out.ts";
import { protocolsProblem } from "./protocols.ts";
import { shapeFindings } from "./shape.ts";
import { usableWarnings } from "./warnings.ts";

/** One version of a provider that clients can install. */
export interface UsableProviderVersion {
  readonly version: Version;
  readonly protocols: readonly string[];
  /** One for each platform, in the record's order. */
  readonly archives: readonly Archive[];
  readonly shasumsUrl: string;
  readonly shasumsSignatureUrl: string;
  readonly keys: readonly PublishedKey[];
}

export interface UsableProvider {
  readonly warnings: readonly string[];
  /** Newest first; none where nothing of the record can be installed. */
  readonly versions: readonly UsableProviderVersion[];
  /** One for each thing that is left out, and notices. */
  readonly findings: readonly Finding[];
}

/** What clients can use of a provider's record, given the keys that apply to it. */
export function usableProvider(record: ProviderRecord, keys: readonly PublishedKey[]): UsableProvider {
  const { path } = record;
  const findings: Finding[] = [...shapeFindings(record)];
  const warnings = usableWarnings(record.head);
  const withdrawn = statedWithdrawals(record);
  if (withdrawn === null) {
    findings.push(leftOut({ code: "record-shape", path, pointer: "/withdrawn" }, unknownWithdrawals(path)));
    return { warnings, versions: [], findings };
  }
  const ring = new KeyRing(keys);
  const taken = new Map<string, string>();
  const versions: UsableProviderVersion[] = [];
  for (const entry of record.entries) {
    const written = entry.version;
    const key = publishedVersionKey(written, "provider");
    if (withdrawn.has(key)) continue;
    const pointer = `/versions/${entry.index}`;
    const refuse = (code: string, problem: string, next?: string) =>
      findings.push(
        leftOut({ code, path, version: written, pointer }, `${quoted(written)} is not published: ${problem}.`, next),
      );
    // One finding for each thing: what the schema refuses has its own already.
    if (entry.value === undefined) continue;
    const parsed = parseVersion(written, "provider");
    if (!parsed.ok) {
      refuse("version-syntax", `the version ${parsed.problem}`);
      continue;
    }
    const twin = taken.get(key);
    if (twin !== undefined) {
      refuse("version-unique", `clients cannot tell it from ${quoted(twin)}, which the record has before it`);
      continue;
    }
    taken.set(key, written);
    const problem = protocolsProblem(entry.value.protocols);
    if (problem !== undefined) {
      refuse("protocols", problem);
      continue;
    }
    const choice = ring.choose(entry.value.signed_by);
    if (!choice.ok) {
      refuse("signature", choice.problem, choice.next);
      continue;
    }
    const archives = usableArchives(entry.value, { path, pointer }, findings);
    if (archives.length === 0) {
      refuse("record-shape", "it has no archives");
      continue;
    }
    versions.push({
      version: parsed.version,
      protocols: entry.value.protocols,
      archives,
      shasumsUrl: entry.value.shasums_url,
      shasumsSignatureUrl: entry.value.shasums_signature_url,
      keys: choice.keys,
    });
  }
  if (versions.some((version) => version.keys.length === 0)) {
    findings.push(
      noticed(
        { code: "signature", path },
        `No valid key is registered for ${addressText(record.address)}: away from registry.opentofu.org clients refuse its versions.`,
        "Add the author's public key below keys/.",
      ),
    );
  }
  return { warnings, versions: versions.sort((a, b) => compareVersions(b.version, a.version)), findings };
}

/** One archive for each platform, the first recorded; the others become findings. */
function usableArchives(
  version: ProviderVersion,
  place: { readonly path: string; readonly pointer: string },
  findings: Finding[],
): readonly Archive[] {
  const platforms = new Map<string, Archive>();
  for (const archive of version.targets) {
    const platform = `${archive.os}_${archive.arch}`;
    const where = { path: place.path, version: version.version, pointer: place.pointer };
    if (platforms.has(platform)) {
      findings.push(
        leftOut(
          { code: "version-unique", ...where },
          `An archive of ${quoted(version.version)} is not published: the version has one for ${platform} before it.`,
        ),
      );
      continue;
    }
    platforms.set(platform, archive);
    // Clients name platforms as Go does (https://go.dev/doc/install/source#environment).
    if (!/^[a-z0-9]+_[a-z0-9]+$/.test(platform)) {
      findings.push(
        noticed(
          { code: "record-shape", ...where },
          `No client asks by itself for the platform ${platform} of ${quoted(version.version)}.`,
        ),
      );
    }
  }
  return [...platforms.values()];
}

export const unknownWithdrawals = (path: string): string =>
  `Nothing of ${quoted(path)} is published: which versions are withdrawn cannot be read from "withdrawn".`;
