import { describe, expect, it } from "vitest";
import { manifestName, platformOfArchive, signatureName, sumsNames } from "../../src/upstream/names.ts";

describe("sumsNames", () => {
  it("are GoReleaser's, and the same with the tag's v", () => {
    expect(sumsNames("dns", "1.2.0")).toEqual([
      "terraform-provider-dns_1.2.0_SHA256SUMS",
      "terraform-provider-dns_v1.2.0_SHA256SUMS",
    ]);
  });
});

describe("signatureName and manifestName", () => {
  it("follow the sums'", () => {
    for (const sums of sumsNames("dns", "1.2.0")) {
      expect(signatureName(sums)).toBe(`${sums}.sig`);
      expect(manifestName(sums)).toBe(sums.replace("SHA256SUMS", "manifest.json"));
    }
  });
});

describe("platformOfArchive", () => {
  const of = (filename: string) => platformOfArchive(filename, { type: "dns", version: "1.2.0" });

  it.each([
    ["terraform-provider-dns_1.2.0_linux_amd64.zip", "linux", "amd64"],
    ["terraform-provider-dns_v1.2.0_linux_amd64.zip", "linux", "amd64"],
    ["terraform-provider-DNS_1.2.0_darwin_arm64.zip", "darwin", "arm64"],
    ["terraform-provider-dns_1.2.0_linux_arm_v6.zip", "linux", "arm_v6"],
    ["terraform-provider-dns_1.2.0_windows_386.zip", "windows", "386"],
  ])("of %s is %s_%s", (filename, os, arch) => {
    expect(of(filename)).toEqual({ os, arch });
  });

  it.each([
    "terraform-provider-dns_1.2.0_SHA256SUMS",
    "terraform-provider-dns_1.2.0_manifest.json",
    "terraform-provider-dns_1.2.0_linux_amd64.zip.sbom",
    "terraform-provider-dns_1.2.0_linux_amd64.tar.gz",
    "terraform-provider-dns_1.2.0_linux.zip",
    "terraform-provider-dns_1.2.0__amd64.zip",
    "terraform-provider-dns_1.2.0_linux_.zip",
    "terraform-provider-dns_1.2.0_macOS_64bit.zip",
    "terraform-provider-dns_1.2.0_linux_amd64.zip\n",
    "terraform-provider-dns_1.2.01_linux_amd64.zip",
    "terraform-provider-dns_1.2.0-rc1_linux_amd64.zip",
    "terraform-provider-other_1.2.0_linux_amd64.zip",
    "x/terraform-provider-dns_1.2.0_linux_amd64.zip",
    "opentofu-provider-dns_1.2.0_linux_amd64.zip",
    "",
  ])("of %j is none", (filename) => {
    expect(of(filename)).toBeUndefined();
  });

  it("takes a version's dots for dots", () => {
    expect(of("terraform-provider-dns_1x2x0_linux_amd64.zip")).toBeUndefined();
  });
});
