import { pickNewest, type SignedVersion, signedVersions } from "../bump/signed-versions.ts";
import type { PullRequest } from "../github/port.ts";
import type { ProviderAddress } from "../registry/address.ts";
import type { Change, TouchedFile } from "../registry/change.ts";
import { coverageOf } from "../registry/key-coverage.ts";
import { keysFor } from "../registry/keys.ts";
import { ownerOf } from "../registry/namespaces.ts";
import type { RegistryRecord } from "../registry/record.ts";
import type { KeyFileFacts } from "../rules/key-facts.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { KeySources, SignedSums } from "../upstream/key-sources.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import { type Base, type BaseReader, type ReadKeys, readProviderKeys, readRecord } from "./base.ts";
import { readStanding } from "./read-standing.ts";
import type { Unavailable } from "./upstream-answers.ts";

export interface KeyFactsContext {
  readonly host: BaseReader;
  readonly keySources: KeySources;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
}

/** What one look reads at most: a version is two downloads, a record one. */
export const keyLookLimits = { records: 20, versionsOfOneFile: 12, versionsOfAll: 60 } as const;

/** What is known of the key files that a change touches, by path. */
export async function readKeyFacts(
  context: KeyFactsContext,
  of: {
    readonly base: Base;
    readonly change: Pick<Change, "keys">;
    /** Who opened the pull request; null where nobody did. */
    readonly author: PullRequest["author"] | null;
    readonly byRegistrar: boolean;
  },
): Promise<Readonly<Record<string, KeyFileFacts>>> {
  const { keys: files } = of.change;
  const after = new Map<string, readonly ParsedKeyFile[]>();
  for (const file of files) after.set(file.path, await parse(context, file, file.after));
  const reading: Looking = {
    context,
    ...of,
    after,
    most: Math.min(
      keyLookLimits.versionsOfOneFile,
      Math.floor(keyLookLimits.versionsOfAll / Math.max(1, files.length)),
    ),
    signed: new Map(),
    applicable: new Map(),
  };
  const facts: [string, KeyFileFacts][] = [];
  for (const file of files) facts.push([file.path, await readFacts(reading, file)]);
  return Object.fromEntries(facts);
}

/** One look at all touched files: what was read once is not read again. */
interface Looking {
  readonly context: KeyFactsContext;
  readonly base: Base;
  readonly change: Pick<Change, "keys">;
  readonly author: PullRequest["author"] | null;
  readonly byRegistrar: boolean;
  readonly after: ReadonlyMap<string, readonly ParsedKeyFile[]>;
  readonly most: number;
  readonly signed: Map<string, Promise<Reading<SignedSums>>>;
  readonly applicable: Map<string, Promise<Applicable>>;
}

/** The keys of one provider on the base, and after the change. */
interface Applicable {
  readonly before: readonly ParsedKeyFile[];
  readonly after: readonly ParsedKeyFile[];
}

const parse = async ({ readKeys }: KeyFactsContext, { path }: TouchedFile, text: string | null) =>
  text === null ? [] : readKeys([{ path, text }]);

async function readFacts(looking: Looking, file: TouchedFile): Promise<KeyFileFacts> {
  const { context, base } = looking;
  const { settings, layout } = base;
  const before = await parse(context, file, file.before);
  const after = looking.after.get(file.path) ?? [];
  const covers = coverageOf(file.path, {
    paths: base.files.map(({ path }) => path),
    layout,
    namespaces: settings.namespaces,
    aliases: settings.aliases,
  });
  const records: RegistryRecord[] = [];
  for (const { path } of covers.records.slice(0, keyLookLimits.records)) {
    const record = await readRecord(context.host, base, path);
    if (record !== null) records.push(record);
  }
  const { look, unavailable } = await lookAt(looking, { file, before, after, records });
  const standing = await readStanding(context.keySources, { file, records, ...looking });
  return {
    before,
    after,
    covers: covers.addresses,
    sameElsewhere: await sameElsewhere(looking, { after, records }),
    look: { ...look, records: { of: covers.records.length, read: records.length } },
    standing: standing.standing,
    otherOwners: standing.otherOwners,
    unavailable: unavailable ?? standing.unavailable,
  };
}

