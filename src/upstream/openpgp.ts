// Longer than 250 lines because it is the only file that knows the openpgp package: what needs no package is in the files
// beside it. The import of eckey-utils makes its absence show at start: the library asks for it only when it meets the
// first brainpool or secp256k1 key.
import "eckey-utils";
import * as openpgp from "openpgp";
import { findKeyBlocks, type KeyFile, keyFileProblem, maxKeyFileBytes } from "../registry/keys.ts";
import { plainText } from "../registry/plain-text.ts";
import {
  algorithmOf,
  type Bound,
  describeSigningKey,
  expiryOf,
  isoDate,
  isTooLarge,
  keyIdOf,
  mainUser,
  maySign,
} from "./openpgp-facts.ts";
import { canSign, hashText, isClientHash, signatureAlgorithmText } from "./openpgp-names.ts";
import type { KeyElement, ParsedKey, ParsedKeyFile, UnusableKeyFile } from "./parsed-key.ts";

export type { ParsedKey, ParsedKeyFile } from "./parsed-key.ts";

/** Signatures checked for one key; real keys need fewer than ten, a hostile one could keep the process busy. */
const maxChecks = 100;

/** What a data signature packet says of itself; not verified. */
export interface SignatureFacts {
  /** The packet with its header. */
  readonly bytes: Uint8Array;
  /** Issuer: 16 upper-case hex digits; null when the packet names none. */
  readonly keyId: string | null;
  /** Issuer's fingerprint in upper-case hex, where the packet has that subpacket. */
  readonly fingerprint: string | null;
  /** Whether it is over a file (binary or text mode), not over a key or user id. */
  readonly overData: boolean;
  readonly algorithm: string;
  readonly hash: string;
  readonly createdAt: string;
  /** When the signature itself expires; ISO 8601. */
  readonly expiresAt: string | null;
  /** Why OpenTofu's library skips or refuses the packet: its digest, or a critical part that nobody knows. */
  readonly refused: "hash" | "critical" | null;
}

/** One of the `signingKeys` of a key. */
export interface Signatory {
  readonly key: ParsedKey;
  readonly keyId: string;
}

// Everything OpenTofu's library accepts (go-crypto sets no floor), and MD5 and RIPEMD-160 as little as it does.
const clientLimits: openpgp.Config = {
  ...openpgp.config,
  minRSABits: 0,
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
  rejectHashAlgorithms: new Set([openpgp.enums.hash.md5, openpgp.enums.hash.ripemd]),
  rejectMessageHashAlgorithms: new Set([openpgp.enums.hash.md5, openpgp.enums.hash.ripemd]),
  showVersion: false,
  showComment: false,
};

// The library's own limits, less two: secp256k1 is not weak, and a key whose expiry was extended after the signature
// (its newest self-signature is then younger) is still the key that signed.
const strictLimits: openpgp.PartialConfig = {
  rejectCurves: new Set(),
  allowInsecureVerificationWithReformattedKeys: true,
};

/**
 * Reads key files into what clients make of them. A file gives one entry; a block with several keys gives one for each;
 * a file with several blocks gives the keys of its first block (clients read no other) and an unusable one that says so.
 * Never throws on what a file contains.
 */
export async function readKeys(files: readonly KeyFile[]): Promise<readonly ParsedKeyFile[]> {
  const entries: ParsedKeyFile[] = [];
  for (const file of files) entries.push(...(await readKeyFile(file)));
  return entries;
}

/**
 * One key file as a client would take it that got its text as it is: the keys of its first block, a private one's public
 * halves too. What the registry makes of the file is another matter, and `readKeys`'. Never throws.
 */
