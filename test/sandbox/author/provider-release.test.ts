import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMessage, readKey, readSignature, verify } from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  buildProviderRelease,
  createSigner,
  type ProviderRelease,
  pluginExecutable,
  type Signer,
} from "../../../src/sandbox/author/index.ts";
import { gpgMissing, openGpg } from "../../support/gpg.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (release: ProviderRelease, name: string): Uint8Array => {
  const file = release.files.find((one) => one.name === name);
  if (file === undefined) throw new Error(`${name} is not among ${release.files.map((one) => one.name)}`);
  return file.bytes;
};
const sumsName = "terraform-provider-dns_1.2.3_SHA256SUMS";
const linux = "terraform-provider-dns_1.2.3_linux_amd64.zip";
const linesOf = (release: ProviderRelease): readonly string[] =>
  `${Buffer.from(bytesOf(release, sumsName))}`.split("\n");

async function isSigned(release: ProviderRelease, signer: Signer): Promise<boolean> {
  const message = await createMessage({ binary: bytesOf(release, sumsName) });
  const signature = await readSignature({ binarySignature: bytesOf(release, `${sumsName}.sig`) });
  const result = await verify({
    message,
    signature,
    verificationKeys: await readKey({ armoredKey: signer.publicKey }),
    format: "binary",
  });
  return result.signatures[0]?.verified.catch(() => false) ?? false;
}

/** Names of files whose bytes are not those that their line in the sums says. */
const wrongSums = (release: ProviderRelease): readonly string[] =>
  linesOf(release).flatMap((line) => {
    const [hash, name] = line.split("  ");
    return name === undefined || sha256(bytesOf(release, name)) === hash ? [] : [name];
  });

