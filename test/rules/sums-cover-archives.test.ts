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

  it("says which mark keeps clients from finding a line", () => {
    for (const mark of ["*", "./"]) {
      const marked = good.withSums((text) => text.replace(/ {2}(?=.*linux)/, `  ${mark}`));
      const [finding] = findingsOf(sumsCoverArchives, adding(marked));
      expect(finding?.message).toContain(`"${mark}${archive}", where clients look for exactly the file's name`);
    }
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
