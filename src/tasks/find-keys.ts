import { type Candidate, type LookedVersion, type NamespaceProposals, proposeKeys } from "../bump/propose-keys.ts";
import type { KeyFile } from "../registry/keys.ts";
import { keysFolder } from "../registry/namespaces.ts";
import { plainText } from "../registry/plain-text.ts";
import type { SignedSums } from "../upstream/key-sources.ts";
import type { ParsedKey } from "../upstream/parsed-key.ts";
import type { ReadKeys } from "./base.ts";
import type { FindKeysContext, KeylessNamespace } from "./keyless-namespaces.ts";
import { readProfileKeys } from "./read-profile-keys.ts";
import { readSignedReleases } from "./read-signed-releases.ts";
import type { Unavailable } from "./upstream-answers.ts";

/** Keys that were given, by the ids of all that sign for them. */
export type KeyIndex = ReadonlyMap<string, readonly Candidate[]>;

export async function indexKeys(readKeys: ReadKeys, files: readonly KeyFile[]): Promise<KeyIndex> {
  const index = new Map<string, Candidate[]>();
  for (const file of files) {
    for (const key of await readKeys([file])) {
      if (key.kind === "key") addCandidate(index, { key, from: plainText(file.path) });
    }
  }
  return index;
}

function addCandidate(index: Map<string, Candidate[]>, candidate: Candidate): void {
  for (const id of candidate.key.keyIds) index.set(id, [...(index.get(id) ?? []), candidate]);
}

export type FoundKeys = (NamespaceProposals & { readonly kind: "read"; readonly looked: number }) | Unavailable;

/** The signers of a namespace's newest releases, the keys found for them, and what those verify. */
export async function findKeys(
  context: FindKeysContext,
  { owner, providers }: KeylessNamespace,
  { given, github }: { readonly given: KeyIndex; readonly github: boolean },
): Promise<FoundKeys> {
  const { base } = context.registry;
  const signed = await readSignedReleases(context, { providers, releases: github });
  if (signed.kind !== "found") return signed;
  const named = new Set(signed.versions.flatMap(({ signers }) => signers.map(({ keyId }) => keyId)));
  const candidates = [...named].flatMap((id) => given.get(id) ?? []);
  const open = [...named].filter((id) => !candidates.some(({ key }) => key.keyIds.includes(id)));
  if (github && open.length > 0) {
    const found = await readProfileKeys(context, { owner, wanted: new Set(open) });
    if (found.kind !== "found") return found;
    candidates.push(...found.candidates);
  }
  const versions: LookedVersion[] = [];
  for (const { name, signers, sums } of signed.versions) {
    const verifiedBy: string[] = [];
    for (const key of new Map(candidates.map(({ key: one }) => [one.fingerprint, one])).values()) {
      if (await verifies(context, sums, key)) verifiedBy.push(key.fingerprint);
    }
    versions.push({ name, signers, verifiedBy });
  }
  const folder = keysFolder(owner, { layout: base.layout });
  const { proposals, missing } = proposeKeys(
    { owner, folder, versions, candidates },
    base.settings.blocked.fingerprints,
  );
  return { kind: "read", proposals, missing, looked: versions.length };
}

const verifies = async ({ keySources, now }: FindKeysContext, signed: SignedSums, key: ParsedKey): Promise<boolean> =>
  (await keySources.checkSignature(signed, { keys: [key], now: now() })).accepted;