describe("buildProviderRelease", () => {
  const date = new Date("2025-02-03T04:05:06Z");
  let signer: Signer;
  let release: ProviderRelease;
  beforeAll(async () => {
    signer = await createSigner({ name: "Acme", email: "acme@example.com" });
    release = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, date });
  });

  it("has the files of a GoReleaser release", () => {
    expect(release.tag).toBe("v1.2.3");
    expect(release.files.map(({ name, contentType }) => [name, contentType])).toEqual([
      ["terraform-provider-dns_1.2.3_linux_amd64.zip", "application/zip"],
      ["terraform-provider-dns_1.2.3_linux_arm64.zip", "application/zip"],
      ["terraform-provider-dns_1.2.3_darwin_amd64.zip", "application/zip"],
      ["terraform-provider-dns_1.2.3_darwin_arm64.zip", "application/zip"],
      ["terraform-provider-dns_1.2.3_manifest.json", "application/json"],
      ["terraform-provider-dns_1.2.3_SHA256SUMS", "application/octet-stream"],
      ["terraform-provider-dns_1.2.3_SHA256SUMS.sig", "application/octet-stream"],
    ]);
  });

  it("has sums over archives and manifest, sorted, without an empty line", () => {
    expect(linesOf(release).at(-1)).toBe("");
    const lines = linesOf(release).slice(0, -1);
    expect(lines).toHaveLength(5);
    for (const line of lines)
      expect(line).toMatch(/^[0-9a-f]{64} {2}terraform-provider-dns_1\.2\.3_(?:\w+_\w+\.zip|manifest\.json)$/);
    const names = lines.map((line) => line.slice(66));
    expect(names).toEqual(names.toSorted());
    expect(wrongSums(release)).toEqual([]);
  });

  it("has a manifest with the protocols", async () => {
    const manifest = (of: ProviderRelease) =>
      JSON.parse(`${Buffer.from(bytesOf(of, "terraform-provider-dns_1.2.3_manifest.json"))}`);
    expect(manifest(release)).toEqual({ version: 1, metadata: { protocol_versions: ["5.0"] } });
    const six = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, protocols: ["6.0"] });
    expect(manifest(six).metadata.protocol_versions).toEqual(["6.0"]);
  });

  it("is signed by the key of its author", async () => {
    expect(await isSigned(release, signer)).toBe(true);
    expect(await isSigned(release, await createSigner({ name: "Other", email: "other@example.com" }))).toBe(false);
  });

  it.skipIf(gpgMissing !== null)("is signed so that gpg agrees", () => {
    const gpg = openGpg();
    try {
      gpg.run(["--import"], signer.publicKey);
      const status = gpg.verify(bytesOf(release, sumsName), bytesOf(release, `${sumsName}.sig`));
      expect(status).toContain("GOODSIG");
      expect(status).toMatch(new RegExp(`^VALIDSIG ${signer.fingerprint} `, "m"));
    } finally {
      gpg.close();
    }
  });

  it.skipIf(spawnSync("unzip", ["-v"]).status !== 0)("has archives with the program at the top, executable", () => {
    const folder = mkdtempSync(join(tmpdir(), "release-"));
    try {
      writeFileSync(join(folder, "a.zip"), bytesOf(release, linux));
      const listing = `${spawnSync("unzip", ["-Z", join(folder, "a.zip")], { env: { ...process.env, TZ: "Asia/Tokyo" } }).stdout}`;
      expect(listing.match(/^[-drwx]{10}.*$/gm)).toEqual([
        expect.stringMatching(/^-rw-r--r-- .* 25-Feb-03 04:05 LICENSE$/),
        expect.stringMatching(/^-rw-r--r-- .* README.md$/),
        expect.stringMatching(/^-rwxr-xr-x .* terraform-provider-dns_v1\.2\.3$/),
      ]);
      expect(spawnSync("unzip", ["-q", "a.zip"], { cwd: folder }).status).toBe(0);
      const program = readFileSync(join(folder, "terraform-provider-dns_v1.2.3"));
      expect(program).toEqual(Buffer.from(pluginExecutable("linux_amd64", { type: "dns", version: "1.2.3" })));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has the same archives for the same date, in any time zone", async () => {
    const zone = process.env.TZ;
    try {
      for (const other of ["Asia/Tokyo", "America/St_Johns", "UTC"]) {
        process.env.TZ = other;
        const again = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, date });
        expect(sha256(bytesOf(again, sumsName))).toBe(sha256(bytesOf(release, sumsName)));
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    const later = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, date: new Date("2025-03-01") });
    expect(sha256(bytesOf(later, linux))).not.toBe(sha256(bytesOf(release, linux)));
  });

  it("has the platforms asked for, and on Windows a program with its extension", async () => {
    const platforms = ["windows_amd64", "linux_amd64"] as const;
    const two = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, platforms });
    expect(two.files).toHaveLength(5);
    expect(Buffer.from(bytesOf(two, "terraform-provider-dns_1.2.3_windows_amd64.zip")).includes("dns_v1.2.3.exe")).toBe(
      true,
    );
    await expect(buildProviderRelease({ type: "dns", version: "1.2.3", signer, platforms: [] })).rejects.toThrow(
      RangeError,
    );
  });

  it("tampered with by checksum: differs in one archive alone, by its program", async () => {
    const tampered = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, date, tamper: "checksum" });
    expect(wrongSums(tampered)).toEqual([linux]);
    expect(await isSigned(tampered, signer)).toBe(true);
    const different = tampered.files.filter(
      (file, index) => Buffer.compare(file.bytes, release.files[index]?.bytes ?? file.bytes) !== 0,
    );
    // The signature is of another second.
    expect(different.map((file) => file.name).filter((name) => !name.endsWith(".sig"))).toEqual([linux]);
    expect(Buffer.from(bytesOf(tampered, linux)).includes("terraform-provider-dns_v1.2.3")).toBe(true);
  });

  it("tampered with by signature: parses, names the key, and does not verify", async () => {
    const tampered = await buildProviderRelease({ type: "dns", version: "1.2.3", signer, date, tamper: "signature" });
    expect(wrongSums(tampered)).toEqual([]);
    expect(bytesOf(tampered, sumsName)).toEqual(bytesOf(release, sumsName));
    const signature = await readSignature({ binarySignature: bytesOf(tampered, `${sumsName}.sig`) });
    expect(signature.getSigningKeyIDs().map((id) => id.toHex().toUpperCase())).toEqual([signer.fingerprint.slice(-16)]);
    expect(await isSigned(tampered, signer)).toBe(false);
  });
});

describe("createSigner", () => {
  it("makes a new key each time, with name and date", async () => {
    const owner = { name: "Acme", email: "acme@example.com", date: new Date("2024-01-01") };
    const [one, two] = await Promise.all([createSigner(owner), createSigner(owner)]);
    expect(one.fingerprint).not.toBe(two.fingerprint);
    const key = await readKey({ armoredKey: one.publicKey });
    expect(key.getUserIDs()).toEqual(["Acme <acme@example.com>"]);
    expect(key.getCreationTime()).toEqual(owner.date);
    expect(key.getFingerprint().toUpperCase()).toBe(one.fingerprint);
  });

  it("signs in binary", async () => {
    const signer = await createSigner({ name: "Acme", email: "acme@example.com" });
    const signature = await signer.sign(Buffer.from("x"));
    expect((signature[0] ?? 0) & 0x80).toBe(0x80);
    expect(signature.length).toBeLessThan(200);
  });
});
