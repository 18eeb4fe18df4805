import { createMessage, generateKey, sign } from "openpgp";

/** An author's signing key, alive as long as this object: the secret part is written nowhere. */
export interface Signer {
  readonly name: string;
  readonly email: string;
  /** ASCII-armoured, one block. */
  readonly publicKey: string;
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  /** A binary detached signature over the bytes, dated now, with SHA-512. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Makes a fresh OpenPGP key. Ed25519 in its older form (EdDSA, RFC 4880bis) because gpg 2.2, OpenTofu and Terraform all
 * read that one, while the newer form of RFC 9580 is unknown to gpg 2.2, and because it takes 2 ms where RSA 3072 takes
 * 100. Without a subkey for encryption, as such a key is never used for it.
 */
export async function createSigner(owner: {
  readonly name: string;
  readonly email: string;
  readonly date?: Date;
}): Promise<Signer> {
  const { name, email, date = new Date() } = owner;
  const { privateKey, publicKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name, email }],
    subkeys: [],
    date,
    format: "object",
  });
  return {
    name,
    email,
    publicKey: publicKey.armor(),
    fingerprint: publicKey.getFingerprint().toUpperCase(),
    async sign(bytes) {
      const message = await createMessage({ binary: bytes });
      // What gpg makes has no random salt in a notation either.
      const config = { nonDeterministicSignaturesViaNotation: false };
      return sign({ message, signingKeys: privateKey, detached: true, format: "binary", config });
    },
  };
}
