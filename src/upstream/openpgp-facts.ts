import { type AlgorithmFacts, algorithmText, weakAlgorithm } from "./openpgp-names.ts";
import type { SigningKey } from "./parsed-key.ts";

/** What is judged of the library's key packets. */
export interface KeyMaterial {
  readonly created: Date;
  readonly publicParams: object;
  getAlgorithmInfo(): AlgorithmFacts;
  getFingerprint(): string;
  getKeyID(): { toHex(): string };
}

/** What is judged of the library's signature packets. */
export interface SelfSignature {
  readonly created: Date | null;
  readonly keyFlags: ArrayLike<number> | null;
  /** Seconds after the key's creation; 0 or null for never. */
  readonly keyExpirationTime: number | null;
  readonly isPrimaryUserID: boolean | null;
  getExpirationTime(): Date | number;
}

/** A user id or subkey, bound to its key by `self`; `revocations` are valid ones. */
export interface Bound<Packet, Signature extends SelfSignature> {
  readonly packet: Packet;
  readonly self: Signature;
  readonly revocations: readonly Signature[];
}

/** Whose self-signature speaks for the key: go-crypto's `shouldPreferIdentity` (openpgp/keys.go). */
export function mainUser<User extends Bound<unknown, SelfSignature>>(users: readonly User[]): User | undefined {
  return users.reduce<User | undefined>(
    (best, one) => (best === undefined || isBetter(one, best) ? one : best),
    undefined,
  );
}

function isBetter(one: Bound<unknown, SelfSignature>, best: Bound<unknown, SelfSignature>): boolean {
  const revoked = one.revocations.length - best.revocations.length;
  if (revoked !== 0) return revoked < 0;
  const primary = Number(one.self.isPrimaryUserID === true) - Number(best.self.isPrimaryUserID === true);
  return primary > 0 || (primary === 0 && Number(one.self.created) > Number(best.self.created));
}

/** `until` (milliseconds since 1970) is when the primary key expires. */
export function describeSigningKey(
  packet: KeyMaterial,
  facts: {
    readonly self: SelfSignature;
    readonly primary: KeyMaterial;
    readonly revoked: boolean;
    readonly until: number;
  },
): SigningKey {
  const weak = [packet, facts.primary].flatMap((one) => weakAlgorithm(one.getAlgorithmInfo()) ?? []);
  return {
    keyId: keyIdOf(packet),
    fingerprint: packet.getFingerprint().toUpperCase(),
    algorithm: algorithmOf(packet),
    signs: maySign(facts.self),
    revoked: facts.revoked,
    createdAt: packet.created.toISOString(),
    expiresAt: isoDate(Math.min(expiryOf(packet, facts.self), facts.until)),
    weak: [...new Set(weak)],
  };
}

/** Milliseconds since 1970 from which on the key, as bound by `self`, is expired for clients; Infinity for never. */
export function expiryOf(packet: KeyMaterial, self: SelfSignature): number {
  const lifetime = self.keyExpirationTime ?? 0;
  const ofKey = lifetime === 0 ? Number.POSITIVE_INFINITY : packet.created.getTime() + lifetime * 1000;
  return Math.min(ofKey, Number(self.getExpirationTime()));
}

/**
 * The library computes DSA, and RSA where it has no native digest, with plain JavaScript integers: a modulus or exponent
 * of 65,535 bits would take minutes. FIPS 186-4 ends at 3072 and 256 bits for DSA; go-crypto takes RSA exponents of three
 * bytes; OpenSSL ends at 16,384 bits.
 */
export function isTooLarge(packet: KeyMaterial): boolean {
  const { e, q } = packet.publicParams as { readonly e?: Uint8Array; readonly q?: Uint8Array };
  const { algorithm, bits = 0 } = packet.getAlgorithmInfo();
  return algorithm === "dsa" ? bits > 3072 || (q?.length ?? 0) > 32 : bits > 16_384 || (e?.length ?? 0) > 3;
}

/** Key flag 0x02, "may sign data" (RFC 9580, section 5.2.3.29); a self-signature without flags allows nothing. */
export const maySign = (self: SelfSignature): boolean => ((self.keyFlags?.[0] ?? 0) & 0x02) !== 0;

export const keyIdOf = (packet: KeyMaterial): string => packet.getKeyID().toHex().toUpperCase();

export const algorithmOf = (packet: KeyMaterial): string => algorithmText(packet.getAlgorithmInfo());

/** ISO 8601 of milliseconds since 1970; null of Infinity. */
export const isoDate = (time: number): string | null => (Number.isFinite(time) ? new Date(time).toISOString() : null);
