// Longer than 250 lines because it is one table: key and signature cases made by gpg.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeSignatureTools } from "../../src/compose/signatures.ts";
import { type SignatureAnswer, verifySignature } from "../../src/tasks/verify-signature.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { checkSignature, type SignatureReport } from "../../src/upstream/signature.ts";
import { type Gpg, gpgMissing, openGpg } from "../support/gpg.ts";

const sums = new TextEncoder().encode(`${"ab".repeat(32)}  terraform-provider-dns_1.0.0_linux_amd64.zip\n`);
// A minute ahead: what a test makes during its run is not from the future.
const now = new Date(Date.now() + 60_000);

async function check(signature: Uint8Array, keyTexts: readonly string[], at = now): Promise<SignatureReport> {
  const files = keyTexts.map((text, index) => ({ path: `keys/acme/${index}.asc`, text }));
  return checkSignature({ sums, signature, keys: await readKeys(files), now: at });
}

/** One case. `accepted` is OpenTofu's answer, as measured on go-crypto v1.4.1. */
interface Row {
  readonly name: string;
  readonly make: (gpg: Gpg, userId: string) => { readonly signature: Uint8Array; readonly keys: readonly string[] };
  readonly accepted: boolean;
  /** What else the report says. */
  readonly says?: Partial<Record<keyof SignatureReport, unknown>>;
  /** The status that `gpg --verify` prints for the same bytes. */
  readonly gpg: string;
}

const simple = (algorithm: string, signArgs: readonly string[] = [], keyArgs: readonly string[] = []): Row["make"] => {
  return (gpg, userId) => {
    const key = gpg.generate(userId, { algorithm, args: keyArgs });
    return { signature: gpg.sign(sums, { by: [key], args: signArgs }), keys: [gpg.export(key)] };
  };
};

const good = (algorithm: string, name: string, weak: readonly string[] = []): Row => ({
  name: algorithm,
  make: simple(algorithm),
  accepted: true,
  says: { algorithm: name, weak },
  gpg: "GOODSIG",
});

const then = "20200101T000000";
const later = "20200601T000000";

