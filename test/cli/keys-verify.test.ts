import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeSignatureTools, signatureLimits } from "../../src/compose/signatures.ts";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { verifySignature } from "../../src/tasks/verify-signature.ts";
import { folderWith, registrar } from "../support/cli.ts";

const sums = new TextEncoder().encode(`${"ab".repeat(32)}  terraform-provider-dns_1.0.0_linux_amd64.zip\n`);
const now = () => new Date(Date.now() + 60_000);

async function aRelease() {
  const [signer, other] = [await aSigner("Acme"), await aSigner("Other")];
  return { signature: await signer.sign(sums), right: signer.publicKey, wrong: other.publicKey, signer, other };
}
const aSigner = (name: string) => createSigner({ name, email: `${name.toLowerCase()}@example.com` });

async function verify(signature: Uint8Array, texts: readonly string[]) {
  const keys = texts.map((text, index) => ({ path: `${index}.asc`, text }));
  return verifySignature(composeSignatureTools, { sums, signature, keys, now: now() });
}

describe("when several key files are given", () => {
  it.each([
    ["wrong, right", ["wrong", "right"], true, "pass"],
    ["right, wrong", ["right", "wrong"], true, "pass"],
    ["garbage, right", ["garbage", "right"], false, "fail"],
    ["right, garbage", ["right", "garbage"], true, "pass"],
    ["an empty one, right", ["empty", "right"], false, "fail"],
    ["wrong", ["wrong"], false, "hold"],
    ["wrong, garbage", ["wrong", "garbage"], false, "fail"],
    ["a PEM key, right", ["pem", "right"], false, "fail"],
  ] as const)("takes them as a client would: %s", async (_, files, accepted, outcome) => {
    const { signature, right, wrong, signer } = await aRelease();
    const texts = {
      right,
      wrong,
      garbage: "garbage",
      empty: "",
      pem: "-----BEGIN PUBLIC KEY-----\n\nAAAA\n-----END PUBLIC KEY-----\n",
    };
    const answer = await verify(
      signature,
      files.map((file) => texts[file]),
    );
    expect(answer).toMatchObject({ accepted, outcome, by: accepted ? signer.fingerprint : null });
    for (const { message } of answer.findings) expect(message).toMatch(/^[A-Z"].*\.$/s);
    if (files.includes("garbage" as never) && accepted) expect(answer.flags).toEqual(["unusable-key-file"]);
  });

  it("says that a client takes a private key, and that a registry never does", async () => {
    const { privateKey } = await generateKey({ userIDs: [{ name: "Acme" }], subkeys: [], format: "object" });
    const answer = await verify((await aRelease()).signature, [privateKey.armor()]);
    expect(answer).toMatchObject({ accepted: false, outcome: "fail", flags: ["unknown-key", "private-key"] });
    expect(answer.findings.map(({ message }) => message).join()).toMatch(/has a private key in it/);
    expect(JSON.stringify(answer)).not.toContain("PRIVATE KEY BLOCK");
  });

  it("says of a signature or sums that are too large, or armoured, that they are, and reads no further", async () => {
    const { signature, right } = await aRelease();
    const armoured = new TextEncoder().encode("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
    expect(await verify(armoured, [right])).toMatchObject({ accepted: false, outcome: "fail", flags: ["armoured"] });
    const huge = new Uint8Array(signatureLimits.signature + 1);
    expect(await verify(huge, [right])).toMatchObject({ accepted: false, flags: ["signature-too-large"] });
    const keys = [{ path: "right.asc", text: right }];
    const large = { sums: new Uint8Array(signatureLimits.sums + 1), signature, keys, now: now() };
    expect(await verifySignature(composeSignatureTools, large)).toMatchObject({ flags: ["sums-too-large"] });
  });

  it("knows no key when none can be there", async () => {
    expect(await verify((await aRelease()).signature, [])).toMatchObject({ accepted: false, flags: ["no-keys"] });
  });
});

describe("registrar keys verify", () => {
  const folder = folderWith({ empty: "", "garbage.asc": "garbage \u0000\u001b[31m" });
  const at = (name: string) => join(folder.path, name);
  beforeAll(async () => {
    const { signature, right, wrong } = await aRelease();
    const armoured = `-----BEGIN PGP SIGNATURE-----\n\n${Buffer.from(signature).toString("base64")}\n-----END PGP SIGNATURE-----\n`;
    const files = { sums, "sums.sig": signature, "right.asc": right, "wrong.asc": wrong, "armoured.sig": armoured };
    for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
    writeFileSync(at("huge"), Buffer.alloc(12 * 1024 * 1024, "-----BEGIN PGP "));
    mkdirSync(at("folder"));
  });
  afterAll(() => folder.remove());

  const run = async (files: { sums?: string; signature?: string; keys?: readonly string[]; json?: boolean }) => {
    const { sums: ofSums = "sums", signature = "sums.sig", keys = ["right.asc"], json = true } = files;
    const args = [
      "--sums",
      at(ofSums),
      "--signature",
      at(signature),
      "--key",
      ...keys.map(at),
      ...(json ? ["--json"] : []),
    ];
    return registrar(["keys", "verify", ...args]);
  };

  it.each([
    ["a good release", {}, 0, { ok: true, accepted: true, outcome: "pass", flags: [] }],
    [
      "a huge key",
      { keys: ["huge", "right.asc"] },
      1,
      { accepted: false, flags: ["unreadable-key", "unusable-key-file"] },
    ],
    [
      "nothing in any file",
      { sums: "empty", signature: "empty", keys: ["empty"] },
      1,
      { accepted: false, outcome: "fail" },
    ],
  ] as const)("answers %s with its exit code", async (_, files, exit, answer) => {
    const { exit: code, stdout, stderr } = await run(files);
    expect(JSON.parse(stdout)).toMatchObject(answer);
    expect({ code, stderr }).toEqual({ code: exit, stderr: "" });
  });

  it.each([
    ["a folder", { keys: ["folder"] }, /is a folder/],
    ["no file", { sums: "nowhere" }, /is not there/],
  ] as const)("refuses %s with exit code 2", async (_, files, says) => {
    const { exit, stdout } = await run(files);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: "bad-argument", message: expect.stringMatching(says) },
    });
    expect(exit).toBe(2);
  });

  it("says it to people as well, without what would move their terminal", async () => {
    const { exit, stdout } = await run({ keys: ["garbage.asc"], json: false });
    expect(stdout).toMatch(/^OpenTofu refuses it; a registry's answer is fail\n/);
    expect(stdout).not.toContain("\u001b");
    expect(exit).toBe(1);
  });
});
