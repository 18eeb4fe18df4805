import * as openpgp from "openpgp";

/** A throw-away key and what it signs. */
export interface Author {
  readonly key: openpgp.PublicKey;
  readonly secret: openpgp.PrivateKey;
  readonly text: string;
  /** A binary detached signature over `data`; with `packet`, even when the key has expired by `date`. */
  sign(
    data: Uint8Array,
    options?: {
      readonly date?: Date;
      readonly packet?: boolean;
      readonly notation?: openpgp.RawNotation;
    },
  ): Promise<Uint8Array>;
  /** A signature packet of any type over `data`; `anonymous` leaves out the issuer, or makes it all zeros. */
  packet(
    data: Uint8Array,
    options: {
      readonly type: number;
      readonly anonymous?: true | "zero";
      readonly date?: Date;
      readonly keyFlags?: number;
    },
  ): Promise<Uint8Array>;
}

interface Options {
  /** When the key is made. */
  readonly date?: Date;
  /** Seconds. */
  readonly keyExpirationTime?: number;
  /** Key flags of its self-signature instead of "certify and sign", 0x03. */
  readonly keyFlags?: number;
  /** Signs by a subkey, with its lifetime in seconds; 0: it never expires. */
  readonly signingSubkey?: number;
}

/** Ed25519, by default without subkey. */
export async function author(name: string, { keyFlags, signingSubkey, ...options }: Options = {}): Promise<Author> {
  const userIDs = [{ name, email: `${name}@example.com` }];
  const made = await openpgp.generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs,
    subkeys: signingSubkey === undefined ? [] : [{ sign: true, keyExpirationTime: signingSubkey }],
    format: "object",
    ...options,
  });
  const secret = made.privateKey.keyPacket as openpgp.SecretKeyPacket;
  const signing = (made.privateKey.subkeys[0]?.keyPacket ?? secret) as openpgp.SecretKeyPacket;
  const packetOf: Author["packet"] = async (bytes, { type, anonymous, date = new Date(), keyFlags }) => {
    const packet = new openpgp.SignaturePacket();
    Object.assign(packet, {
      signatureType: type,
      publicKeyAlgorithm: secret.algorithm,
      hashAlgorithm: openpgp.enums.hash.sha512,
      keyFlags: keyFlags === undefined ? null : [keyFlags],
    });
    const message = await openpgp.createMessage({ binary: bytes });
    const data =
      type >= 0x10 && type < 0x20 ? { key: secret, userID: made.publicKey.users[0]?.userID } : message.packets[0];
    // What is not written is what the library reads from the key.
    const signer = type < 0x10 ? signing : secret;
    const shadow = anonymous === undefined ? signer : Object.create(signer, noIssuer(anonymous));
    // Its type declaration ends before the configuration, without which it throws.
    const sign = packet.sign.bind(packet) as (...args: readonly unknown[]) => Promise<void>;
    await sign(shadow, data, date, true, { ...openpgp.config, nonDeterministicSignaturesViaNotation: false });
    const list = new openpgp.PacketList<openpgp.AnyPacket>();
    list.push(packet);
    return list.write();
  };
  if (keyFlags !== undefined) {
    const own = made.publicKey.users[0];
    const bytes = await packetOf(new Uint8Array(), { type: 0x13, keyFlags });
    if (own) own.selfCertifications = [...(await openpgp.readSignature({ binarySignature: bytes })).packets];
  }
  return {
    key: made.publicKey,
    secret: made.privateKey,
    text: made.publicKey.armor(),
    async sign(bytes, { date = new Date(), packet = false, notation } = {}) {
      // The library does not sign with an expired key; its packets do.
      if (packet) return packetOf(bytes, { type: 0x00, date });
      const message = await openpgp.createMessage({ binary: bytes });
      const signatureNotations = notation === undefined ? [] : [notation];
      return openpgp.sign({
        message,
        signingKeys: made.privateKey,
        detached: true,
        format: "binary",
        date,
        signatureNotations,
      });
    },
    packet: packetOf,
  };
}

function noIssuer(kind: true | "zero"): PropertyDescriptorMap {
  const id = { isNull: () => kind === true, write: () => new Uint8Array(8) };
  return { getFingerprintBytes: { value: () => null }, getKeyID: { value: () => id } };
}

/** Its public key as the author exports it now, with another lifetime: seconds from the key's making, 0: it never expires. */
export async function extended({ secret }: Author, keyExpirationTime: number): Promise<string> {
  const userIDs = secret.getUserIDs().map((text) => ({ name: text.replace(/ <.*/, "") }));
  const { publicKey } = await openpgp.reformatKey({
    ...{ privateKey: secret, userIDs, keyExpirationTime, format: "object" as const },
  });
  return publicKey.armor();
}

/** Its public key as the author exports it after taking it back. */
export async function revoked({ secret }: Author): Promise<string> {
  const { publicKey } = await openpgp.revokeKey({ key: secret, format: "object" });
  return publicKey.armor();
}