const rows: readonly Row[] = [
  good("rsa2048", "RSA 2048"),
  good("rsa3072", "RSA 3072"),
  good("rsa4096", "RSA 4096"),
  good("ed25519", "Ed25519"),
  good("nistp256", "ECDSA nistP256"),
  good("nistp384", "ECDSA nistP384"),
  good("nistp521", "ECDSA nistP521"),
  good("brainpoolP256r1", "ECDSA brainpoolP256r1"),
  good("secp256k1", "ECDSA secp256k1"),
  good("rsa1024", "RSA 1024", ["RSA 1024"]),
  good("dsa2048", "DSA 2048", ["DSA 2048"]),
  good("dsa1024", "DSA 1024", ["DSA 1024", "SHA-1 digest"]),
  {
    name: "signing subkey",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519" });
      gpg.run(["--quick-add-key", key, "rsa2048", "sign", "never"]);
      return { signature: gpg.sign(sums, { by: [key] }), keys: [gpg.export(key)] };
    },
    accepted: true,
    says: { algorithm: "RSA 2048", weak: [] },
    gpg: "GOODSIG",
  },
  {
    name: "text-mode signature",
    make: simple("ed25519", ["--textmode"]),
    accepted: true,
    says: { weak: [] },
    gpg: "GOODSIG",
  },
  {
    name: "SHA-1 digest",
    make: simple("rsa2048", ["--digest-algo", "SHA1"]),
    accepted: true,
    says: { hash: "SHA-1", weak: ["SHA-1 digest"] },
    gpg: "GOODSIG",
  },
  {
    name: "SHA-1 self-signature",
    make: simple("rsa2048", [], ["--cert-digest-algo", "SHA1"]),
    accepted: true,
    says: { hash: "SHA-512", weak: [] },
    gpg: "GOODSIG",
  },
  {
    name: "RIPEMD-160 digest",
    make: simple("rsa2048", ["--digest-algo", "RIPEMD160"]),
    accepted: false,
    says: { problem: "rejected-hash", hash: "RIPEMD-160" },
    gpg: "GOODSIG",
  },
  {
    name: "MD5 digest",
    make: simple("rsa2048", ["--digest-algo", "MD5", "--allow-weak-digest-algos"]),
    accepted: false,
    says: { problem: "rejected-hash", hash: "MD5" },
    gpg: "ERRSIG",
  },
  {
    name: "key expired, signed while valid",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519", at: then, expire: "1y" });
      return { signature: gpg.sign(sums, { by: [key], at: later }), keys: [gpg.export(key)] };
    },
    accepted: true,
    says: { expiredKey: "2020-12-31T00:00:00.000Z", createdAt: "2020-06-01T00:00:00.000Z", weak: [] },
    gpg: "EXPKEYSIG",
  },
  {
    name: "subkey expired, signed while valid",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519", at: then });
      gpg.run(["--faked-system-time", `${then}!`, "--quick-add-key", key, "ed25519", "sign", "1y"]);
      return { signature: gpg.sign(sums, { by: [key], at: later }), keys: [gpg.export(key)] };
    },
    accepted: true,
    says: { expiredKey: "2020-12-31T00:00:00.000Z", weak: [] },
    gpg: "EXPKEYSIG",
  },
  {
    name: "expiry extended later",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519", at: then, expire: "1y" });
      const signature = gpg.sign(sums, { by: [key], at: later });
      gpg.run(["--faked-system-time", "20201201T000000!", "--quick-set-expire", key, "30y"]);
      return { signature, keys: [gpg.export(key)] };
    },
    accepted: true,
    says: { expiredKey: null, weak: [] },
    gpg: "GOODSIG",
  },
  {
    name: "signature itself expired",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519", at: then });
      return {
        signature: gpg.sign(sums, { by: [key], at: later, args: ["--default-sig-expire", "1d"] }),
        keys: [gpg.export(key)],
      };
    },
    accepted: true,
    says: { signatureExpires: "2020-06-02T00:00:00.000Z", expiredKey: null, weak: [] },
    gpg: "EXPSIG",
  },
  {
    name: "key revoked, no reason",
    make(gpg, userId) {
      const { signature, key } = signed(gpg, userId);
      gpg.run(["--import"], gpg.revocation(key));
      return { signature, keys: [gpg.export(key)] };
    },
    accepted: false,
    says: { problem: "revoked-key", verifiedBy: null },
    gpg: "REVKEYSIG",
  },
  ...["compromised", "superseded", "retired"].map(
    (reason, index): Row => ({
      name: `key revoked, ${reason}`,
      make(gpg, userId) {
        // Signed and revoked in different seconds: a later, soft revocation must count too.
        const key = gpg.generate(userId, { algorithm: "ed25519", at: then });
        const signature = gpg.sign(sums, { by: [key], at: then });
        gpg.run(
          ["--import"],
          gpg.run(
            ["--no-batch", "--faked-system-time", `${later}!`, "--command-fd", "0", "--gen-revoke", key],
            `y\n${index + 1}\n\ny\n`,
          ),
        );
        return { signature, keys: [gpg.export(key)] };
      },
      accepted: false,
      says: { problem: "revoked-key" },
      gpg: "REVKEYSIG",
    }),
  ),
  {
    name: "same signature, key exported before revocation",
    make(gpg, userId) {
      const { signature, key } = signed(gpg, userId);
      const before = gpg.export(key);
      gpg.run(["--import"], gpg.revocation(key));
      return { signature, keys: [before] };
    },
    accepted: true,
    gpg: "REVKEYSIG",
  },
  {
    name: "signing subkey revoked",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519" });
      gpg.run(["--quick-add-key", key, "ed25519", "sign", "never"]);
      const signature = gpg.sign(sums, { by: [key] });
      gpg.run(["--no-batch", "--command-fd", "0", "--edit-key", key], "key 1\nrevkey\ny\n0\n\ny\nsave\n");
      return { signature, keys: [gpg.export(key)] };
    },
    accepted: false,
    says: { problem: "revoked-key" },
    gpg: "REVKEYSIG",
  },
  {
    name: "second user id revoked",
    make(gpg, userId) {
      const { signature, key } = signed(gpg, userId);
      gpg.run(["--quick-add-uid", key, `Other ${userId}`]);
      gpg.run(["--quick-revoke-uid", key, `Other ${userId}`]);
      return { signature, keys: [gpg.export(key)] };
    },
    accepted: true,
    says: { weak: [] },
    gpg: "GOODSIG",
  },
  {
    name: "two signatures, one key known, the unknown first",
    make(gpg, userId) {
      const [one, two] = [signed(gpg, userId), signed(gpg, `Other ${userId}`)];
      return { signature: Buffer.concat([one.signature, two.signature]), keys: [gpg.export(two.key)] };
    },
    accepted: true,
    gpg: "GOODSIG",
  },
  {
    name: "two signatures, both known",
    make(gpg, userId) {
      const [one, two] = [signed(gpg, userId), signed(gpg, `Other ${userId}`)];
      const signature = gpg.sign(sums, { by: [one.key, two.key] });
      return { signature, keys: [gpg.export(one.key), gpg.export(two.key)] };
    },
    accepted: true,
    says: { verifiedBy: expect.objectContaining({ path: "keys/acme/0.asc" }) },
    gpg: "GOODSIG",
  },
  {
    name: "several keys in one block",
    make(gpg, userId) {
      const [one, two] = [signed(gpg, userId), signed(gpg, `Other ${userId}`)];
      return { signature: two.signature, keys: [gpg.export(one.key, two.key)] };
    },
    accepted: true,
    gpg: "GOODSIG",
  },
  {
    name: "several blocks in one file, the signer last",
    make(gpg, userId) {
      const [one, two] = [signed(gpg, userId), signed(gpg, `Other ${userId}`)];
      return { signature: two.signature, keys: [gpg.export(one.key) + gpg.export(two.key)] };
    },
    accepted: false,
    says: { problem: "unknown-key" },
    gpg: "GOODSIG",
  },
  {
    name: "several blocks in one file, the signer first",
    make(gpg, userId) {
      const [one, two] = [signed(gpg, userId), signed(gpg, `Other ${userId}`)];
      return { signature: one.signature, keys: [gpg.export(one.key) + gpg.export(two.key)] };
    },
    accepted: true,
    gpg: "GOODSIG",
  },
  {
    name: "armoured signature",
    make: simple("ed25519", ["--armor"]),
    accepted: false,
    says: { problem: "armoured", signers: [] },
    gpg: "GOODSIG",
  },
  {
    name: "signed message instead of a detached signature",
    make(gpg, userId) {
      const key = gpg.generate(userId, { algorithm: "ed25519" });
      return { signature: gpg.run(["--local-user", key, "--sign"], sums), keys: [gpg.export(key)] };
    },
    accepted: false,
    says: { problem: "not-a-signature" },
    gpg: "",
  },
  {
    name: "wrong key",
    make(gpg, userId) {
      const other = gpg.generate(`Other ${userId}`, { algorithm: "ed25519" });
      return { signature: signed(gpg, userId).signature, keys: [gpg.export(other)] };
    },
    accepted: false,
    says: { problem: "unknown-key", algorithm: "Ed25519", hash: "SHA-256" },
    gpg: "GOODSIG",
  },
];

