import { describe, expect, it } from "vitest";
import { usableProvider } from "../../../src/publish/usable/provider.ts";
import type { ProviderRecord } from "../../../src/registry/record.ts";
import { archive, key, providerRecord, record, version } from "../support/records.ts";

/** What is published, what is left out (`code version`), and what is only said. */
function look(versions: readonly unknown[], { head = {}, keys = [key("one")] } = {}) {
  const { versions: usable, findings } = usableProvider(providerRecord(versions, head), keys);
  const label = (finding: { code: string; version?: string }) =>
    finding.version === undefined ? finding.code : `${finding.code} ${finding.version}`;
  return {
    published: usable.map((entry) => entry.version),
    leftOut: findings.filter((finding) => finding.outcome === "fail").map(label),
    notices: findings.filter((finding) => finding.notice).map(label),
  };
}

describe("usableProvider", () => {
  it("publishes good versions and says nothing about them", () => {
    expect(look([version("1.1.0"), version("1.0.0")])).toEqual({
      published: ["1.1.0", "1.0.0"],
      leftOut: [],
      notices: [],
    });
  });

  it.each([
    "v1.0.0",
    "1.0",
    "1",
    "01.0.0",
    "1.0.0.0",
    "latest",
    " 1.0.0",
    "1.0.0+meta",
    "1.0.0-BETA_1",
    "1.1.0-",
    "1.1.x",
    "0.0.0",
    "18446744073709551616.0.0",
    "1.0.0-18446744073709551616",
    "9007199254740992.0.0",
    `1.0.0-${"a".repeat(123)}`,
    "1.0.0/../../2.0.0",
  ])("leaves out the version %j, which clients cannot parse, install or keep apart, and keeps the others", (text) => {
    expect(look([{ ...version("1.0.0"), version: text }, version("2.0.0")])).toEqual({
      published: ["2.0.0"],
      leftOut: [`version-syntax ${text}`],
      notices: [],
    });
  });

  it.each([
    ["no sums", { shasums_url: undefined }],
    ["a signature that is no URL", { shasums_signature_url: "ftp://x/y" }],
    ["archives that are no list", { targets: null }],
    ["no archives", { targets: [] }],
    ["protocols that are numbers", { protocols: [5] }],
    [
      "only archives without a hash",
      { targets: [archive("linux_amd64", { shasum: "" }), archive("linux_arm64", { shasum: "x" })] },
    ],
  ])("leaves out a version with %s, in one finding", (_, broken) => {
    expect(look([version("2.0.0"), version("1.0.0", broken)])).toEqual({
      published: ["2.0.0"],
      leftOut: ["record-shape 1.0.0"],
      notices: [],
    });
  });

  const unusableUrls = [
    undefined,
    null,
    "",
    "/terraform-provider-dns.zip",
    "//x.example/a.zip",
    "ftp://x.example/a.zip",
    "file:///a.zip",
    "HTTPS://x.example/a.zip",
    "https:///a.zip",
    "https://x.example:port/a.zip",
    "https://user:password@x.example/a.zip",
    "https://x.example/%zz",
    "https://x.example/a b.zip",
    "https://x.example/\u00e9.zip",
  ];

  it.each(unusableUrls)("leaves out what a client cannot fetch from the URL %j", (url) => {
    for (const field of ["shasums_url", "shasums_signature_url"]) {
      expect(look([version("2.0.0"), version("1.0.0", { [field]: url })])).toEqual({
        published: ["2.0.0"],
        leftOut: ["record-shape 1.0.0"],
        notices: [],
      });
    }
    const targets = [archive("linux_amd64", { download_url: url }), archive("linux_arm64")];
    const { versions } = usableProvider(providerRecord([version("1.0.0", { targets })]), [key("one")]);
    expect(versions[0]?.archives.map(({ arch }) => arch)).toEqual(["arm64"]);
  });

  it.each(["http://127.0.0.1:8080/a.zip", "https://[::1]/a.zip?x=%20&y#z", "https://x.example"])(
    "takes the URL %j",
    (url) => {
      const targets = [archive("linux_amd64", { download_url: url })];
      expect(look([version("1.0.0", { targets, shasums_url: url })]).published).toEqual(["1.0.0"]);
    },
  );

  it.each([
    ["has gone", "F".repeat(40)],
    ["is named by the id of a subkey", key("one").keyId],
    ["is in small letters", key("one").fingerprint.toLowerCase()],
    ["is nothing", ""],
  ])("leaves out a version whose key %s, and keeps the others", (_, signedBy) => {
    expect(look([version("2.0.0"), version("1.0.0", { signed_by: signedBy })])).toMatchObject({
      published: ["2.0.0"],
      leftOut: [expect.stringMatching(/^(?:signature|record-shape) 1\.0\.0$/)],
    });
  });

  it("leaves out archives without a valid hash, one finding each, and keeps the version's others", () => {
    const targets = [
      archive("linux_amd64", { shasum: "" }),
      archive("linux_arm64"),
      archive("linux_386", { shasum: "ab" }),
    ];
    const { versions, findings } = usableProvider(providerRecord([version("1.0.0", { targets })]), [key("one")]);
    expect(versions[0]?.archives.map((target) => target.arch)).toEqual(["arm64"]);
    expect(findings.map(({ code, version: text, pointer }) => [code, text, pointer])).toEqual([
      ["record-shape", "1.0.0", "/versions/0/targets/0"],
      ["record-shape", "1.0.0", "/versions/0/targets/2"],
    ]);
  });

  it("publishes the first recorded archive of a platform", () => {
    const targets = [
      archive("linux_amd64"),
      archive("linux_arm64"),
      archive("linux_amd64", { shasum: "cd".repeat(32) }),
    ];
    const { versions, findings } = usableProvider(providerRecord([version("1.0.0", { targets })]), [key("one")]);
    expect(versions[0]?.archives.map((target) => [target.arch, target.shasum.slice(0, 2)])).toEqual([
      ["amd64", "ab"],
      ["arm64", "ab"],
    ]);
    expect(findings.map((finding) => [finding.code, finding.outcome])).toEqual([["version-unique", "fail"]]);
  });

  it("publishes the first recorded of two versions that clients cannot tell apart", () => {
    const { versions } = usableProvider(
      providerRecord([version("1.0.0-rc1", { protocols: ["6.0"] }), version("1.0.0-RC1"), version("1.0.0-rc1")]),
      [],
    );
    expect(versions.map((entry) => [entry.version, entry.protocols])).toEqual([["1.0.0-rc1", ["6.0"]]]);
    expect(look([version("1.0.0-rc1"), version("1.0.0-RC1"), version("1.0.0-rc1")]).leftOut).toEqual([
      "version-unique 1.0.0-RC1",
      "version-unique 1.0.0-rc1",
    ]);
  });

  it("takes the second where the first has no usable form", () => {
    expect(look([version("1.0.0", { targets: [] as unknown[], shasums_url: 1 }), version("1.0.0")])).toMatchObject({
      published: ["1.0.0"],
      leftOut: ["record-shape 1.0.0"],
    });
  });

  it("does not take the second where the first is left out for its key: a version must not change its content", () => {
    expect(look([version("1.0.0", { signed_by: key("gone").fingerprint }), version("1.0.0")])).toMatchObject({
      published: [],
      leftOut: ["signature 1.0.0", "version-unique 1.0.0"],
    });
  });

  it.each([
    [["4.0"], false],
    [["7.0", "4.1"], false],
    [["50.0"], false],
    [["18446744073709551616.0", "5.0"], false],
    [["05.0"], false],
    [["5.0"], true],
    [["6"], true],
    [["4.0", "5.2"], true],
    [[], true],
  ])("judges the protocols %j: usable is %s", (protocols, isUsable) => {
    expect(look([version("1.0.0", { protocols })])).toEqual({
      published: isUsable ? ["1.0.0"] : [],
      leftOut: isUsable ? [] : ["protocols 1.0.0"],
      notices: [],
    });
  });

  it("leaves out withdrawn versions without a word, twins of them too", () => {
    const head = { withdrawn: [{ version: "1.0.0-rc1", reason: "leaks", since: "2026-01-01T00:00:00Z" }] };
    expect(look([version("2.0.0"), version("1.0.0-RC1"), version("1.0.0-rc1")], { head })).toEqual({
      published: ["2.0.0"],
      leftOut: [],
      notices: [],
    });
  });

  it("leaves out a version whose tombstone has the tag's name", () => {
    const head = { withdrawn: [{ version: "v1.0.0", reason: "leaks" }] };
    expect(look([version("2.0.0"), version("1.0.0")], { head }).published).toEqual(["2.0.0"]);
  });

  it("keeps a version withdrawn whose tombstone the schema refuses, and says what is wrong", () => {
    const head = { withdrawn: [{ version: "1.0.0" }, "1.1.0"] };
    const { published, leftOut } = look([version("2.0.0"), version("1.1.0"), version("1.0.0")], { head });
    expect(published).toEqual(["2.0.0"]);
    expect(new Set(leftOut)).toEqual(new Set(["record-shape"]));
  });

  it.each([
    ["a text", "1.0.0"],
    ["an object", { version: "1.0.0" }],
    ["a tombstone of nothing", [{ reason: "leaks" }]],
  ])("publishes nothing where the tombstones cannot be read: %s", (_, withdrawn) => {
    const { published, leftOut } = look([version("1.0.0")], { head: { withdrawn } });
    expect(published).toEqual([]);
    expect(leftOut).toContain("record-shape");
  });

  it("says once for a record that no key applies", () => {
    expect(look([version("1.1.0"), version("1.0.0")], { keys: [] })).toEqual({
      published: ["1.1.0", "1.0.0"],
      leftOut: [],
      notices: ["signature"],
    });
  });

  it("says that no client asks for an odd platform, and publishes it", () => {
    expect(look([version("1.0.0", { targets: [archive("macOS_64bit")] })])).toEqual({
      published: ["1.0.0"],
      leftOut: [],
      notices: ["record-shape 1.0.0"],
    });
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a byte order mark", `\uFEFF${JSON.stringify({ versions: [version("1.0.0")] })}`],
  ])("publishes nothing of a file that is %s, in one finding", (_, text) => {
    const { versions, findings } = usableProvider(record("acme/dns", text) as ProviderRecord, []);
    expect(versions).toEqual([]);
    expect(findings.map(({ code, outcome, path }) => [code, outcome, path])).toEqual([
      ["record-shape", "fail", "providers/acme/dns.json"],
    ]);
  });

  it("says so of entries that name no version", () => {
    expect(look([version("1.0.0"), null, { version: 1 }, "2.0.0"])).toEqual({
      published: ["1.0.0"],
      leftOut: ["record-shape", "record-shape", "record-shape"],
      notices: [],
    });
  });

  it("notices a repeated key and publishes what everybody reads, the last", () => {
    const text = JSON.stringify({ versions: [version("1.0.0")] }).replace(
      '"protocols"',
      '"version":"9.0.0","version":"1.0.0","protocols"',
    );
    const { versions, findings } = usableProvider(record("acme/dns", text) as ProviderRecord, [key("one")]);
    expect(versions.map((entry) => entry.version)).toEqual(["1.0.0"]);
    expect(findings.every((finding) => finding.notice)).toBe(true);
    expect(findings.length).toBeGreaterThan(0);
  });

  it("writes messages that a terminal cannot be fooled with", () => {
    const { findings } = usableProvider(providerRecord([version("1.0.0\u001b[31m\u202e")]), []);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect(findings.map((finding) => finding.message).join("")).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});
