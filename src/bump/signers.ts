import type { Evidence } from "../upstream/evidence.ts";

/** One signer of a provider's releases. */
export interface Signer {
  /** Fingerprint of the primary key (40 upper-case hex) where it is known, else the key id that the signature names. */
  readonly key: string;
  /** The registry's key file that verifies them; null when none does. */
  readonly path: string | null;
  readonly versions: readonly string[];
}

/** By whom releases are signed, in the order in which they are given; releases without a readable signature are passed over, and so are modules. Pure. */
export function signersOf(evidence: readonly Evidence[]): readonly Signer[] {
  const signers = new Map<string, Signer>();
  for (const one of evidence) {
    const report = one.kind === "provider" ? one.signatureReport : null;
    if (report === null) continue;
    const [named] = report.signers;
    const key = report.verifiedBy?.fingerprint ?? named?.fingerprint ?? named?.keyId;
    if (key === undefined) continue;
    const path = report.verifiedBy?.path ?? null;
    const id = `${key} ${path}`;
    signers.set(id, { key, path, versions: [...(signers.get(id)?.versions ?? []), one.version] });
  }
  return [...signers.values()];
}
