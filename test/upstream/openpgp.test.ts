// Longer than 250 lines because hostile keys are made here, packet by packet.
import * as openpgp from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxKeyFileBytes } from "../../src/registry/keys.ts";
import { type ParsedKey, type ParsedKeyFile, readKeys } from "../../src/upstream/openpgp.ts";
import { mainUser } from "../../src/upstream/openpgp-facts.ts";
import { checkSignature } from "../../src/upstream/signature.ts";
import { type Gpg, gpgMissing, openGpg } from "../support/gpg.ts";
import { type Author, author } from "../support/openpgp-author.ts";

const data = new TextEncoder().encode("some sums\n");

const read = (text: string): Promise<readonly ParsedKeyFile[]> => readKeys([{ path: "keys/acme/k.asc", text }]);

async function readOne(text: string): Promise<ParsedKey> {
  const [entry, ...more] = await read(text);
  if (entry?.kind !== "key" || more.length > 0) throw new Error(`not one key: ${JSON.stringify([entry, ...more])}`);
  return entry;
}

const unusable = (problem: RegExp) => ({
  kind: "unusable",
  path: "keys/acme/k.asc",
  problem: expect.stringMatching(problem),
});

type Packet = openpgp.AnyPacket;
const armored = (packets: readonly (Packet | undefined)[], label = openpgp.enums.armor.publicKey): string => {
  const list = new openpgp.PacketList<Packet>();
  list.push(...packets.filter((one) => one !== undefined));
  return openpgp.armor(label, list.write());
};
/** Tags of the packets in an armoured key. */
const tagsOf = async (armor: string): Promise<readonly number[]> =>
  [...(await openpgp.readKey({ armoredKey: armor })).toPacketList()].map(
    (packet) => (packet.constructor as typeof openpgp.BasePacket).tag,
  );

