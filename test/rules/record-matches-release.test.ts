import { describe, expect, it } from "vitest";
import { recordMatchesRelease } from "../../src/rules/record-matches-release.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { archive } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { type Json, missing, release, unavailable } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const [first, second] = good.entry.targets as readonly Json[];
const adding = (more: Json, of = good) => base.adding(of, { ...good.entry, ...more });
const firstWith = (more: Json) => ({ targets: [{ ...first, ...more }, second] });

describe("recordMatchesRelease", () => {
  it("passes what the release says", () => {
    expect(outcomesOf(recordMatchesRelease, base.adding(good))).toEqual(["pass"]);
  });

  it.each([
    ["another order of archives", { targets: [second, first] }],
    [
      "no evidence fields",
      {
        tag: undefined,
        commit: undefined,
        release_id: undefined,
        published: undefined,
        sums_sha256: undefined,
        signed_by: undefined,
      },
    ],
    [
      "upper-case hashes",
      {
        ...firstWith({ shasum: String(first?.shasum).toUpperCase() }),
        sums_sha256: String(good.entry.sums_sha256).toUpperCase(),
      },
    ],
    [
      "no sizes",
      {
        targets: [
          { ...first, size: undefined },
          { ...second, size: undefined },
        ],
      },
    ],
    ["the same moment in another zone", { published: "2026-02-01T13:00:00+01:00" }],
  ])("passes %s", (_, more) => {
    expect(outcomesOf(recordMatchesRelease, adding(more))).toEqual(["pass"]);
  });

  const one = "/versions/0";
  it.each([
    ["another hash", firstWith({ shasum: "00".repeat(32) }), `${one}/targets/0/shasum`],
    ["an empty hash", firstWith({ shasum: "" }), `${one}/targets/0/shasum`],
    ["no hash", firstWith({ shasum: undefined }), `${one}/targets/0`],
    ["a hash that is a list", firstWith({ shasum: [first?.shasum] }), `${one}/targets/0/shasum`],
    ["another size", firstWith({ size: 1 }), `${one}/targets/0/size`],
    ["a size as text", firstWith({ size: "1000" }), `${one}/targets/0/size`],
    ["another URL", firstWith({ download_url: "https://evil.example/a.zip" }), `${one}/targets/0/download_url`],
    [
      "another case of a URL",
      firstWith({ download_url: String(first?.download_url).toUpperCase() }),
      `${one}/targets/0/download_url`,
    ],
    ["another file name", firstWith({ filename: String(second?.filename) }), `${one}/targets/0/filename`],
    ["a hash of its own kind", firstWith({ h1: `h1:${"a".repeat(43)}=` }), `${one}/targets/0/h1`],
    ["an unknown field of an archive", firstWith({ evil: 1 }), `${one}/targets/0/evil`],
    ["a missing archive", { targets: [first] }, `${one}/targets`],
    ["no archives", { targets: [] }, `${one}/targets`],
    ["archives that are a text", { targets: "linux_amd64" }, `${one}/targets`],
    ["archives that are an object", { targets: { 0: first, 1: second } }, `${one}/targets`],
    ["archives that are null", { targets: null }, `${one}/targets`],
    ["one archive too many", { targets: [first, second, archive("plan9_386")] }, `${one}/targets/2`],
    ["an archive that is null", { targets: [first, second, null] }, `${one}/targets/2`],
    ["an archive that is a text", { targets: [first, second, "x"] }, `${one}/targets/2`],
    ["an archive that is a list", { targets: [first, second, [first]] }, `${one}/targets/2`],
    [
      "a second archive for a platform",
      { targets: [first, second, { ...first, shasum: "00".repeat(32) }] },
      `${one}/targets/2`,
    ],
    ["a platform cut elsewhere", firstWith({ os: "darwin_arm64", arch: "" }), `${one}/targets/0`],
    ["other protocols", { protocols: ["5.0"] }, `${one}/protocols`],
    ["protocols in another order", { protocols: ["6.0", "5.0"] }, `${one}/protocols`],
    ["protocols that are an object", { protocols: { 0: "5.0", 1: "6.0" } }, `${one}/protocols`],
    ["no protocols", { protocols: undefined }, one],
    ["other sums", { shasums_url: "https://evil.example/SHA256SUMS" }, `${one}/shasums_url`],
    [
      "another signature",
      { shasums_signature_url: "https://evil.example/SHA256SUMS.sig" },
      `${one}/shasums_signature_url`,
    ],
    ["another tag", { tag: "1.1.0" }, `${one}/tag`],
    ["another release", { release_id: 1 }, `${one}/release_id`],
    ["another moment", { published: "2026-02-01T12:00:01Z" }, `${one}/published`],
    ["an unknown moment", { published: "" }, `${one}/published`],
    ["another hash of the sums", { sums_sha256: "00".repeat(32) }, `${one}/sums_sha256`],
    ["another signer", { signed_by: "B2".repeat(20) }, `${one}/signed_by`],
    ["a moment of discovery", { discovered: "2026-02-01T12:00:00Z" }, `${one}/discovered`],
    ["an unknown field", { evil: 1 }, `${one}/evil`],
    ["a field that every object inherits", { constructor: 1 }, `${one}/constructor`],
  ])("fails %s, says where and what is right", (_, more, pointer) => {
    const findings = findingsOf(recordMatchesRelease, adding(more));
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) expect(finding).toMatchObject({ outcome: "fail", version: "1.1.0", path });
    expect(findings.map((finding) => finding.pointer)).toContain(pointer);
    expect(findings.every((finding) => (finding.next ?? "") !== "")).toBe(true);
  });

  it("fails a field called __proto__", () => {
    const text = base.adding(good).input.change.records[0]?.after?.text ?? "";
    const world = base
      .adding(good)
      .writing(path, text.replace('"version": "1.1.0"', '"version": "1.1.0", "__proto__": {}'));
    expect(findingsOf(recordMatchesRelease, world)).toEqual([
      expect.objectContaining({ outcome: "fail", pointer: "/versions/0/__proto__" }),
    ]);
  });

  it("fails a signer where the signature is by nobody that is known", () => {
    const unsigned = good.withSignature({ accepted: false, problem: "unknown-key", verifiedBy: null });
    expect(outcomesOf(recordMatchesRelease, adding({}, unsigned))).toEqual(["fail"]);
  });

  it("fails evidence of another version than the entry's", () => {
    const world = base.adding(good).knowing(release("1.2.0"), "1.1.0");
    expect(findingsOf(recordMatchesRelease, world).map(({ pointer }) => pointer)).toContain("/versions/0/version");
  });

  it.each(["release", "sums", "signature", "manifest", "tagCommit"] as const)(
    "fails when upstream has no %s, with the reason, and waits when that is not known",
    (part) => {
      const gone = findingsOf(recordMatchesRelease, adding({}, good.with({ [part]: missing("It is gone.") })));
      expect(gone).toEqual([expect.objectContaining({ outcome: "fail", message: "It is gone." })]);
      expect(outcomesOf(recordMatchesRelease, adding({}, good.with({ [part]: unavailable })))).toEqual(["retry"]);
    },
  );

  it("leaves the commit to the rule tag-commit, and does not claim that it passed", () => {
    const [finding, ...others] = findingsOf(recordMatchesRelease, adding({ commit: "ee".repeat(20) }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "pass", message: expect.stringContaining("but for its commit") });
  });

  it("waits in an own bump whose release is gone: that is not for its author to mend", () => {
    const world = adding({}, good.with({ release: missing() })).byRegistrar();
    expect(outcomesOf(recordMatchesRelease, world)).toEqual(["retry"]);
  });

  it("waits for evidence that is not there", () => {
    const world = base.editing(path, (record) => ({ ...record, versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(recordMatchesRelease, world)).toEqual(["retry"]);
  });

  it("fails a release whose sums name none of its archives", () => {
    const world = adding(
      {},
      good.withSums(() => `${"ab".repeat(32)}  other.zip\n`),
    );
    expect(outcomesOf(recordMatchesRelease, world)).toEqual(["fail"]);
  });

  it("lets Registrar alone say when it discovered a version", () => {
    const world = adding({ discovered: "2026-02-01T12:00:00Z" });
    expect(outcomesOf(recordMatchesRelease, world.byRegistrar())).toEqual(["pass"]);
    expect(outcomesOf(recordMatchesRelease, world)).toEqual(["fail"]);
  });

  it("lets a rewrite keep what the base has and no release says", () => {
    const old = {
      discovered: "2025-01-01T00:00:00Z",
      targets: [{ ...first, h1: `h1:${"a".repeat(43)}=`, size: 1 }, second],
    };
    const world = registry()
      .withProvider("acme/dns", [{ ...good.entry, ...old }])
      .knowing(good);
    const mend = (more: Json) =>
      world.editing(path, (record) => ({
        ...record,
        versions: [{ ...good.entry, ...old, targets: [{ ...first, h1: `h1:${"a".repeat(43)}=` }, second], ...more }],
      }));
    expect(outcomesOf(recordMatchesRelease, mend({}))).toEqual(["pass"]);
    expect(outcomesOf(recordMatchesRelease, mend({ discovered: "2026-01-01T00:00:00Z" }))).toEqual(["fail"]);
    const other = [{ ...first, h1: `h1:${"b".repeat(43)}=` }, second];
    expect(outcomesOf(recordMatchesRelease, mend({ targets: other }))).toEqual(["fail"]);
  });

  it("judges a rewrite against the release", () => {
    const world = registry()
      .withProvider("acme/dns", [{ ...good.entry, protocols: ["4.0"] }])
      .knowing(good);
    const rewrite = (more: Json) =>
      world.editing(path, (record) => ({ ...record, versions: [{ ...good.entry, ...more }] }));
    expect(outcomesOf(recordMatchesRelease, rewrite({}))).toEqual(["pass"]);
    expect(outcomesOf(recordMatchesRelease, rewrite({ release_id: 1 }))).toEqual(["fail"]);
  });

  describe("of a module", () => {
    const modulePath = pathOf("acme/network/aws");
    const modules = registry().withModule("acme/network/aws", ["v1.0.0"]);
    const made = tag("v1.1.0");
    const withEntry = (more: Json, of = made) => modules.adding(of, { ...made.entry, ...more });

    it("passes what the tag says", () => {
      expect(outcomesOf(recordMatchesRelease, modules.adding(made))).toEqual(["pass"]);
    });

    it.each([
      ["no evidence fields", { commit: undefined, published: undefined }],
      ["the same moment in another zone", { published: "2026-02-01T13:00:00+01:00" }],
      ["another commit, which is the rule tag-commit's", { commit: "ee".repeat(20) }],
      ["another commit with its own date", { commit: "ee".repeat(20), published: "2025-01-01T00:00:00Z" }],
    ])("passes %s", (_, more) => {
      expect(outcomesOf(recordMatchesRelease, withEntry(more))).toEqual(["pass"]);
    });

    it.each([
      ["another moment", { published: "2026-02-01T12:00:01Z" }, "published"],
      ["another moment without a commit", { commit: undefined, published: "2026-02-01T12:00:01Z" }, "published"],
      ["an unknown moment", { published: "" }, "published"],
      ["a moment that is no text", { published: 1 }, "published"],
      ["a moment of discovery", { discovered: "2026-02-01T12:00:00Z" }, "discovered"],
      ["archives", { targets: [] }, "targets"],
      ["archives that are null", { targets: null }, "targets"],
      ["a tag of its own", { tag: "v1.1.0" }, "tag"],
      ["an unknown field", { evil: 1 }, "evil"],
      ["an unknown field beside another commit", { commit: "ee".repeat(20), evil: 1 }, "evil"],
      ["a field that every object inherits", { constructor: 1 }, "constructor"],
    ])("fails %s, says where and that the tag says otherwise", (_, more, field) => {
      const findings = findingsOf(recordMatchesRelease, withEntry(more));
      expect(findings).toEqual([
        expect.objectContaining({ outcome: "fail", path: modulePath, pointer: `/versions/0/${field}` }),
      ]);
      expect(findings[0]?.message).not.toContain("release says");
    });

    it("fails a moment that the tag does not say", () => {
      const world = withEntry({}, made.withTag({ publishedAt: null }));
      expect(findingsOf(recordMatchesRelease, world)[0]).toMatchObject({
        outcome: "fail",
        message: expect.stringContaining("the tag says nothing of it"),
      });
    });

    it("fails evidence of another version than the entry's", () => {
      const world = modules.adding(made).knowing(tag("1.1.0"), "v1.1.0");
      expect(findingsOf(recordMatchesRelease, world).map(({ pointer }) => pointer)).toEqual(["/versions/0/version"]);
    });

    it("fails without the tag, waits where that is not known, and never believes a provider's evidence", () => {
      expect(outcomesOf(recordMatchesRelease, withEntry({}, made.with({ tag: missing() })))).toEqual(["fail"]);
      expect(outcomesOf(recordMatchesRelease, withEntry({}, made.with({ tag: unavailable })))).toEqual(["retry"]);
      const key = `${modulePath}@v1.1.0`;
      const { input } = modules.adding(made).with({ evidenceRead: true });
      const odd = { ...input, evidence: { [key]: good.evidence } };
      expect(judge(odd, [recordMatchesRelease]).outcome).toBe("retry");
    });

    it("lets Registrar alone say when it discovered a version", () => {
      const world = withEntry({ discovered: "2026-02-01T12:00:00Z" });
      expect(outcomesOf(recordMatchesRelease, world.byRegistrar())).toEqual(["pass"]);
    });
  });

  it("shows hostile values safely and shortly", () => {
    const hostile = `\u202e\u001b[2J${"x".repeat(10_000)}`;
    const world = adding({ [hostile]: hostile, tag: hostile, ...firstWith({ os: hostile, filename: hostile }) });
    for (const { message, next } of findingsOf(recordMatchesRelease, world)) {
      expect(`${message}${next}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(message.length).toBeLessThan(700);
    }
  });

  describe("under an older name of the repository", () => {
    const old = (name: string) => (entry: Json) =>
      JSON.parse(JSON.stringify(entry).replaceAll("acme/terraform-provider-dns/releases", `${name}/releases`)) as Json;
    const { repository } = good.evidence;
    const leading = (to: object) =>
      good.with({ names: { "globex/dns": { ...repository, ...to } as typeof repository } });
    const world = (of: typeof good, name: string) => base.adding(of, old(name)(good.entry));

    it.each([
      ["that GitHub leads to it", leading({ fullName: "acme/terraform-provider-dns" }), "globex/dns"],
      ["that is the record's own", good.with({ asked: "globex/dns" }), "globex/dns"],
      ["that differs in capitals", good, "ACME/Terraform-Provider-DNS"],
    ])("passes URLs with a name %s, with a notice", (_what, of, name) => {
      expect(findingsOf(recordMatchesRelease, world(of, name))).toEqual([
        expect.objectContaining({ outcome: "pass", notice: true, message: expect.stringContaining(`"${name}"`) }),
      ]);
    });

    it.each([
      ["that leads to another repository", leading({ id: 1 }), "globex/dns"],
      ["that leads nowhere", good.with({ names: { "globex/dns": missing() } }), "globex/dns"],
      ["that nobody asked about", good, "globex/dns"],
      ["that objects have", good.with({ names: {} }), "__proto__/constructor"],
    ])("fails URLs with a name %s", (_what, of, name) => {
      const findings = findingsOf(recordMatchesRelease, world(of, name));
      expect(findings.map(({ outcome, pointer }) => [outcome, pointer?.split("/").at(-1)])).toEqual([
        ["fail", "shasums_url"],
        ["fail", "shasums_signature_url"],
        ["fail", "download_url"],
        ["fail", "download_url"],
      ]);
    });

    it("fails another file, host or tag, whatever the name", () => {
      for (const change of [
        (text: string) => text.replaceAll("https://github.com/globex", "https://github.example/globex"),
        (text: string) => text.replaceAll("/download/v", "/download/x"),
        (text: string) => text.replace("_SHA256SUMS.sig", "_SHA256SUMS.sig?x=1"),
        (text: string) => text.replaceAll("globex/dns/releases", "globex/dns/releases/../releases"),
      ]) {
        const entry = JSON.parse(change(JSON.stringify(old("globex/dns")(good.entry)))) as Json;
        const findings = findingsOf(recordMatchesRelease, base.adding(leading({}), entry));
        expect(findings.some(({ outcome }) => outcome === "fail")).toBe(true);
      }
    });
  });
});
