import {
  type ParsedKey,
  type ParsedKeyFile,
  readSignaturePacket,
  type SignatureFacts,
  strictProblem,
  verifySignature,
} from "./openpgp.ts";
import { splitPackets } from "./openpgp-packets.ts";
import type { KeyElement, SigningKey } from "./parsed-key.ts";
import type { SignatureProblem, SignatureReport } from "./signature-report.ts";

export type { SignatureReport };

/** Larger signature files are not read: 64 KiB. */
export const maxSignatureBytes = 64 * 1024;
/** Larger sums files are not verified: 4 MiB. */
export const maxSumsBytes = 4 * 1024 * 1024;
const maxPackets = 32;

/**
 * Judges the signature of a release under the registry's keys, each of which is published by itself. Unusable key files are
 * passed over: the registry does not publish them. Never throws, whatever the bytes are.
 */
export function checkSignature({ keys, ...signed }: Signed & { readonly keys: readonly ParsedKeyFile[] }) {
  return checkAsClient({ ...signed, elements: keys.flatMap((key) => (key.kind === "key" ? [[key]] : [])) });
}

interface Signed {
  readonly sums: Uint8Array;
  readonly signature: Uint8Array;
  readonly now: Date;
}

/**
 * OpenTofu's answer for a list of `gpg_public_keys` as it stands (`findSigningKey` over go-crypto's `CheckDetachedSignature`):
 * the elements in their order, of each the first packet that names one of its keys decides, and one that cannot be read ends
 * the check. Never throws.
 */
export async function checkAsClient(
  input: Signed & { readonly elements: readonly KeyElement[] },
): Promise<SignatureReport> {
  const { signature, sums, now, elements } = input;
  if (signature.length === 0) return refusal("empty", []);
  if (signature.length > maxSignatureBytes) return refusal("signature-too-large", []);
  const { packets, problem } = await readPackets(signature);
  if (problem !== null && packets.length === 0) return refusal(problem, packets);
  if (sums.length > maxSumsBytes) return refusal("sums-too-large", packets);
  if (elements.length === 0) return refusal("no-keys", packets);

  let outlived: Match | undefined;
  for (const element of elements) {
    if (element === "unreadable") return refusal("unreadable-key", packets);
    const match = findMatch(packets, element);
    if (match === undefined) {
      // Looking for this key, a client runs into what is wrong behind the packets, and gives up for good.
      if (problem !== null) return refusal(problem, packets);
      continue;
    }
    const refused = await refuse(match, sums);
    if (refused !== null) return refusal(refused, packets, match);
    if (!isOutlived(match, now)) return acceptance(match, packets, { sums, now });
    // OpenTofu warns of an expired key or signature only when no later key does better.
    outlived ??= match;
  }
  if (outlived !== undefined) return acceptance(outlived, packets, { sums, now });
  const keys = elements.flatMap((element) => (element === "unreadable" ? [] : element));
  return refusal(whyUnknown(packets, keys) ?? "unknown-key", packets);
}

/** A packet with the key that it names. */
interface Match {
  readonly packet: SignatureFacts;
  readonly signer: SigningKey;
  readonly key: ParsedKey;
}

interface Packets {
  readonly packets: readonly SignatureFacts[];
  /** What a client runs into behind `packets`, if it gets there. */
  readonly problem: SignatureProblem | null;
}

async function readPackets(bytes: Uint8Array): Promise<Packets> {
  if (/^\s*-----BEGIN PGP /.test(new TextDecoder("latin1").decode(bytes.subarray(0, 100)))) {
    return { packets: [], problem: "armoured" };
  }
  const { packets: raw, rest } = splitPackets(bytes, maxPackets);
  const packets: SignatureFacts[] = [];
  for (const { tag, bytes: packet } of raw) {
    // Marker, trust and non-critical unknown packets are passed over (go-crypto, packet/reader.go).
    if (tag === 10 || tag === 12 || tag >= 40) continue;
    const facts = tag === 2 ? await readSignaturePacket(packet) : "malformed";
    if (facts === "skipped") continue;
    if (facts === "malformed") return { packets, problem: "not-a-signature" };
    if (facts.keyId === null && facts.refused === null) return { packets, problem: "no-issuer" };
    packets.push(facts);
  }
  return { packets, problem: rest.length > 0 || packets.length === 0 ? "not-a-signature" : null };
}

