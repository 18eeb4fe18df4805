import { createHash } from "node:crypto";
import type { ParsedKey } from "../upstream/parsed-key.ts";

/** Where pull requests with keys that Registrar has found live. */
export const keyBranchPrefix = "registrar/keys/";
/** As many keys as a maintainer still compares in one pull request. */
export const mostKeysAtOnce = 25;

/** A key that somebody offers, and where it was found. */
export interface Candidate {
  readonly key: ParsedKey;
  /** For people: `olga's profile on GitHub`, `keys/acme.asc`; plain text. */
  readonly from: string;
}

/** A version that was looked at: who its signature names, and which candidates verify it. */
export interface LookedVersion {
  /** `acme/dns 1.2.0` */
  readonly name: string;
  readonly signers: readonly { readonly keyId: string; readonly fingerprint: string | null }[];
  /** Fingerprints of primary keys. */
  readonly verifiedBy: readonly string[];
}

/** Everything that was read of a namespace without keys. Plain data. */
export interface NamespaceLook {
  /** The account that its keys lie under. */
  readonly owner: string;
  /** `keys/acme` */
  readonly folder: string;
  readonly versions: readonly LookedVersion[];
  readonly candidates: readonly Candidate[];
}

export interface KeyProposal {
  readonly owner: string;
  readonly path: string;
  /** The key's minimal export. */
  readonly text: string;
  readonly key: Omit<ParsedKey, "armor" | "path" | "kind">;
  readonly from: string;
  /** The versions that it verifies, and how many were looked at. */
  readonly verifies: readonly string[];
  readonly looked: number;
}

export interface NamespaceProposals {
  readonly proposals: readonly KeyProposal[];
  /** Signers for whom no key was found, or none that can be proposed; with the versions that name them. */
  readonly missing: readonly { readonly signer: string; readonly versions: readonly string[]; readonly why: string }[];
}

/** The keys to propose for a namespace: those that verify what it has published, and can be taken. Pure. */
export function proposeKeys(look: NamespaceLook, blocked: readonly string[]): NamespaceProposals {
  const { versions, candidates, owner, folder } = look;
  const proposals: KeyProposal[] = [];
  const refused = new Map<string, string>();
  for (const { key, from } of candidates) {
    const { armor, path: _path, kind: _kind, ...facts } = key;
    const verifies = versions.filter(({ verifiedBy }) => verifiedBy.includes(key.fingerprint)).map(({ name }) => name);
    const why = refusal(key, { verifies, blocked });
    if (why !== null) for (const id of key.keyIds) refused.set(id, `${why} (${from})`);
    else if (!proposals.some(({ key: other }) => other.fingerprint === key.fingerprint)) {
      const path = `${folder}/${key.fingerprint.slice(-16).toLowerCase()}.asc`;
      proposals.push({ owner, path, text: armor, key: facts, from, verifies, looked: versions.length });
    }
  }
  const known = new Set(proposals.flatMap(({ key }) => key.keyIds));
  return { proposals, missing: missingSigners(versions, { known, refused }) };
}

function refusal(
  key: ParsedKey,
  { verifies, blocked }: { readonly verifies: readonly string[]; readonly blocked: readonly string[] },
): string | null {
  const all = [key.fingerprint, ...key.signingKeys.map(({ fingerprint }) => fingerprint)];
  if (all.some((one) => blocked.includes(one))) return `the key ${key.fingerprint} is blocked in this registry`;
  if (key.revoked) return `the key ${key.fingerprint} is revoked`;
  return verifies.length === 0 ? `the key ${key.fingerprint} does not verify what names it` : null;
}

function missingSigners(
  versions: readonly LookedVersion[],
  { known, refused }: { readonly known: ReadonlySet<string>; readonly refused: ReadonlyMap<string, string> },
): NamespaceProposals["missing"] {
  const missing = new Map<string, { signer: string; versions: string[]; why: string }>();
  for (const { name, signers } of versions) {
    // One signature of several that is verified is enough.
    if (signers.some(({ keyId }) => known.has(keyId))) continue;
    for (const { keyId, fingerprint } of signers) {
      const why = refused.get(keyId) ?? "no key was found";
      const one = missing.get(keyId) ?? { signer: fingerprint ?? keyId, versions: [], why };
      one.versions.push(name);
      missing.set(keyId, one);
    }
  }
  return [...missing.values()];
}

export interface KeyBatch {
  readonly branch: string;
  readonly title: string;
  readonly proposals: readonly KeyProposal[];
}

/** Shares proposals out over pull requests, the keys of one namespace always in one. The same keys have the same branch. Pure. */
export function batchProposals(proposals: readonly KeyProposal[]): readonly KeyBatch[] {
  const batches: KeyProposal[][] = [];
  for (const group of Map.groupBy(proposals, ({ owner }) => owner.toLowerCase()).values()) {
    const last = batches.at(-1);
    if (last !== undefined && last.length + group.length <= mostKeysAtOnce) last.push(...group);
    else batches.push([...group]);
  }
  return batches.map((batch) => {
    const content = JSON.stringify(batch.map(({ path, text }) => [path, text]));
    const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
    const owners = new Set(batch.map(({ owner }) => owner.toLowerCase())).size;
    const title = `${count(batch.length, "signing key")} of ${count(owners, "namespace")}`;
    return { branch: `${keyBranchPrefix}${digest}`, title, proposals: batch };
  });
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;
