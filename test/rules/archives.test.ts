import { describe, expect, it } from "vitest";
import { archives } from "../../src/rules/archives.ts";
import type { ArchiveContents } from "../../src/upstream/archive-contents.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { type Json, missing, release, sha256, unavailable } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const linux = "terraform-provider-dns_1.1.0_linux_amd64.zip";
const darwin = "terraform-provider-dns_1.1.0_darwin_arm64.zip";
const adding = (of: typeof good, more: Json = {}) => base.adding(of, { ...good.entry, ...more });
const withTargets = (edit: (targets: Json[]) => unknown) =>
  adding(good, { targets: edit(good.entry.targets as Json[]) });
const retryAt = "2026-03-01T12:05:00.000Z";

describe("archives", () => {
  it("passes archives whose digest at GitHub is the signed one, without any download", () => {
    expect(findingsOf(archives, adding(good))).toEqual([
      expect.objectContaining({ outcome: "pass", message: expect.stringContaining("GitHub's digests") }),
    ]);
  });

  it("fails an archive that was built again after the sums were signed", () => {
    const [finding, ...others] = findingsOf(archives, adding(good.withAsset("linux", { sha256: sha256("new") })));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "fail", pointer: "/versions/0/targets/1/shasum" });
    expect(finding?.message).toContain(sha256("new"));
  });

  it("fails when record and sums agree on a hash that the file does not have", () => {
    const of = good.withSums((text) => text.replace(sha256(linux), "00".repeat(32)));
    expect(outcomesOf(archives, base.adding(of))).toEqual(["fail"]);
  });

  it("takes the first line of a file, as clients do", () => {
    const wrongFirst = good.withSums((text) => `${"00".repeat(32)}  ${linux}\n${text}`);
    expect(outcomesOf(archives, adding(wrongFirst))).toEqual(["fail"]);
  });

  it("fails an archive that the release does not have", () => {
    const [finding] = findingsOf(archives, adding(good.withAsset("linux", null)));
    expect(finding).toMatchObject({ outcome: "fail", message: `The release has no file ${linux}.` });
  });

  it.each([
    ["another provider", { filename: "terraform-provider-net_1.1.0_linux_amd64.zip" }],
    ["another version", { filename: "terraform-provider-dns_1.0.0_linux_amd64.zip" }],
    ["another platform", { filename: darwin }],
    ["nothing", { filename: "provider.zip" }],
    ["a provider whose name begins alike", { filename: "terraform-provider-dns2_1.1.0_linux_amd64.zip" }],
    ["a path", { filename: `../${linux}` }],
  ])("fails an archive that is named for %s", (_what, change) => {
    const world = withTargets(([one, two]) => [one, { ...two, ...change }]);
    const [finding, ...others] = findingsOf(archives, world);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "fail", pointer: "/versions/0/targets/1/filename" });
    expect(finding?.message).toContain(linux);
  });

  it("takes names with capitals and with v, as releases have them", () => {
    const capital = release("1.1.0", { of: "acme/DNS" });
    expect(outcomesOf(archives, registry().withProvider("acme/DNS", ["1.0.0"]).adding(capital))).toEqual(["pass"]);
  });

  describe("when GitHub has no digest of an archive", () => {
    const undigested = good.withAsset("linux", { sha256: null });
    const downloaded = (reading: (typeof good)["evidence"]["downloaded"][string]) =>
      adding(undigested.with({ downloaded: { [linux]: reading } }));

    it("compares the downloaded bytes", () => {
      expect(outcomesOf(archives, downloaded({ kind: "found", sha256: sha256(linux), size: 5 }))).toEqual(["pass"]);
      expect(outcomesOf(archives, downloaded({ kind: "found", sha256: sha256("x"), size: 5 }))).toEqual(["fail"]);
    });

    it("waits as long as it is not downloaded, and fails when it cannot be", () => {
      expect(outcomesOf(archives, adding(undigested))).toEqual(["retry"]);
      expect(findingsOf(archives, downloaded({ ...unavailable, retryAt }))).toEqual([
        expect.objectContaining({ outcome: "retry", retryAt }),
      ]);
      expect(outcomesOf(archives, downloaded(missing("Too large.")))).toEqual(["fail"]);
    });
  });

  it("wants the bytes of every archive where policy says download, whatever GitHub lists", () => {
    const strict = base.withPolicy({ archives: "download" });
    expect(outcomesOf(archives, strict.adding(good))).toEqual(["retry", "retry"]);
    const found = (hash: string) => ({ kind: "found", sha256: hash, size: 5 }) as const;
    const whole = { files: ["terraform-provider-dns_v1.1.0"], nested: null, problems: [] };
    const contents = { [linux]: { kind: "found", ...whole }, [darwin]: { kind: "found", ...whole } } as const;
    const with_ = (hash: string) =>
      good.with({ contents, downloaded: { [linux]: found(hash), [darwin]: found(sha256(darwin)) } });
    expect(outcomesOf(archives, strict.adding(with_(sha256(linux))))).toEqual(["pass"]);
    // GitHub's own digest is the signed one here, and the bytes are not.
    expect(outcomesOf(archives, strict.adding(with_(sha256("x"))))).toEqual(["fail"]);
    expect(
      outcomesOf(archives, strict.adding(good.with({ downloaded: with_(sha256(linux)).evidence.downloaded }))),
    ).toEqual(["retry", "retry"]);
  });

  describe("what an archive holds", () => {
    const fine: ArchiveContents = { files: ["terraform-provider-dns_v1.1.0", "LICENSE"], nested: null, problems: [] };
    const strict = base.withPolicy({ archives: "contents" });
    const holding = (contents: Partial<ArchiveContents>, world = strict) =>
      world.adding(
        good.with({
          contents: {
            [linux]: { kind: "found", ...fine, ...contents },
            [darwin]: { kind: "found", ...fine },
          },
        }),
        good.entry,
      );

    it("passes where clients find the provider", () => {
      expect(outcomesOf(archives, holding({}))).toEqual(["pass"]);
      expect(outcomesOf(archives, holding({ files: ["terraform-provider-dns"] }))).toEqual(["pass"]);
      expect(outcomesOf(archives, holding({ files: ["terraform-provider-dns.exe"] }))).toEqual(["pass"]);
    });

    it.each([
      ["nothing", []],
      ["another provider", ["terraform-provider-net_v1.1.0"]],
      ["a provider whose name begins alike", ["terraform-provider-dns2"]],
      ["a provider in capitals", ["terraform-provider-DNS_v1.1.0"]],
      ["a name that only this registry's clients might look for", ["opentofu-provider-dns_v1.1.0"]],
      ["names of objects", ["__proto__", "constructor"]],
    ])("fails an archive that holds %s, whatever the policy is", (_what, files) => {
      for (const world of [strict, base]) {
        expect(findingsOf(archives, holding({ files }, world))).toEqual([
          expect.objectContaining({
            outcome: "fail",
            pointer: "/versions/0/targets/1",
            message: expect.stringContaining("terraform-provider-dns_… at the top level"),
            next: expect.stringContaining("GoReleaser"),
          }),
        ]);
      }
    });

    it("says where the provider is instead", () => {
      const [finding] = findingsOf(archives, holding({ files: [], nested: "bin/terraform-provider-dns" }));
      expect(finding?.message).toContain('"bin/terraform-provider-dns", is not looked for');
    });

    it("says which of two programs clients start", () => {
      const [finding, ...others] = findingsOf(
        archives,
        holding({ files: ["terraform-provider-dns_v1.1.0", "terraform-provider-dns.txt"] }),
      );
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ outcome: "pass", notice: true });
      expect(finding?.message).toContain('clients start "terraform-provider-dns.txt"');
    });

    it("fails for each thing that nobody should unpack", () => {
      const findings = findingsOf(archives, holding({ problems: ['The entry "a" is encrypted.', "Another."] }));
      expect(findings.map(({ outcome, message }) => [outcome, message])).toEqual([
        ["fail", `${linux}: The entry "a" is encrypted.`],
        ["fail", `${linux}: Another.`],
      ]);
    });

    it("waits where nobody has looked yet, and fails what is no zip", () => {
      expect(outcomesOf(archives, strict.adding(good))).toEqual(["retry", "retry"]);
      const all = (reading: ReturnType<typeof missing> | typeof unavailable) =>
        strict.adding(good.with({ contents: { [linux]: reading, [darwin]: reading } }), good.entry);
      expect(outcomesOf(archives, all(unavailable))).toEqual(["retry", "retry"]);
      expect(outcomesOf(archives, all(missing("It is no zip.")))).toEqual(["fail", "fail"]);
    });
  });

  it.each(["__proto__", "constructor", "toString"])("never takes an archive called %s for looked into", (filename) => {
    const of = good.withExtraAsset(filename).withAsset(filename, { sha256: null });
    const world = base.withPolicy({ archives: "contents" }).adding(of, {
      ...good.entry,
      targets: [{ os: "linux", arch: "amd64", filename, shasum: "ab".repeat(32) }],
    });
    expect(outcomesOf(archives, world)).toEqual(["fail"]);
  });

  it("fails without sums, waits where that is not known, and is not asked about modules", () => {
    expect(outcomesOf(archives, adding(good.with({ sums: missing() })))).toEqual(["fail"]);
    expect(outcomesOf(archives, adding(good.with({ sums: unavailable })))).toEqual(["retry"]);
    const module = registry().editing(pathOf("acme/network/aws"), () => ({ versions: [moduleVersion("v1.0.0")] }));
    expect(outcomesOf(archives, module)).toEqual([]);
  });

  it("waits without evidence, and in an own bump whose release is gone", () => {
    const world = base.editing(path, (record) => ({ ...record, versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(archives, world)).toEqual(["retry"]);
    const gone = good.with({ release: missing(), sums: missing(), signature: missing() });
    expect(outcomesOf(archives, adding(gone).byRegistrar())).toEqual(["retry"]);
    expect(outcomesOf(archives, adding(gone))).toEqual(["fail"]);
  });

  it.each([[null], ["text"], [{ filename: linux }], [[null, "x", 5, [linux]]]])(
    "does not stumble over targets that are %j",
    (targets) => {
      expect(outcomesOf(archives, adding(good, { targets }))).not.toContain("retry");
    },
  );
});
