import type { LookedVersion } from "../bump/propose-keys.ts";
import { pickNewest, signedVersions } from "../bump/signed-versions.ts";
import { addressText } from "../registry/address.ts";
import { type ProviderRecord, repositoryOn } from "../registry/record.ts";
import { compareVersions, parseVersion } from "../registry/version.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { SignedSums } from "../upstream/key-sources.ts";
import { readRecord } from "./base.ts";
import type { FindKeysContext, KeylessNamespace } from "./keyless-namespaces.ts";
import { readEvidence } from "./read-evidence.ts";
import { readMissing } from "./read-missing.ts";
import { type Unavailable, unavailablePart } from "./upstream-answers.ts";

/** A version with what it was signed with, and whom that names. */
export type SignedRelease = Pick<LookedVersion, "name" | "signers"> & { readonly sums: SignedSums };

/** What is read of one namespace at most. */
const limits = { records: 5, versions: 6, releases: 2 } as const;

/** The newest recorded versions, and the newest release that is not recorded: a bump may be waiting for its key. */
export async function readSignedReleases(
  context: FindKeysContext,
  { providers, releases }: Pick<KeylessNamespace, "providers"> & { readonly releases: boolean },
): Promise<{ readonly kind: "found"; readonly versions: readonly SignedRelease[] } | Unavailable> {
  const { registry, keySources } = context;
  const records: ProviderRecord[] = [];
  for (const { path } of providers.slice(0, limits.records)) {
    const record = await readRecord(registry.host, registry.base, path);
    if (record?.readable === true) records.push(record as ProviderRecord);
  }
  const read: { readonly name: string; readonly sums: SignedSums }[] = [];
  for (const record of releases ? records.slice(0, limits.releases) : []) {
    const release = await readNewestRelease(context, record);
    if (release.kind === "unavailable") return release;
    if (release.kind === "found") read.push(release);
  }
  for (const version of pickNewest(records.map(signedVersions), limits.versions)) {
    const sums = await keySources.readSignedSums(version);
    if (sums.kind === "unavailable") return sums;
    if (sums.kind === "found") read.push({ name: version.name, sums });
  }
  const named = read.map(async ({ name, sums }) => {
    const { signers } = await keySources.checkSignature(sums, { keys: [], now: context.now() });
    return { name, sums, signers };
  });
  return { kind: "found", versions: await Promise.all(named) };
}

async function readNewestRelease(
  context: FindKeysContext,
  record: ProviderRecord,
): Promise<Reading<{ readonly name: string; readonly sums: SignedSums }>> {
  const { address } = record;
  const repository = repositoryOn(context.serverUrl, record, context.registry.base.settings);
  const nothing = { kind: "missing", reason: "Nothing newer is released." } as const;
  if (repository === undefined) return nothing;
  const missing = await readMissing(context.upstream, { record, repository });
  if (missing.kind !== "found") return missing;
  const newest = missing.candidates
    .flatMap((candidate) => {
      const parsed = parseVersion(candidate.version, "provider");
      return parsed.ok ? [{ candidate, version: parsed.version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))[0]?.candidate;
  if (newest === undefined) return nothing;
  const { version, tag } = newest;
  const of = { address, repository, version, tag, keys: [], archives: "none" } as const;
  const evidence = await readEvidence(context, of);
  const unknown = unavailablePart(evidence);
  if (unknown !== null) return unknown;
  if (evidence.kind !== "provider" || evidence.sums.kind !== "found" || evidence.signature.kind !== "found") {
    return nothing;
  }
  const sums = { sums: evidence.sums.base64, signature: evidence.signature.base64 };
  return { kind: "found", name: `${addressText(address)} ${version}`, sums };
}