export async function readKeyElement({ path, text }: KeyFile): Promise<KeyElement> {
  const [block] = Buffer.byteLength(text) > maxKeyFileBytes ? [] : findKeyBlocks(text);
  if (block === undefined || block.problem !== null || !clientLabels.includes(block.label)) return "unreadable";
  try {
    const binaryKeys = Uint8Array.from(Buffer.from(block.base64, "base64"));
    const read = await openpgp.readKeys({ binaryKeys, config: clientLimits });
    const keys = await Promise.all(
      read.map((key) => readKey(path, key.isPrivate() ? key.toPublic() : key).catch(() => null)),
    );
    // Clients pass over what they cannot read in a block as long as something else in it is a key.
    const readable = keys.filter((key) => key !== null);
    return readable.length === 0 ? "unreadable" : readable;
  } catch {
    return "unreadable";
  }
}

const clientLabels = ["PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK"];

/** Reads one signature packet; `skipped` when its version or kind is unknown, `malformed` when it is none at all. */
export async function readSignaturePacket(bytes: Uint8Array): Promise<SignatureFacts | "skipped" | "malformed"> {
  try {
    const packet = await parseSignature(bytes);
    if (packet === undefined) return "skipped";
    const { issuerFingerprint, rawNotations, unknownSubpackets } = packet;
    const keyId = packet.issuerKeyID.toHex().toUpperCase();
    const hash = packet.hashAlgorithm ?? 0;
    const critical = [...unknownSubpackets, ...rawNotations].some((one) => one.critical);
    return {
      bytes,
      keyId: keyId === "" ? null : keyId,
      fingerprint: issuerFingerprint === null ? null : Buffer.from(issuerFingerprint).toString("hex").toUpperCase(),
      overData: packet.signatureType === 0x00 || packet.signatureType === 0x01,
      algorithm: signatureAlgorithmText(packet.publicKeyAlgorithm ?? 0),
      hash: hashText(hash),
      createdAt: (packet.created ?? new Date(0)).toISOString(),
      expiresAt: isoDate(Number(packet.getExpirationTime())),
      refused: isClientHash(hash) ? (critical ? "critical" : null) : "hash",
    };
  } catch {
    return "malformed";
  }
}

/** Whether a signature packet is over `data` and by `by`; dates, key flags and revocations are not looked at. */
export async function verifySignature(bytes: Uint8Array, by: Signatory, data: Uint8Array): Promise<boolean> {
  try {
    const packet = await parseSignature(bytes);
    const key = await openpgp.readKey({ armoredKey: by.key.armor, config: clientLimits });
    const signer = key.getKeys().find((one) => keyIdOf(one.keyPacket) === by.keyId);
    const message = await openpgp.createMessage({ binary: data });
    if (packet === undefined || signer === undefined || message.packets[0] === undefined) return false;
    return await verifies(packet, signer.keyPacket, message.packets[0]);
  } catch {
    return false;
  }
}

/** Why the library would refuse a signature under its own, stricter limits; null when it would not. Plain text. */
export async function strictProblem(bytes: Uint8Array, key: ParsedKey, data: Uint8Array): Promise<string | null> {
  try {
    const message = await openpgp.createMessage({ binary: data });
    const signature = await openpgp.readSignature({ binarySignature: bytes });
    const verificationKeys = await openpgp.readKey({ armoredKey: key.armor });
    const config = strictLimits;
    const result = await openpgp.verify({ message, signature, verificationKeys, format: "binary", date: null, config });
    await result.signatures[0]?.verified;
    return null;
  } catch (cause) {
    return reasonOf(cause);
  }
}

