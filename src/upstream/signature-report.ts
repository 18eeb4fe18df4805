/** Why OpenTofu would not take a signature. */
export type SignatureProblem =
  /** The signature file is empty. */
  | "empty"
  /** Over 64 KiB; nothing of it was read. */
  | "signature-too-large"
  /** The sums are over 4 MiB; nothing was verified. */
  | "sums-too-large"
  /** An ASCII-armoured signature: clients read the binary form alone. */
  | "armoured"
  /** No OpenPGP signature, or something before one (a signed message, say). */
  | "not-a-signature"
  /** A signature that does not say by which key it is. */
  | "no-issuer"
  /** The registry has no usable key for this provider. */
  | "no-keys"
  /** A key that clients try before one that fits cannot be read, and ends the check. Never of the registry's own keys: what cannot be read is not published. */
  | "unreadable-key"
  /** None of the keys that signed is among the registry's. */
  | "unknown-key"
  /** A known key is named, but the signature is not by it or not over these sums. */
  | "bad-signature"
  /** A known key signed with a digest that clients do not know (MD5, RIPEMD-160). */
  | "rejected-hash"
  /** A known key signed with a critical part that no client understands. */
  | "unsupported"
  /** By a key that is revoked, for whatever reason and whenever. */
  | "revoked-key"
  /** By a key whose self-signature does not let it sign data. */
  | "key-cannot-sign";

/** What a detached signature over a sums file is worth under the registry's keys. Plain JSON data. */
export interface SignatureReport {
  /** OpenTofu's answer: the signature is good, even if the key or the signature has expired. */
  readonly accepted: boolean;
  /** Null exactly when accepted. */
  readonly problem: SignatureProblem | null;
  /** The key file and its primary key's fingerprint (40 upper-case hex); null exactly when not accepted. */
  readonly verifiedBy: { readonly path: string; readonly fingerprint: string } | null;
  /** The keys that the signature packets name, unverified: 16 and 40 upper-case hex. */
  readonly signers: readonly { readonly keyId: string; readonly fingerprint: string | null }[];
  /** Why an accepted signature is weak, for people: `RSA 1024`, `DSA 2048`, `SHA-1 digest`; empty when it is not. */
  readonly weak: readonly string[];
  /** When the key that signed expired, if it has; ISO 8601. */
  readonly expiredKey: string | null;
  /** When the signature says it expires, past or future; ISO 8601. Terraform refuses it from then on. */
  readonly signatureExpires: string | null;
  /** `RSA 4096`, or `RSA` as long as the key is unknown. This and the next two are of the packet that decided, else the first. */
  readonly algorithm: string | null;
  readonly hash: string | null;
  readonly createdAt: string | null;
}
