import { findMissing } from "../bump/candidates.ts";
import { judgeMissing, judgeRecorded } from "../bump/verify.ts";
import { type Address, addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type Finding, type Outcome, worstOutcome } from "../registry/finding.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { type ProviderEntry, type ProviderRecord, repositoryOn } from "../registry/record.ts";
import { publishedVersionKey, versionOfTag } from "../registry/version.ts";
import type { Upstream } from "../upstream/port.ts";
import { keyFacts, type ReadKeys, readProviderKeys, readRecord } from "./base.ts";
import { type OpenRegistry, requirePath } from "./open-registry.ts";
import { found } from "./upstream-answers.ts";

export interface VerifyContext {
  readonly registry: OpenRegistry;
  readonly upstream: Upstream;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface VerifyWish {
  readonly address: Address;
  /** As the record writes it, or as a release would be recorded; null: all, newest first. */
  readonly version: string | null;
  /** How many recorded versions are looked at, and how many that are not recorded. */
  readonly limit: number;
}

export interface VerifiedVersion {
  readonly version: string;
  /** Whether the record has it; else it is judged as the bump that would add it. */
  readonly recorded: boolean;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

export interface Verification {
  readonly path: string;
  /** `owner/name` that was asked. */
  readonly repository: string;
  /** Of everything that was looked at. */
  readonly outcome: Outcome;
  readonly versions: readonly VerifiedVersion[];
  /** What the limit left out. */
  readonly beyond: { readonly recorded: number; readonly missing: number };
}

type Wanted = { readonly version: string } & (
  | { readonly entry: ProviderEntry; readonly tag: string | undefined }
  | { readonly entry: null; readonly tag: string | undefined }
);

/** Judges what upstream has now for a recorded address, by the rules of every pull request. Writes nothing. */
export async function verifyAddress(context: VerifyContext, wish: VerifyWish): Promise<Verification> {
  const { base, host } = context.registry;
  const path = requirePath(base, wish.address);
  const record = await readRecord(host, base, path);
  if (record?.readable !== true) {
    throw new RegistrarError(
      "bad-tree",
      `${quoted(path)} is no record that can be read; \`registrar validate\` says why.`,
    );
  }
  const repository = repositoryOn(context.serverUrl, record);
  if (repository === undefined) {
    const message = `The repository of ${quoted(path)} is not on ${new URL(context.serverUrl).host}. Set GITHUB_SERVER_URL and GITHUB_API_URL to the GitHub that it is on.`;
    throw new RegistrarError("bad-argument", message);
  }
  const provider = record as ProviderRecord;
  const { wanted, beyond } = await findWanted(context, wish, { record: provider, repository });
  const keys = await readProviderKeys({ host, readKeys: context.readKeys }, base, provider.address);
  const surroundings = {
    now: context.now().toISOString(),
    layout: base.layout,
    settings: base.settings,
    keys: { [path]: keyFacts(keys) },
  };
  const versions: VerifiedVersion[] = [];
  for (let start = 0; start < wanted.length; start += concurrency) {
    const some = wanted.slice(start, start + concurrency).map(async ({ version, entry, tag }) => {
      const evidence = await context.upstream.readProviderEvidence({
        address: provider.address,
        repository,
        version,
        tag,
        keys,
        now: context.now(),
      });
      const findings =
        entry === null
          ? judgeMissing(provider, { evidence, surroundings })
          : judgeRecorded(provider, entry, { evidence, surroundings });
      return { version, recorded: entry !== null, outcome: worstOutcome(findings), findings };
    });
    versions.push(...(await Promise.all(some)));
    context.onProgress?.(versions.length, wanted.length);
  }
  return { path, repository, outcome: worstOutcome(versions), versions, beyond };
}

const concurrency = 4;

async function findWanted(
  { upstream }: VerifyContext,
  { version, limit, address }: VerifyWish,
  of: { readonly record: ProviderRecord; readonly repository: string },
): Promise<{ readonly wanted: readonly Wanted[]; readonly beyond: Verification["beyond"] }> {
  const { record, repository } = of;
  if (version !== null) {
    const wanted = [entryWanted(record, version) ?? missingWanted(version, address)];
    return { wanted, beyond: { recorded: 0, missing: 0 } };
  }
  const { releases } = found(await upstream.listReleases(repository), "");
  const missing = findMissing(record, releases, null);
  const recorded = record.entries.slice(0, limit).map(wantedOf);
  const candidates = missing.slice(0, limit).map(({ version, tag }) => ({ version, tag, entry: null }));
  const beyond = {
    recorded: record.entries.length - recorded.length,
    missing: missing.length - candidates.length,
  };
  return { wanted: [...candidates, ...recorded], beyond };
}

const wantedOf = (entry: ProviderEntry): Wanted => ({ version: entry.version, entry, tag: entry.value?.tag });

/** The first entry that clients know by this version: of twins that is the published one. */
function entryWanted(record: ProviderRecord, version: string): Wanted | undefined {
  const { kind } = record.address;
  const key = publishedVersionKey(version, kind);
  const entry =
    record.entries.find((candidate) => candidate.version === version) ??
    record.entries.find((candidate) => publishedVersionKey(candidate.version, kind) === key);
  return entry === undefined ? undefined : wantedOf(entry);
}

function missingWanted(text: string, address: Address): Wanted {
  const version = versionOfTag(text);
  if (version !== undefined) return { version, entry: null, tag: undefined };
  const message = `${plainText(addressText(address))} has no version ${quoted(text, 140)}, and a release cannot have it either: expected a version such as 1.3.0.`;
  throw new RegistrarError("bad-argument", message);
}
