import type { ProviderAddress } from "../registry/address.ts";
import type { Archive, ProviderVersion } from "../registry/schema.ts";
import type { ProviderEvidence } from "./evidence.ts";
import { platformOfArchive } from "./names.ts";
import { parseSums, type Sums } from "./sums.ts";

export type BuiltVersion<T> =
  | { readonly kind: "built"; readonly version: T }
  | { readonly kind: "impossible"; readonly reason: string };

/**
 * The version as the evidence says it is: the one function that both makes bumps and judges them, so that a bump and its
 * verification cannot differ. `discovered` is not part of it. Pure.
 */
export function buildVersion(evidence: ProviderEvidence, address: ProviderAddress): BuiltVersion<ProviderVersion> {
  const { release, sums, signature, manifest, tagCommit } = evidence;
  if (release.kind !== "found") return impossible(release.reason);
  if (sums.kind !== "found") return impossible(sums.reason);
  if (signature.kind !== "found") return impossible(signature.reason);
  if (manifest.kind !== "found") return impossible(manifest.reason);
  if (tagCommit.kind !== "found") return impossible(tagCommit.reason);
  const targets = buildArchives(evidence, address, sumsOf(evidence));
  if (targets.length === 0) {
    return impossible(
      `No archive named terraform-provider-${address.type}_${evidence.version}_OS_ARCH.zip is both in the release and in its SHA256SUMS.`,
    );
  }
  const signedBy = evidence.signatureReport?.verifiedBy?.fingerprint;
  return {
    kind: "built",
    version: {
      version: evidence.version,
      protocols: [...manifest.protocols],
      shasums_url: sums.url,
      shasums_signature_url: signature.url,
      targets,
      tag: release.tag,
      commit: tagCommit.sha,
      release_id: release.id,
      published: release.publishedAt,
      sums_sha256: sums.sha256,
      ...(signedBy === undefined ? {} : { signed_by: signedBy }),
    },
  };
}

const impossible = (reason: string): BuiltVersion<never> => ({ kind: "impossible", reason });

/** The parsed SHA256SUMS of the evidence; without lines when there is none. */
export function sumsOf({ sums }: ProviderEvidence): Sums {
  if (sums.kind !== "found") return { lines: [], unreadable: [] };
  const known = parsedSums.get(sums);
  if (known !== undefined) return known;
  const parsed = parseSums(Buffer.from(sums.base64, "base64").toString("utf8"));
  parsedSums.set(sums, parsed);
  return parsed;
}

/** Several rules ask for every archive, and a file of sums may have megabytes. */
const parsedSums = new WeakMap<object, Sums>();

function buildArchives(evidence: ProviderEvidence, address: ProviderAddress, sums: Sums): Archive[] {
  if (evidence.release.kind !== "found") return [];
  const archives: Archive[] = [];
  for (const asset of evidence.release.assets) {
    const platform = platformOfArchive(asset.name, { type: address.type, version: evidence.version });
    const shasum = sums.lines.find((line) => line.filename === asset.name)?.sha256;
    if (platform === undefined || shasum === undefined) continue;
    archives.push({ ...platform, filename: asset.name, download_url: asset.url, shasum, size: asset.size });
  }
  return archives.sort((a, b) => compareText(a.os, b.os) || compareText(a.arch, b.arch));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