describe("readKeys", () => {
  let alice: Author;
  let bob: Author;
  beforeAll(async () => {
    [alice, bob] = await Promise.all([author("Alice"), author("Bob")]);
  });

  it("describes a key", async () => {
    const fingerprint = alice.key.getFingerprint().toUpperCase();
    const createdAt = alice.key.getCreationTime().toISOString();
    const facts = { algorithm: "Ed25519", createdAt, expiresAt: null, revoked: false };
    expect(await readOne(alice.text)).toEqual({
      kind: "key",
      path: "keys/acme/k.asc",
      fingerprint,
      keyIds: [fingerprint.slice(-16)],
      userIds: ["Alice <Alice@example.com>"],
      ...facts,
      signingKeys: [{ keyId: fingerprint.slice(-16), fingerprint, ...facts, signs: true, weak: [] }],
      armor: expect.stringMatching(
        /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n[\w+/=\n]+\n-----END PGP PUBLIC KEY BLOCK-----\n$/,
      ),
    });
  });

  it("gives every file its own entries, in order", async () => {
    const files = [alice.text, "", bob.text].map((text, index) => ({ path: `${index}`, text }));
    expect(await readKeys(files)).toMatchObject([
      { path: "0", kind: "key" },
      { path: "1", kind: "unusable" },
      { path: "2", kind: "key" },
    ]);
  });

  it("gives every key of one block an entry with a block of its own", async () => {
    const both = armored([...alice.key.toPacketList(), ...bob.key.toPacketList()]);
    const entries = await read(both);
    expect(entries).toMatchObject([{ userIds: ["Alice <Alice@example.com>"] }, { userIds: ["Bob <Bob@example.com>"] }]);
    expect(entries.map((entry) => entry.kind === "key" && entry.armor)).toEqual([
      (await readOne(alice.text)).armor,
      (await readOne(bob.text)).armor,
    ]);
  });

  it("reads the first of several blocks, as clients do, and says so", async () => {
    expect(await read(alice.text + bob.text)).toMatchObject([
      { kind: "key", userIds: ["Alice <Alice@example.com>"] },
      unusable(/2 blocks/),
    ]);
  });

  it("makes user ids safe to print", async () => {
    const name = "Al\u202eice\u001b[2J\n";
    const { publicKey } = await openpgp.generateKey({ userIDs: [{ name, email: "a@example.com" }] });
    expect((await readOne(publicKey)).userIds).toEqual(["Al\\u202eice\\u001b[2J\\u000a <a@example.com>"]);
  });

  it.each<[string, RegExp, (good: string) => string]>([
    ["empty", /no PGP PUBLIC KEY BLOCK/, () => ""],
    ["binary", /no PGP PUBLIC KEY BLOCK/, () => "\u0099\u0001\u008d\u0004"],
    ["a signature", /starts with a PGP SIGNATURE/, (good) => good.replaceAll("PUBLIC KEY BLOCK", "SIGNATURE")],
    ["cut off", /no END line/, (good) => good.slice(0, 200)],
    [
      "cut off, and ended",
      /cannot be read|no user id/,
      (good) => `${good.slice(0, 38 + 2 * 61)}-----END PGP PUBLIC KEY BLOCK-----\n`,
    ],
    [
      "of nonsense",
      /cannot be read/,
      (good) => `${good.slice(0, 38)}AAAAAAAAAAAAAAAA\n${good.slice(good.indexOf("-----END"))}`,
    ],
    ["too large", /256 KiB/, (good) => good + "\n".repeat(maxKeyFileBytes)],
  ])("tells that a file is %s", async (_, problem, make) => {
    expect(await read(make(alice.text))).toEqual([unusable(problem)]);
  });

  it("refuses private keys loudly, whatever they call themselves", async () => {
    const secret = alice.secret.armor();
    expect(await read(secret)).toEqual([unusable(/private key.*revoke/)]);
    expect(await read(alice.text + secret)).toEqual([unusable(/private key.*revoke/)]);
    expect(await read(secret.replaceAll("PRIVATE", "PUBLIC"))).toEqual([unusable(/private key.*revoke/)]);
  });

  it("refuses a key that is bound to no user id", async () => {
    const [user] = alice.key.users;
    const [bobUser] = bob.key.users;
    expect(await read(armored([alice.key.keyPacket]))).toEqual([unusable(/no user id/)]);
    expect(await read(armored([alice.key.keyPacket, user?.userID ?? undefined]))).toEqual([unusable(/no user id/)]);
    // Another's name, under the self-signature for one's own.
    const stolen = armored([alice.key.keyPacket, bobUser?.userID ?? undefined, user?.selfCertifications[0]]);
    expect(await read(stolen)).toEqual([unusable(/no user id/)]);
  });

  it("refuses version 6 keys, which not all clients know", async () => {
    const { publicKey } = await openpgp.generateKey({
      userIDs: [{ name: "Six" }],
      config: { v6Keys: true },
      format: "object",
    });
    expect(await read(publicKey.armor())).toEqual([unusable(/version 6/)]);
  });

  it("refuses a key with a revocation by another key, instead of forgetting it", async () => {
    const revoked = await openpgp.revokeKey({ key: bob.secret, format: "object" });
    const [packet, ...more] = alice.key.toPacketList();
    expect(await read(armored([packet, revoked.publicKey.revocationSignatures[0], ...more]))).toEqual([
      unusable(/revocation/),
    ]);
  });

  it("keeps a revocation in the export", async () => {
    const { publicKey } = await openpgp.revokeKey({ key: alice.secret, format: "object" });
    const key = await readOne(publicKey.armor());
    expect(key).toMatchObject({ revoked: true, signingKeys: [{ revoked: true }] });
    expect(await tagsOf(key.armor)).toEqual([6, 2, 13, 2]);
    expect((await readOne(key.armor)).revoked).toBe(true);
  });

  it("counts a key as revoked when all its user ids are, as clients do", async () => {
    const { privateKey: secret } = await openpgp.generateKey({
      userIDs: [{ name: "A" }, { name: "B" }],
      format: "object",
    });
    for (const [index, revoked] of [false, true].entries()) {
      const user = secret.users[index];
      if (user) secret.users[index] = await user.revoke(secret.keyPacket as openpgp.SecretKeyPacket);
      expect(await readOne(secret.toPublic().armor())).toMatchObject({ revoked, signingKeys: [{ revoked }] });
    }
  });

  it.each([false, true])(
    "takes no signing key as a subkey that does not agree (agreement forged: %s)",
    async (forged) => {
      const key = await readOne(await adopt(alice, bob, { by: forged ? alice : null }));
      expect(key.keyIds).toEqual([alice.key.getKeyID().toHex().toUpperCase()]);
      const report = await checkSignature({
        sums: data,
        signature: await bob.sign(data),
        keys: [key],
        now: new Date(),
      });
      expect(report).toMatchObject({ accepted: false, problem: "unknown-key" });
    },
  );

  it("takes it when it agrees", async () => {
    const key = await readOne(await adopt(alice, bob, { by: bob }));
    const report = await checkSignature({ sums: data, signature: await bob.sign(data), keys: [key], now: new Date() });
    expect(report).toMatchObject({
      accepted: true,
      verifiedBy: { fingerprint: alice.key.getFingerprint().toUpperCase() },
    });
  });

  it("exports what a client needs of a key and nothing else", async () => {
    const subkeys = [{ sign: true }, {}, { sign: true, type: "rsa", rsaBits: 2048 }] as const;
    const userIDs = [{ name: "A" }, { name: "B" }];
    const made = await openpgp.generateKey({ userIDs, subkeys: [...subkeys], format: "object" });
    const certified = await made.publicKey.signAllUsers([bob.secret]);
    const packets = [...certified.toPacketList()];
    const attribute = Object.assign(new openpgp.UserAttributePacket(), { attributes: ["\u0001photo"] });
    const key = await readOne(
      armored([...packets.slice(0, 1), ...packets.slice(1, 4), attribute, ...packets.slice(4)]),
    );
    expect(key.userIds).toEqual(["A", "B"]);
    expect(key.signingKeys.map((one) => one.algorithm)).toEqual(["Ed25519", "Ed25519", "RSA 2048"]);
    // key, user id, self-signature, user id, self-signature, subkey, binding, subkey, binding
    expect(await tagsOf(key.armor)).toEqual([6, 13, 2, 13, 2, 14, 2, 14, 2]);
    expect(key.armor.length).toBeLessThan(certified.armor().length);
  });

  it("exports the same text for the same key, however often it is exported", async () => {
    const once = await readOne(alice.text);
    expect((await readOne(once.armor)).armor).toBe(once.armor);
    const dressed = alice.text
      .replace("BLOCK-----\n\n", "BLOCK-----\nVersion: x\nComment: y\n\n")
      .replaceAll("\n", "\r\n");
    expect((await readOne(`our key:\r\n${dressed}`)).armor).toBe(once.armor);
    expect(once.armor).not.toMatch(/Version|Comment/);
  });

  it("gives the earlier expiry of a subkey and its primary key", async () => {
    const date = new Date("2024-01-01");
    const subkeys = [
      { sign: true, keyExpirationTime: 1000 },
      { sign: true, keyExpirationTime: 9000 },
    ];
    const made = await openpgp.generateKey({
      userIDs: [{ name: "A" }],
      date,
      keyExpirationTime: 5000,
      subkeys,
      format: "object",
    });
    const key = await readOne(made.publicKey.armor());
    expect(key.expiresAt).toBe("2024-01-01T01:23:20.000Z");
    expect(key.signingKeys.map((one) => one.expiresAt)).toEqual([
      key.expiresAt,
      "2024-01-01T00:16:40.000Z",
      key.expiresAt,
    ]);
  });

  it("does not spend minutes on hostile keys", async () => {
    const start = performance.now();
    for (const hostile of await hostileKeys(alice)) {
      expect(await read(hostile)).toEqual([unusable(/larger than keys are|more than the 100 self-signatures/)]);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("gives an answer for any change to a key", async () => {
    const bytes = alice.key.write();
    const original = (await readOne(alice.text)).fingerprint;
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8)));
      for (const entry of await read(openpgp.armor(openpgp.enums.armor.publicKey, changed))) {
        if (entry.kind === "key") expect(entry.fingerprint).toBe(original);
      }
    }
  });
});