/** The first packet by one of these keys; as if it were not there when clients cannot read it or the key may not sign. */
function findMatch(packets: readonly SignatureFacts[], keys: readonly ParsedKey[]): Match | undefined {
  for (const packet of packets) {
    for (const key of keys) {
      const signer = key.signingKeys.find((one) => one.keyId === packet.keyId && one.signs);
      if (signer !== undefined && packet.refused === null) return { packet, signer, key };
    }
  }
  return undefined;
}

async function refuse({ packet, signer, key }: Match, sums: Uint8Array): Promise<SignatureProblem | null> {
  if (!packet.overData) return "bad-signature";
  if (!(await verifySignature(packet.bytes, { key, keyId: signer.keyId }, sums))) return "bad-signature";
  return signer.revoked ? "revoked-key" : null;
}

/** Why no packet counts although a known key is named. */
function whyUnknown(packets: readonly SignatureFacts[], keys: readonly ParsedKey[]): SignatureProblem | null {
  for (const packet of packets) {
    const signer = keys.flatMap((key) => key.signingKeys).find((one) => one.keyId === packet.keyId);
    if (signer === undefined) continue;
    if (packet.refused !== null) return packet.refused === "hash" ? "rejected-hash" : "unsupported";
    return "key-cannot-sign";
  }
  return null;
}

/** Expired, or from the future: go-crypto makes no difference, and compares with now, not with the signature's date. */
function isOutlived({ packet, signer }: Match, now: Date): boolean {
  const expired = [packet.expiresAt, signer.expiresAt].some((date) => date !== null && new Date(date) < now);
  return expired || [packet.createdAt, signer.createdAt].some((date) => new Date(date) > now);
}

async function acceptance(
  { key, packet, signer }: Match,
  packets: readonly SignatureFacts[],
  { sums, now }: { readonly sums: Uint8Array; readonly now: Date },
): Promise<SignatureReport> {
  const weak = [...signer.weak];
  if (packet.hash === "SHA-1") weak.push("SHA-1 digest");
  if (new Date(signer.createdAt) > now) weak.push(`key dated in the future (${signer.createdAt})`);
  if (new Date(packet.createdAt) > now) weak.push(`signature dated in the future (${packet.createdAt})`);
  const strict = weak.length === 0 ? await strictProblem(packet.bytes, key, sums) : null;
  if (strict !== null) weak.push(strict);
  return {
    accepted: true,
    problem: null,
    verifiedBy: { path: key.path, fingerprint: key.fingerprint },
    ...factsOf(packets, { packet, signer }),
    weak,
    expiredKey: signer.expiresAt !== null && new Date(signer.expiresAt) < now ? signer.expiresAt : null,
  };
}

function refusal(
  problem: SignatureProblem,
  packets: readonly SignatureFacts[],
  match?: Pick<Match, "packet" | "signer">,
): SignatureReport {
  return { accepted: false, problem, verifiedBy: null, ...factsOf(packets, match), weak: [], expiredKey: null };
}

function factsOf(packets: readonly SignatureFacts[], match: Pick<Match, "packet" | "signer"> | undefined) {
  const packet = match?.packet ?? packets[0];
  return {
    signers: packets.flatMap(({ keyId, fingerprint }) => (keyId === null ? [] : [{ keyId, fingerprint }])),
    signatureExpires: packet?.expiresAt ?? null,
    algorithm: match?.signer.algorithm ?? packet?.algorithm ?? null,
    hash: packet?.hash ?? null,
    createdAt: packet?.createdAt ?? null,
  };
}