async function readKeyFile({ path, text }: KeyFile): Promise<readonly ParsedKeyFile[]> {
  const unusable = (problem: string): UnusableKeyFile => ({ kind: "unusable", path, problem });
  if (Buffer.byteLength(text) > maxKeyFileBytes) return [unusable("It is larger than 256 KiB.")];
  const blocks = findKeyBlocks(text);
  const [block] = blocks;
  const problem = keyFileProblem(text, blocks);
  if (problem === "private-key") return [unusable(privateKeyText)];
  if (block === undefined) return [unusable("There is no PGP PUBLIC KEY BLOCK in it.")];
  if (problem === "not-a-key") return [unusable(`It starts with a ${block.label}, not with a PGP PUBLIC KEY BLOCK.`)];
  if (problem === "broken") return [unusable(`The block in its line ${block.line} is broken: ${block.problem}.`)];
  const entries: ParsedKeyFile[] = [];
  try {
    const binaryKeys = Uint8Array.from(Buffer.from(block.base64, "base64"));
    for (const key of await openpgp.readKeys({ binaryKeys, config: clientLimits })) {
      entries.push(await readKey(path, key).catch((cause: unknown) => unusable(reasonOf(cause))));
    }
  } catch (cause) {
    entries.push(unusable(`The block in its line ${block.line} cannot be read: ${reasonOf(cause)}`));
  }
  if (problem === "second-block") {
    entries.push(unusable(`It has ${blocks.length} blocks, and clients read the first alone: one key, one file.`));
  }
  return entries;
}

async function readKey(path: string, key: openpgp.Key): Promise<ParsedKey> {
  const primary = key.keyPacket;
  // A secret key packet inside a block that calls itself public.
  if (key.isPrivate()) throw new Error(privateKeyText);
  if (primary.version !== 4)
    throw new Error(`It is a version ${primary.version} key; all clients know version 4 alone.`);
  if (!canSign(primary.algorithm)) throw new Error(`Its primary key (${algorithmOf(primary)}) cannot sign.`);
  const check = selfSignatureCheck(primary);
  for (const revocation of key.revocationSignatures) {
    // go-crypto gives up on such a key, and without the revocation it would look like a good one.
    if (!(await check(revocation, { key: primary }))) throw new Error("It carries a revocation that is not its own.");
  }
  const direct = await latest(directSignatures(key), (signature) => check(signature, { key: primary }));
  const users = await boundUsers(key, check);
  const subkeys = await boundSubkeys(key, check);
  const main = mainUser(users);
  if (main === undefined) throw new Error("It has no user id with a valid self-signature, and clients refuse that.");

  const packets = new openpgp.PacketList<openpgp.AnyPacket>();
  packets.push(primary, ...key.revocationSignatures, ...(direct ? [direct] : []));
  for (const { packet, revocations, self } of [...users, ...subkeys]) packets.push(packet, ...revocations, self);
  const revoked = key.revocationSignatures.length > 0 || main.revocations.length > 0;
  const until = expiryOf(primary, main.self);
  const signingKeys = [
    describeSigningKey(primary, { self: main.self, primary, revoked, until }),
    ...subkeys.map(({ packet, self, revocations }) =>
      describeSigningKey(packet, { self, primary, revoked: revoked || revocations.length > 0, until }),
    ),
  ];
  const armor = openpgp.armor(publicKeyBlock, packets.write(), undefined, undefined, undefined, true, clientLimits);
  if (armor.length > largestExport) {
    throw new Error(
      `It has ${armor.length} characters when exported; every archive is published with it, so at most ${largestExport} are taken. Export it with fewer user ids.`,
    );
  }
  return {
    kind: "key",
    path,
    fingerprint: primary.getFingerprint().toUpperCase(),
    keyIds: signingKeys.map((one) => one.keyId),
    userIds: users.map((user) => plainText(user.packet.userID)),
    algorithm: algorithmOf(primary),
    createdAt: primary.created.toISOString(),
    expiresAt: isoDate(until),
    revoked,
    signingKeys,
    armor,
  };
}

/** In characters: some twenty user ids, or five subkeys of 4096 bits. It stands in thousands of documents. */
const largestExport = 32 * 1024;
const publicKeyBlock = openpgp.enums.armor.publicKey;
type Signature = openpgp.SignaturePacket;
type KeyPacket = openpgp.Key["keyPacket"] | openpgp.Subkey["keyPacket"];
type Check = (signature: Signature, data: object, by?: KeyPacket) => Promise<boolean>;