function signed(gpg: Gpg, userId: string) {
  const key = gpg.generate(userId, { algorithm: "ed25519" });
  return { key, signature: gpg.sign(sums, { by: [key] }) };
}

describe.skipIf(gpgMissing !== null)("checkSignature, on keys and signatures made by gpg", () => {
  let gpg: Gpg;
  beforeAll(() => {
    gpg = openGpg();
  });
  afterAll(() => gpg?.close());

  /** What is ours, by the name of the row: the command's answer, which takes the files as a client would. */
  const ours = new Map<string, SignatureAnswer>();

  it.each(rows)("$name: accepted is $accepted", async ({ name, make, accepted, says, gpg: status }) => {
    const { signature, keys } = make(gpg, `${name} <acme@example.com>`);
    const report = await check(signature, keys);
    const files = keys.map((text, index) => ({ path: `${index}.asc`, text }));
    const answer = await verifySignature(composeSignatureTools, { sums, signature, keys: files, now });
    expect(answer.accepted, "as a client takes the files").toBe(accepted);
    expect(answer.by === null).toBe(!accepted);
    ours.set(name, answer);
    expect(report).toMatchObject({ accepted, ...(accepted ? { problem: null } : { verifiedBy: null }), ...says });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(gpg.verify(sums, signature)).toContain(status);
    if (!accepted) return;
    const other = await checkSignature({
      sums: sums.with(3, 0x30),
      signature,
      keys: await readKeys(keys.map((text) => ({ path: "k", text }))),
      now,
    });
    expect(other).toMatchObject({ accepted: false, problem: "bad-signature" });
  });

  it("is answered otherwise by the registry in exactly these rows", () => {
    const differs = rows.flatMap(({ name, accepted }) => {
      const { outcome, flags } = ours.get(name) ?? { outcome: "nothing", flags: [] };
      return outcome === (accepted ? "pass" : "fail") ? [] : [`${name}: ${outcome} (${flags.join(", ")})`];
    });
    expect(differs).toEqual([
      // Clients set no floor; the registry does, and a maintainer may lift it.
      "rsa1024: hold (weak)",
      "dsa2048: hold (weak)",
      "dsa1024: hold (weak)",
      "SHA-1 digest: hold (weak)",
      // OpenTofu warns, Terraform refuses.
      "signature itself expired: fail (expired-signature)",
      // A client reads the first block; the registry takes no such file.
      "several blocks in one file, the signer first: fail (unusable-key-file)",
      // Nobody's fault as long as the key may still be registered.
      "wrong key: hold (unknown-key)",
    ]);
    // Where a client would go on to warn, so does the registry.
    const mentioned = [...ours].filter(([, { flags }]) => flags.includes("expired-key")).map(([name]) => name);
    expect(mentioned).toEqual(["key expired, signed while valid", "subkey expired, signed while valid"]);
  });

  it("names the subkey that signed and the primary key that it belongs to", async () => {
    const key = gpg.generate("Primary <acme@example.com>", { algorithm: "ed25519" });
    gpg.run(["--quick-add-key", key, "ed25519", "sign", "never"]);
    const report = await check(gpg.sign(sums, { by: [key] }), [gpg.export(key)]);
    expect(report.verifiedBy).toEqual({ path: "keys/acme/0.asc", fingerprint: key });
    expect(report.signers).toHaveLength(1);
    expect(report.signers[0]?.fingerprint).toMatch(/^[0-9A-F]{40}$/);
    expect(report.signers[0]?.fingerprint).not.toBe(key);
    expect(report.signers[0]?.fingerprint?.endsWith(report.signers[0].keyId)).toBe(true);
  });
});
