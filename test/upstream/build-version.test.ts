import { describe, expect, it } from "vitest";
import { validates } from "../../src/registry/schema.ts";
import { buildVersion, sumsOf } from "../../src/upstream/build-version.ts";
import { missing, type Release, registeredKey, release, sha256, unavailable } from "../support/builders/release.ts";

const good = release("1.1.0");
const build = ({ evidence, address }: Release) => buildVersion(evidence, address);
const built = (of: Release) => {
  const result = build(of);
  if (result.kind === "impossible") throw new Error(result.reason);
  return result.version;
};

describe("buildVersion", () => {
  it("says what the release says, sorted by platform", () => {
    const base = "https://github.com/acme/terraform-provider-dns/releases/download/v1.1.0/terraform-provider-dns_1.1.0";
    const archive = (os: string, arch: string) => ({
      os,
      arch,
      filename: `terraform-provider-dns_1.1.0_${os}_${arch}.zip`,
      download_url: `${base}_${os}_${arch}.zip`,
      shasum: sha256(`terraform-provider-dns_1.1.0_${os}_${arch}.zip`),
      size: 1000,
    });
    expect(built(good)).toEqual({
      version: "1.1.0",
      protocols: ["5.0", "6.0"],
      shasums_url: `${base}_SHA256SUMS`,
      shasums_signature_url: `${base}_SHA256SUMS.sig`,
      targets: [archive("darwin", "arm64"), archive("linux", "amd64")],
      tag: "v1.1.0",
      commit: "c0".repeat(20),
      release_id: 9000,
      published: "2026-02-01T12:00:00Z",
      sums_sha256: good.evidence.sums.kind === "found" ? good.evidence.sums.sha256 : "",
      signed_by: registeredKey,
    });
  });

  it("fits the schema, and does not know the moment of discovery", () => {
    expect(validates.providerVersion(built(good))).toBe(true);
    expect(built(good)).not.toHaveProperty("discovered");
  });

  it("gives the same whatever the order of files", () => {
    const assets = good.evidence.release.kind === "found" ? good.evidence.release.assets : [];
    expect(built(good.withRelease({ assets: assets.toReversed() }))).toEqual(built(good));
  });

  it("names no signer where the signature is by nobody that is known", () => {
    for (const report of [{ accepted: false, verifiedBy: null, problem: "unknown-key" } as const, null]) {
      const of = report === null ? good.with({ signatureReport: null }) : good.withSignature(report);
      expect(built(of)).not.toHaveProperty("signed_by");
    }
  });

  it.each([
    ["that the sums do not name", good.withExtraAsset("terraform-provider-dns_1.1.0_plan9_386.zip"), 2],
    ["that the release does not have", good.withAsset("linux", null), 1],
    ["of another version", good.withExtraAsset("terraform-provider-dns_1.0.0_linux_386.zip"), 2],
    ["of another provider", good.withExtraAsset("terraform-provider-other_1.1.0_linux_386.zip"), 2],
    ["with a line in binary mode", good.withSums((text) => text.replace(/ {2}(?=.*linux)/, " *")), 1],
  ])("leaves out archives %s", (_, of, count) => {
    expect(built(of).targets).toHaveLength(count);
  });

  it("takes the hash of the sums, and of several lines the first", () => {
    const of = good.withSums((text) => `${"AB".repeat(32)}  terraform-provider-dns_1.1.0_linux_amd64.zip\n${text}`);
    expect(built(of).targets[1]?.shasum).toBe("ab".repeat(32));
  });

  it.each(["release", "sums", "signature", "manifest", "tagCommit"] as const)(
    "is impossible without a %s, with the reason",
    (part) => {
      expect(build(good.with({ [part]: missing("It is gone.") }))).toEqual({
        kind: "impossible",
        reason: "It is gone.",
      });
      expect(build(good.with({ [part]: unavailable }))).toEqual({ kind: "impossible", reason: unavailable.reason });
    },
  );

  it("is impossible without a single archive, and says what it looked for", () => {
    expect(build(good.withSums(() => ""))).toEqual({
      kind: "impossible",
      reason: expect.stringContaining("terraform-provider-dns_1.1.0_OS_ARCH.zip"),
    });
  });

  it("does not change its evidence", () => {
    const before = structuredClone(good.evidence);
    built(good);
    expect(good.evidence).toEqual(before);
  });
});

describe("sumsOf", () => {
  it("reads the file's bytes, and nothing where there is none", () => {
    expect(sumsOf(good.evidence).lines).toHaveLength(2);
    expect(sumsOf(good.with({ sums: missing() }).evidence)).toEqual({ lines: [], unreadable: [] });
  });

  it("keeps the sums of different evidence apart", () => {
    const other = good.withSums((text) => `${text}\n`);
    expect(sumsOf(other.evidence).unreadable).toHaveLength(1);
    expect(sumsOf(good.evidence).unreadable).toEqual([]);
    expect(sumsOf(other.evidence).unreadable).toHaveLength(1);
  });
});