/** With the latest self-signature alone, the one that clients go by; as `gpg --export-options export-minimal` does. */
async function boundUsers(key: openpgp.Key, check: Check): Promise<readonly Bound<openpgp.UserIDPacket, Signature>[]> {
  const users: Bound<openpgp.UserIDPacket, Signature>[] = [];
  for (const { userID, selfCertifications, revocationSignatures } of key.users) {
    if (userID === null) continue;
    const data = { key: key.keyPacket, userID };
    const self = await latest(selfCertifications, (signature) => check(signature, data));
    const revocations = await valid(revocationSignatures, (signature) => check(signature, data));
    if (self !== undefined) users.push({ packet: userID, self, revocations });
  }
  return users;
}

async function boundSubkeys(key: openpgp.Key, check: Check): Promise<readonly Bound<KeyPacket, Signature>[]> {
  const subkeys: Bound<KeyPacket, Signature>[] = [];
  for (const { keyPacket: packet, bindingSignatures, revocationSignatures } of key.subkeys) {
    if (!canSign(packet.algorithm)) continue;
    const data = { key: key.keyPacket, bind: packet };
    const self = await latest(bindingSignatures, (signature) => check(signature, data));
    const cross = self?.embeddedSignature;
    // Without the subkey's own signature anybody could adopt another's signing key (RFC 9580, section 10.1.5).
    if (!self || !maySign(self) || cross?.signatureType !== 0x19 || !(await check(cross, data, packet))) continue;
    const revocations = await valid(revocationSignatures, (signature) => check(signature, data));
    subkeys.push({ packet, self, revocations });
  }
  return subkeys;
}

function selfSignatureCheck(primary: KeyPacket): Check {
  let left = maxChecks;
  return async (signature, data, by = primary) => {
    if (!signature.issuerKeyID.equals(by.getKeyID())) return false;
    if (isTooLarge(by))
      throw new Error(`It is larger than keys are in practice (${algorithmOf(by)}) and not looked at.`);
    left -= 1;
    if (left < 0) throw new Error(`It carries more than the ${maxChecks} self-signatures that are looked at.`);
    return verifies(signature, by, data);
  };
}

/** As of the signature's own date: whether it has expired since is for the caller to ask. */
async function verifies(signature: Signature, by: KeyPacket, data: object): Promise<boolean> {
  const date = signature.created ?? new Date(0);
  return signature.verify(by, signature.signatureType ?? 0, data, date, true, clientLimits).then(
    () => true,
    () => false,
  );
}

/** The one packet of `bytes`; undefined when the library knows no such kind or version. */
async function parseSignature(bytes: Uint8Array): Promise<Signature | undefined> {
  const { packets } = await openpgp.readSignature({ binarySignature: bytes, config: clientLimits });
  return packets[0] instanceof openpgp.SignaturePacket ? packets[0] : undefined;
}

async function latest(signatures: readonly Signature[], check: (one: Signature) => Promise<boolean>) {
  const newestFirst = signatures.toSorted((a, b) => Number(b.created) - Number(a.created));
  for (const one of newestFirst) if (await check(one)) return one;
  return undefined;
}

async function valid(signatures: readonly Signature[], check: (one: Signature) => Promise<boolean>) {
  const kept: Signature[] = [];
  for (const one of signatures) if (await check(one)) kept.push(one);
  return kept;
}

const directSignatures = (key: openpgp.Key): readonly Signature[] =>
  key
    .toPacketList()
    .filter((one) => one instanceof openpgp.SignaturePacket && one.signatureType === 0x1f) as Signature[];

const reasonOf = (cause: unknown): string => plainText(cause instanceof Error ? cause.message : String(cause));
const privateKeyText = "It holds a private key, which all readers of the registry now have: revoke that key at once.";