interface OneFile {
  readonly file: TouchedFile;
  readonly before: readonly ParsedKeyFile[];
  readonly after: readonly ParsedKeyFile[];
  readonly records: readonly RegistryRecord[];
}

async function lookAt(looking: Looking, { file, before, after, records }: OneFile) {
  const lists = records.map((record) =>
    signedVersions(record).map((version) => ({ version, address: record.address as ProviderAddress })),
  );
  const verified: string[] = [];
  const gone: string[] = [];
  const lost = new Set<string>();
  let looked = 0;
  let unavailable: Unavailable | null = null;
  for (const { version, address } of lists.flat()) {
    if (await losesRecorded(looking, { version, address, before })) lost.add(version.name);
  }
  // A file that holds nothing any more verifies nothing; only what is lost has to be found out.
  for (const { version, address } of pickNewest(lists, looking.most)) {
    if (after.length === 0 && version.signedBy !== null) continue;
    const signed = await readSigned(looking, version);
    if (signed.kind === "unavailable") {
      unavailable = signed;
      break;
    }
    looked += 1;
    if (signed.kind === "missing") gone.push(version.name);
    else {
      if (await accepts(looking, signed, after)) verified.push(version.name);
      const keys = await applicableKeys(looking, address);
      const was = file.before !== null && version.signedBy === null && (await accepts(looking, signed, keys.before));
      if (was && !(await accepts(looking, signed, keys.after))) lost.add(version.name);
    }
  }
  return { look: { versions: lists.flat().length, looked, verified, lost: [...lost], gone }, unavailable };
}

/** Of a version whose key is recorded nothing has to be read: it goes when the last usable copy of that key does. */
async function losesRecorded(
  looking: Looking,
  of: { readonly version: SignedVersion; readonly address: ProviderAddress; readonly before: readonly ParsedKeyFile[] },
): Promise<boolean> {
  const { signedBy } = of.version;
  const isSigner = (key: ParsedKeyFile) => key.kind === "key" && !key.revoked && key.fingerprint === signedBy;
  if (!of.before.some(isSigner)) return false;
  return !(await applicableKeys(looking, of.address)).after.some(isSigner);
}

function applicableKeys({ context, base, change, after, applicable }: Looking, address: ProviderAddress) {
  const { settings, layout } = base;
  const read = async (): Promise<Applicable> => {
    const before = await readProviderKeys(context, base, address);
    const touched = change.keys.map(({ path }) => ({ path }));
    const place = { type: address.type, namespace: ownerOf(address.namespace, settings), layout };
    const fresh = keysFor(touched, place).flatMap(({ path }) => after.get(path) ?? []);
    const kept = before.filter((key) => !touched.some(({ path }) => path === key.path));
    return { before, after: [...kept, ...fresh].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))) };
  };
  const key = `${address.namespace}/${address.type}`;
  const known = applicable.get(key) ?? read();
  applicable.set(key, known);
  return known;
}

function readSigned({ context, signed }: Looking, version: SignedVersion): Promise<Reading<SignedSums>> {
  const known = signed.get(version.name) ?? context.keySources.readSignedSums(version);
  signed.set(version.name, known);
  return known;
}

async function accepts({ context }: Looking, signed: SignedSums, keys: readonly ParsedKeyFile[]): Promise<boolean> {
  return (await context.keySources.checkSignature(signed, { keys, now: context.now() })).accepted;
}

/** Files of the base that nobody touches, with the same key for one of the same providers. */
async function sameElsewhere(
  looking: Looking,
  { after, records }: Pick<OneFile, "after" | "records">,
): Promise<readonly string[]> {
  const fresh = new Set(after.flatMap((key) => (key.kind === "key" ? [key.fingerprint] : [])));
  const touched = new Set(looking.change.keys.map(({ path }) => path));
  const found = new Set<string>();
  for (const { address } of records) {
    const { before } = await applicableKeys(looking, address as ProviderAddress);
    for (const key of before) {
      if (key.kind === "key" && fresh.has(key.fingerprint) && !touched.has(key.path)) found.add(key.path);
    }
  }
  return [...found].sort();
}