describe("mainUser", () => {
  const user = (name: string, created: number, { primary = false, revocations = 0 } = {}) => {
    const self = {
      created: new Date(created),
      keyFlags: [3],
      keyExpirationTime: 0,
      isPrimaryUserID: primary,
      getExpirationTime: () => 0,
    };
    return { packet: name, self, revocations: new Array(revocations).fill(self) };
  };

  it.each([
    ["none", undefined, []],
    ["the newest", "b", [user("a", 1), user("b", 3), user("c", 2)]],
    ["the first of equals", "a", [user("a", 1), user("b", 1)]],
    ["the one marked as primary, though older", "a", [user("b", 3), user("a", 1, { primary: true }), user("c", 4)]],
    ["one not revoked before all", "c", [user("a", 4, { primary: true, revocations: 1 }), user("c", 1)]],
  ])("is %s", (_, name, users) => {
    expect(mainUser(users)?.packet).toBe(name);
  });
});

describe.skipIf(gpgMissing !== null)("readKeys, on keys made by gpg", () => {
  let gpg: Gpg;
  beforeAll(() => {
    gpg = openGpg();
  });
  afterAll(() => gpg?.close());

  it.each(["rsa2048", "dsa1024", "ed25519", "nistp256", "brainpoolP256r1", "secp256k1"])(
    "exports %s so that gpg takes it",
    async (algorithm) => {
      const fingerprint = gpg.generate(`${algorithm} <a@example.com>`, { algorithm });
      // gpg 2.2 makes other signing subkeys only in a dialogue.
      if (/^(?:rsa|ed)/.test(algorithm)) gpg.run(["--quick-add-key", fingerprint, algorithm, "sign", "never"]);
      const signature = gpg.sign(data, { by: [fingerprint] });
      const key = await readOne(gpg.export(fingerprint));
      expect(key.fingerprint).toBe(fingerprint);
      const other = openGpg();
      try {
        other.run(["--import"], key.armor);
        expect(other.verify(data, signature)).toMatch(/^VALIDSIG .* (?<primary>\w{40})$/m);
        expect(other.verify(data, signature)).toContain(` ${fingerprint}\n`);
      } finally {
        other.close();
      }
    },
  );

  it("keeps the latest self-signature alone, and says what it says", async () => {
    const fingerprint = gpg.generate("Renewed <a@example.com>", {
      algorithm: "ed25519",
      at: "20200101T000000",
      expire: "1y",
    });
    for (const year of [2020, 2021, 2022]) {
      gpg.run(["--faked-system-time", `${year}0601T000000!`, "--quick-set-expire", fingerprint, "1y"]);
    }
    const key = await readOne(gpg.export(fingerprint));
    expect(key.expiresAt).toBe("2023-06-01T00:00:00.000Z");
    expect(await tagsOf(key.armor)).toEqual([6, 13, 2]);
  });

  it("drops certifications by others", async () => {
    const [one, two] = ["One", "Two"].map((name) => gpg.generate(`${name} <a@example.com>`, { algorithm: "ed25519" }));
    gpg.run(["--local-user", two ?? "", "--quick-sign-key", one ?? ""]);
    expect(await tagsOf(gpg.export(one ?? ""))).toEqual([6, 13, 2, 2]);
    expect(await tagsOf((await readOne(gpg.export(one ?? ""))).armor)).toEqual([6, 13, 2]);
  });
});

