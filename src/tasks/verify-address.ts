import { judgeMissing, judgeRecorded } from "../bump/verify.ts";
import { type Address, addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type Finding, type Outcome, worstOutcome } from "../registry/finding.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { type RecordEntry, type RegistryRecord, repositoryOn } from "../registry/record.ts";
import { parseVersion, publishedVersionKey, versionOfTag } from "../registry/version.ts";
import type { Upstream } from "../upstream/port.ts";
import { keyFacts, type ReadKeys, readProviderKeys, readRecord } from "./base.ts";
import { type OpenRegistry, requirePath } from "./open-registry.ts";
import { readEvidence, recordedTag } from "./read-evidence.ts";
import { readMissing } from "./read-missing.ts";
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

interface Wanted {
  readonly version: string;
  /** As recorded; null where the record has no such version. */
  readonly entry: RecordEntry | null;
  readonly tag: string | undefined;
}

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
  const repository = repositoryOn(context.serverUrl, record, base.settings);
  if (repository === undefined) {
    const message = `The repository of ${quoted(path)} is not on ${new URL(context.serverUrl).host}. Set GITHUB_SERVER_URL and GITHUB_API_URL to the GitHub that it is on.`;
    throw new RegistrarError("bad-argument", message);
  }
  const { address } = record;
  const { wanted, beyond } = await findWanted(context, wish, { record, repository });
  const keys =
    address.kind === "provider" ? await readProviderKeys({ host, readKeys: context.readKeys }, base, address) : [];
  const surroundings = {
    now: context.now().toISOString(),
    layout: base.layout,
    settings: base.settings,
    keys: { [path]: keyFacts(keys) },
  };
  const { archives } = base.settings.policy;
  const versions: VerifiedVersion[] = [];
  for (let start = 0; start < wanted.length; start += concurrency) {
    const some = wanted.slice(start, start + concurrency).map(async ({ version, entry, tag }) => {
      const evidence = await readEvidence(context, { address, repository, version, tag, keys, archives });
      const findings =
        entry === null
          ? judgeMissing(record, { evidence, surroundings })
          : judgeRecorded(record, entry, { evidence, surroundings });
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
  { version, limit }: VerifyWish,
  of: { readonly record: RegistryRecord; readonly repository: string },
): Promise<{ readonly wanted: readonly Wanted[]; readonly beyond: Verification["beyond"] }> {
  const { entries, address } = of.record;
  const one = version === null ? undefined : entryOf(of.record, version);
  if (one !== undefined) return { wanted: [wantedOf(one)], beyond: { recorded: 0, missing: 0 } };
  if (version !== null && !isVersion(version, address)) throw notAVersion(version, address);
  const missing = found(await readMissing(upstream, of), "").candidates.map(
    (candidate): Wanted => ({ version: candidate.version, tag: candidate.tag, entry: null }),
  );
  if (version !== null) {
    const key = publishedVersionKey(version, address.kind);
    const same = missing.find((candidate) => publishedVersionKey(candidate.version, address.kind) === key);
    // A withdrawn version, or one that is not listed yet, is asked for all the same.
    return { wanted: [same ?? unlisted(version, address)], beyond: { recorded: 0, missing: 0 } };
  }
  const wanted = [...missing.slice(0, limit), ...entries.slice(0, limit).map(wantedOf)];
  const recorded = Math.max(0, entries.length - limit);
  return { wanted, beyond: { recorded, missing: Math.max(0, missing.length - limit) } };
}

const wantedOf = (entry: RecordEntry): Wanted => ({
  version: entry.version,
  entry,
  tag: recordedTag(entry),
});

/** The first entry that clients know by this version: of twins that is the published one. */
function entryOf({ entries, address }: RegistryRecord, version: string): RecordEntry | undefined {
  const key = publishedVersionKey(version, address.kind);
  return (
    entries.find((candidate) => candidate.version === version) ??
    entries.find((candidate) => publishedVersionKey(candidate.version, address.kind) === key)
  );
}

const unlisted = (text: string, { kind }: Address): Wanted => ({
  version: kind === "provider" ? (versionOfTag(text) ?? text) : text,
  tag: undefined,
  entry: null,
});

const isVersion = (text: string, { kind }: Address): boolean =>
  kind === "provider" ? versionOfTag(text) !== undefined : parseVersion(text, kind).ok;

function notAVersion(text: string, address: Address): RegistrarError {
  const message = `${plainText(addressText(address))} has no version ${quoted(text, 140)}, and a release cannot have it either: expected a version such as 1.3.0.`;
  return new RegistrarError("bad-argument", message);
}
