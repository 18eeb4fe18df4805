import { describe, expect, it } from "vitest";
import { sumsCoverArchives } from "../../src/rules/sums-cover-archives.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { type Json, missing, release, sha256, unavailable } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const archive = "terraform-provider-dns_1.1.0_linux_amd64.zip";
const adding = (of: typeof good, more: Json = {}) => base.adding(of, { ...good.entry, ...more });
const line = (hash: string, name = archive) => `${hash}  ${name}\n`;
const withTargets = (edit: (targets: Json[]) => unknown) =>
  adding(good, { targets: edit(good.entry.targets as Json[]) });

describe("sumsCoverArchives", () => {
  it("passes when record, sums and files agree", () => {
    expect(outcomesOf(sumsCoverArchives, adding(good))).toEqual(["pass"]);
  });

  it("passes upper-case hashes", () => {
    expect(
      outcomesOf(
        sumsCoverArchives,
        withTargets(([one, two]) => [{ ...one, shasum: String(one?.shasum).toUpperCase() }, two]),
      ),
    ).toEqual(["pass"]);
    const upper = good.withSums((text) => text.replace(/^[0-9a-f]{64}/gm, (hash) => hash.toUpperCase()));
    expect(outcomesOf(sumsCoverArchives, adding(upper))).toEqual(["pass"]);
  });

  it("fails another hash in the record, and gives the right one", () => {
    const world = withTargets(([one, two]) => [one, { ...two, shasum: "00".repeat(32) }]);
    expect(findingsOf(sumsCoverArchives, world)).toEqual([
      expect.objectContaining({
        outcome: "fail",
        pointer: "/versions/0/targets/1/shasum",
        next: expect.stringContaining(sha256(archive)),
      }),
    ]);
  });

  it("fails an archive that was built again after the sums were signed", () => {
    const [finding, ...others] = findingsOf(
      sumsCoverArchives,
      adding(good.withAsset("linux", { sha256: sha256("new") })),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "fail", pointer: "/versions/0/targets/1/shasum" });
    expect(finding?.message).toContain(sha256("new"));
  });

  it("fails when record and sums agree on a hash that the file does not have", () => {
    const wrong = "00".repeat(32);
    const of = good.withSums((text) => text.replace(sha256(archive), wrong));
    expect(outcomesOf(sumsCoverArchives, base.adding(of))).toEqual(["fail"]);
  });

  it("takes the first line of a file, as clients do", () => {
    const wrongFirst = good.withSums((text) => line("00".repeat(32)) + text);
    expect(outcomesOf(sumsCoverArchives, adding(wrongFirst))).toContain("fail");
    const wrongLast = good.withSums((text) => text + line("00".repeat(32)));
    expect(outcomesOf(sumsCoverArchives, adding(wrongLast))).toEqual(["pass"]);
  });

  it.each([
    ["no line", (text: string) => text.replace(/^.*linux.*\n/m, "")],
    ["a line in binary mode", (text: string) => text.replace(/ {2}(?=.*linux)/, " *")],
    ["a line with a path", (text: string) => text.replace(/(?<= {2})(?=.*linux)/, "./")],
    ["a line of another case", (text: string) => text.replace("linux_amd64", "LINUX_amd64")],
    ["a SHA-512 line", (text: string) => text.replace(sha256(archive), "ab".repeat(64))],
    ["a line with a no-break space", (text: string) => text.replace(/(?<=linux_amd64\.zip)/, "\u00a0x")],
  ])("fails an archive that has %s", (_, edit) => {
    const findings = findingsOf(sumsCoverArchives, adding(good.withSums(edit)));
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) expect(finding).toMatchObject({ outcome: "fail" });
    expect(findings[0]?.message).toContain(archive);
  });

  it("fails an archive in the release that neither sums nor record name", () => {
    const of = good.withExtraAsset("terraform-provider-dns_1.1.0_plan9_386.zip");
    expect(findingsOf(sumsCoverArchives, adding(of))).toEqual([
      expect.objectContaining({ outcome: "fail", message: expect.stringContaining("plan9_386") }),
    ]);
  });

  it("passes other files that the sums do not name", () => {
    expect(
      outcomesOf(sumsCoverArchives, adding(good.withExtraAsset("terraform-provider-dns_1.1.0_sbom.json"))),
    ).toEqual(["pass"]);
  });

  it("fails an archive that the sums name and the release does not have", () => {
    expect(outcomesOf(sumsCoverArchives, adding(good.withAsset("linux", null)))).toEqual(["fail"]);
  });

  describe("when GitHub has no digest of an archive", () => {
    const undigested = good.withAsset("linux", { sha256: null });
    const downloaded = (reading: (typeof good)["evidence"]["downloaded"][string]) =>
      adding(undigested.with({ downloaded: { [archive]: reading } }));

    it("compares the downloaded bytes", () => {
      expect(outcomesOf(sumsCoverArchives, downloaded({ kind: "found", sha256: sha256(archive), size: 5 }))).toEqual([
        "pass",
      ]);
      expect(outcomesOf(sumsCoverArchives, downloaded({ kind: "found", sha256: sha256("x"), size: 5 }))).toEqual([
        "fail",
      ]);
    });

    it("waits as long as it is not downloaded, and fails when it cannot be", () => {
      expect(outcomesOf(sumsCoverArchives, adding(undigested))).toEqual(["retry"]);
      const retryAt = "2026-03-01T12:05:00.000Z";
      expect(findingsOf(sumsCoverArchives, downloaded({ ...unavailable, retryAt }))).toEqual([
        expect.objectContaining({ outcome: "retry", retryAt }),
      ]);
      expect(outcomesOf(sumsCoverArchives, downloaded(missing("Too large.")))).toEqual(["fail"]);
    });
  });

  it.each(["__proto__", "constructor", "toString"])("never takes an archive called %s for downloaded", (filename) => {
    const of = good
      .withSums((text) => text + line("ab".repeat(32), filename))
      .withExtraAsset(filename)
      .withAsset(filename, { sha256: null });
    const world = base.adding(of, {
      ...good.entry,
      targets: [...(good.entry.targets as Json[]), { filename, shasum: "ab".repeat(32) }],
    });
    expect(outcomesOf(sumsCoverArchives, world)).toEqual(["retry"]);
  });

  it("fails without sums, and waits when it is not known whether there are any", () => {
    expect(outcomesOf(sumsCoverArchives, adding(good.with({ sums: missing() })))).toEqual(["fail"]);
    expect(outcomesOf(sumsCoverArchives, adding(good.with({ sums: unavailable })))).toEqual(["retry"]);
  });

  it("waits without evidence, and in an own bump whose release is gone", () => {
    const world = base.editing(path, (record) => ({ ...record, versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(sumsCoverArchives, world)).toEqual(["retry"]);
    const gone = good.with({ release: missing(), sums: missing(), signature: missing() });
    expect(outcomesOf(sumsCoverArchives, adding(gone).byRegistrar())).toEqual(["retry"]);
    expect(outcomesOf(sumsCoverArchives, adding(gone))).toEqual(["fail"]);
  });

  it.each([[null], ["text"], [{ filename: archive }], [[null, "x", 5, [archive]]]])(
    "does not stumble over targets that are %j",
    (targets) => {
      expect(outcomesOf(sumsCoverArchives, adding(good, { targets }))).not.toContain("retry");
    },
  );
});