/** `thief`'s key with `owner`'s as a signing subkey, whose agreement is signed `by` somebody in the owner's name. */
async function adopt(thief: Author, owner: Author, agreement: { readonly by: Author | null }): Promise<string> {
  const subkey = new openpgp.PublicSubkeyPacket();
  await subkey.read(owner.key.keyPacket.write());
  const sign = async (by: openpgp.SecretKeyPacket, fields: object): Promise<openpgp.SignaturePacket> => {
    const packet = new openpgp.SignaturePacket();
    Object.assign(packet, { publicKeyAlgorithm: by.algorithm, hashAlgorithm: 8, ...fields });
    const signWith = packet.sign.bind(packet) as (...args: readonly unknown[]) => Promise<void>;
    await signWith(by, { key: thief.key.keyPacket, bind: subkey }, new Date(), false, openpgp.config);
    return packet;
  };
  const inName = (of: Author, by: Author): openpgp.SecretKeyPacket =>
    Object.create(by.secret.keyPacket, {
      getKeyID: { value: () => of.key.getKeyID() },
      getFingerprintBytes: { value: () => of.key.keyPacket.getFingerprintBytes() },
    });
  const embeddedSignature = agreement.by && (await sign(inName(owner, agreement.by), { signatureType: 0x19 }));
  const binding = await sign(inName(thief, thief), { signatureType: 0x18, keyFlags: [2], embeddedSignature });
  return armored([...thief.key.toPacketList(), subkey, binding]);
}

