import { beforeAll, describe, expect, it } from "vitest";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { checkSignature, maxSignatureBytes, maxSumsBytes, type SignatureReport } from "../../src/upstream/signature.ts";
import { type Author, author } from "../support/openpgp-author.ts";

const sums = new TextEncoder().encode(`${"ab".repeat(32)}  terraform-provider-dns_1.0.0_linux_amd64.zip\n`);
// A minute ahead: what a test makes during its run is not from the future.
const now = new Date(Date.now() + 60_000);

async function check(signature: Uint8Array, keyTexts: readonly string[], at = now): Promise<SignatureReport> {
  const files = keyTexts.map((text, index) => ({ path: `keys/acme/${index}.asc`, text }));
  return checkSignature({ sums, signature, keys: await readKeys(files), now: at });
}

describe("checkSignature", () => {
  let alice: Author;
  let bob: Author;
  let aliceSignature: Uint8Array;
  beforeAll(async () => {
    [alice, bob] = await Promise.all([author("alice"), author("bob")]);
    aliceSignature = await alice.sign(sums);
  });

  it("accepts a good signature and says by whom, when and how", async () => {
    const fingerprint = alice.key.getFingerprint().toUpperCase();
    expect(await check(aliceSignature, [bob.text, alice.text])).toEqual({
      accepted: true,
      problem: null,
      verifiedBy: { path: "keys/acme/1.asc", fingerprint },
      signers: [{ keyId: fingerprint.slice(-16), fingerprint }],
      weak: [],
      expiredKey: null,
      signatureExpires: null,
      algorithm: "Ed25519",
      hash: "SHA-512",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.000Z$/),
    });
  });

  it("refuses it with any one bit of the signature itself changed", async () => {
    // The two integers of 32 bytes, each behind two bytes of length, end an Ed25519 signature.
    for (let at = aliceSignature.length - 66; at < aliceSignature.length; at += 7) {
      const broken = aliceSignature.with(at, (aliceSignature[at] ?? 0) ^ 0x01);
      expect(await check(broken, [alice.text])).toMatchObject({ accepted: false, verifiedBy: null });
    }
    const last = aliceSignature.length - 1;
    expect(await check(aliceSignature.with(last, (aliceSignature[last] ?? 0) ^ 0x01), [alice.text])).toMatchObject({
      problem: "bad-signature",
      signers: [{ keyId: alice.key.getKeyID().toHex().toUpperCase() }],
    });
  });

  it.each<[string, string, (good: Uint8Array) => Uint8Array]>([
    ["empty", "empty", () => new Uint8Array()],
    ["too large", "signature-too-large", () => new Uint8Array(maxSignatureBytes + 1)],
    ["HTML", "not-a-signature", () => Buffer.from("<!DOCTYPE html><html></html>")],
    ["cut off", "not-a-signature", (good) => good.subarray(0, -1)],
    ["cut off in its header", "not-a-signature", (good) => good.subarray(0, 1)],
    ["a byte early", "not-a-signature", (good) => Buffer.concat([Buffer.from("\n"), good])],
    [
      "behind a literal packet",
      "not-a-signature",
      (good) => Buffer.concat([Buffer.from("cb07620061000000000a", "hex").subarray(0, 9), good]),
    ],
    ["the sums file", "not-a-signature", () => sums],
    [
      "armoured behind white space",
      "armoured",
      () => Buffer.from("\n -----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"),
    ],
  ])("refuses a signature file that is %s", async (_, problem, make) => {
    expect(await check(make(aliceSignature), [alice.text])).toMatchObject({ accepted: false, problem, weak: [] });
  });

  it("does not mind what follows the packet that decides, as no client gets there", async () => {
    const signature = Buffer.concat([aliceSignature, Buffer.from("\n")]);
    expect(await check(signature, [alice.text])).toMatchObject({ accepted: true });
    expect(await check(signature, [bob.text])).toMatchObject({ problem: "not-a-signature" });
    // Looking for bob's key, which is offered first, OpenTofu reads on and gives up.
    expect(await check(signature, [bob.text, alice.text])).toMatchObject({ problem: "not-a-signature" });
  });

  it("passes over marker packets", async () => {
    const signature = Buffer.concat([Buffer.from("ca03504750", "hex"), aliceSignature]);
    expect(await check(signature, [alice.text])).toMatchObject({ accepted: true });
  });

  it("goes by the first packet of a key, and by the keys in their order", async () => {
    const broken = aliceSignature.with(-1 + aliceSignature.length, (aliceSignature.at(-1) ?? 0) ^ 1);
    const bobs = await bob.sign(sums);
    expect(await check(Buffer.concat([broken, aliceSignature]), [alice.text])).toMatchObject({
      problem: "bad-signature",
    });
    expect(await check(Buffer.concat([aliceSignature, broken]), [alice.text])).toMatchObject({ accepted: true });
    expect(await check(Buffer.concat([broken, bobs]), [bob.text, alice.text])).toMatchObject({ accepted: true });
    expect(await check(Buffer.concat([broken, bobs]), [alice.text, bob.text])).toMatchObject({
      problem: "bad-signature",
    });
  });

  it("prefers a key in force to an expired one that signed too", async () => {
    const old = await author("old", { date: new Date("2020-01-01"), keyExpirationTime: 86_400 });
    const olds = await old.sign(sums, { date: new Date("2020-01-01T12:00:00Z") });
    const both = Buffer.concat([olds, aliceSignature]);
    expect(await check(both, [old.text, alice.text])).toMatchObject({
      expiredKey: null,
      verifiedBy: { path: "keys/acme/1.asc" },
    });
    expect(await check(both, [old.text])).toMatchObject({ expiredKey: "2020-01-02T00:00:00.000Z", weak: [] });
    expect(await check(both, [old.text], new Date("2020-01-01T13:00:00Z"))).toMatchObject({
      accepted: true,
      expiredKey: null,
    });
  });

  it("flags a signature made after the key had expired", async () => {
    const old = await author("old", { date: new Date("2020-01-01"), keyExpirationTime: 86_400 });
    const late = await old.sign(sums, { date: new Date("2020-06-01"), packet: true });
    expect(await check(late, [old.text])).toMatchObject({ accepted: true, weak: [expect.stringContaining("expired")] });
  });

  it("flags keys and signatures from the future, which OpenTofu takes with a warning", async () => {
    const early = new Date(now.getTime() - 86_400_000);
    expect(await check(aliceSignature, [alice.text], early)).toMatchObject({
      accepted: true,
      weak: [
        expect.stringContaining("key dated in the future"),
        expect.stringContaining("signature dated in the future"),
      ],
    });
  });

  it("says that there is no key, once the signature itself is one", async () => {
    expect(await check(aliceSignature, [])).toMatchObject({
      problem: "no-keys",
      signers: [{ fingerprint: expect.any(String) }],
    });
    expect(await check(aliceSignature, ["no key"])).toMatchObject({ problem: "no-keys" });
    expect(await check(sums, [])).toMatchObject({ problem: "not-a-signature" });
  });

  it("passes over unusable key files", async () => {
    expect(await check(aliceSignature, ["no key", alice.text])).toMatchObject({ accepted: true });
  });

  it("refuses what is signed with a notation that every reader must understand", async () => {
    const notation = { name: "must@example.com", value: new Uint8Array([1]), humanReadable: false, critical: true };
    expect(await check(await alice.sign(sums, { notation }), [alice.text])).toMatchObject({ problem: "unsupported" });
    expect(
      await check(await alice.sign(sums, { notation: { ...notation, critical: false } }), [alice.text]),
    ).toMatchObject({
      accepted: true,
    });
  });

  it("refuses a signature over anything but data, even one that is good as such", async () => {
    // A certification of sums as if they were a user id, 0x13, verifies nowhere; a standalone one, 0x02, signs no data.
    for (const type of [0x02, 0x10, 0x1f, 0x40]) {
      const packet = await alice.packet(sums, { type });
      expect(await check(packet, [alice.text])).toMatchObject({ accepted: false, problem: "bad-signature" });
    }
    expect(await check(await alice.packet(sums, { type: 0x00 }), [alice.text])).toMatchObject({ accepted: true });
  });

  it("refuses a key that may certify but not sign data", async () => {
    const root = await author("root", { keyFlags: 0x01 });
    expect(await check(await root.sign(sums), [root.text])).toMatchObject({ problem: "key-cannot-sign" });
    const both = await author("both", { keyFlags: 0x02 });
    expect(await check(await both.sign(sums), [both.text])).toMatchObject({ accepted: true });
  });

  it("refuses a signature without issuer", async () => {
    expect(await check(await alice.packet(sums, { type: 0x00, anonymous: true }), [alice.text])).toMatchObject({
      problem: "no-issuer",
    });
  });

  it("does not take an all-zero issuer for every key", async () => {
    const zero = Buffer.from(await alice.packet(sums, { type: 0x00, anonymous: "zero" }));
    expect(await check(zero, [alice.text])).toMatchObject({
      accepted: false,
      problem: "unknown-key",
      signers: [{ keyId: "0".repeat(16) }],
    });
  });

  it("does not verify over sums of more than 4 MiB, but says who signed", async () => {
    const keys = await readKeys([{ path: "k", text: alice.text }]);
    const report = await checkSignature({
      sums: new Uint8Array(maxSumsBytes + 1),
      signature: aliceSignature,
      keys,
      now,
    });
    expect(report).toMatchObject({
      problem: "sums-too-large",
      signers: [{ fingerprint: keys[0]?.kind === "key" ? keys[0].fingerprint : "" }],
    });
  });

  it("gives a report on garbage of any kind, soon", async () => {
    const keys = await readKeys([{ path: "k", text: alice.text }]);
    const start = performance.now();
    const random = pseudoRandom(7);
    for (let run = 0; run < 600; run += 1) {
      const signature = garbage(aliceSignature, random);
      const report = await checkSignature({ sums, signature, keys, now });
      expect(report.accepted).toBe(report.problem === null);
    }
    for (const fill of [0x00, 0x80, 0xc2, 0x88, 0xff, 0xca]) {
      const report = await checkSignature({ sums, signature: new Uint8Array(maxSignatureBytes).fill(fill), keys, now });
      expect(report.accepted).toBe(false);
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it("does not look through thousands of packets", async () => {
    const signature = Buffer.concat(new Array(300).fill(await bob.sign(sums)));
    const start = performance.now();
    expect(await check(signature.subarray(0, maxSignatureBytes), [alice.text])).toMatchObject({
      problem: "not-a-signature",
    });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

function garbage(good: Uint8Array, random: () => number): Uint8Array {
  const kind = Math.floor(random() * 4);
  const noise = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  if (kind === 0) return noise(Math.floor(random() * 300));
  const changed = Uint8Array.from(good);
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
  }
  if (kind === 1) return changed;
  if (kind === 2) return changed.subarray(0, Math.floor(random() * changed.length));
  return Buffer.concat([Uint8Array.of(0xc2, Math.floor(random() * 191)), noise(Math.floor(random() * 400))]);
}

function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