async function hostileKeys(alice: Author): Promise<readonly string[]> {
  const mpi = (bits: number): Buffer => {
    const value = Buffer.alloc(Math.ceil(bits / 8), 0xff);
    return Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), value]);
  };
  const key = async (algorithm: number, ...numbers: readonly number[]) => {
    const packet = new openpgp.PublicKeyPacket();
    await packet.read(Buffer.concat([Buffer.from([4, 0, 0, 0, 1, algorithm]), ...numbers.map(mpi)]));
    return packet;
  };
  const huge = await Promise.all([
    key(1, 65_528, 65_528),
    key(1, 2048, 2048),
    key(17, 65_528, 65_528, 65_528, 65_528),
    key(17, 2048, 2048, 2048, 2048),
  ]);
  const user = alice.key.users[0];
  const own = user?.selfCertifications[0];
  /** A certification that can be told to be forged only by the computation: its two bytes of the digest are right. */
  const certification = async (packet: openpgp.PublicKeyPacket, salt: number): Promise<openpgp.SignaturePacket> => {
    const forged = new openpgp.SignaturePacket();
    const hashed = Buffer.from([4, 0x10, packet.algorithm, sha224, 0, 6, 5, 2, 0, 0, salt >> 8, salt & 0xff]);
    const issuer = Buffer.concat([Buffer.from([0, 10, 9, 16]), Buffer.from(packet.getKeyID().toHex(), "hex")]);
    const numbers = packet.algorithm === 17 ? [mpi(2040), mpi(2040)] : [mpi(2047)];
    forged.read(Buffer.concat([hashed, issuer, Buffer.from([0, 0]), ...numbers]));
    const { hash } = forged as unknown as { hash(type: number, data: object): Promise<Uint8Array> };
    const digest = await hash.call(forged, 0x10, { key: packet, userID: user?.userID });
    return Object.assign(forged, { signedHashValue: digest.slice(0, 2) });
  };
  const forgeries = huge.map(async (packet) => {
    const certifications = await Promise.all([1, 2, 3].map((salt) => certification(packet, salt)));
    return armored([packet, user?.userID ?? undefined, ...certifications]);
  });
  return [
    ...(await Promise.all(forgeries)),
    armored([
      alice.key.keyPacket,
      user?.userID ?? undefined,
      ...new Array<Packet | undefined>(150).fill(own && broken(own)),
    ]),
  ];
}

// The library has no native code for it, and falls back to its own arithmetic.
const sha224 = 11;

function broken(signature: openpgp.SignaturePacket): openpgp.SignaturePacket {
  const copy = new openpgp.SignaturePacket();
  const bytes = signature.write();
  copy.read(bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1));
  return copy;
}
