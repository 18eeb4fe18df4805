import { describe, expect, it } from "vitest";
import {
  ArchiveSchema,
  describeError,
  knownKeys,
  ModuleVersionSchema,
  ProviderHeadSchema,
  ProviderVersionSchema,
  validates,
} from "../../src/registry/schema.ts";
import { archive, moduleVersion, version } from "../support/builders/records.ts";

const without = (key: string, value: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

describe("validates.archive", () => {
  it.each([
    ["what a bump writes", {}],
    ["an unknown size", { size: 0 }],
    ["no size", { size: undefined }],
    ["upper-case hex", { shasum: "AB".repeat(32) }],
    ["an odd platform", { os: "macOS", arch: "64bit" }],
    ["an h1 hash", { h1: `h1:${"a".repeat(43)}=` }],
    ["an unknown h1 hash", { h1: "" }],
    ["keys of the future, which are judged elsewhere", { libc: "musl" }],
    ["http, as on a local GitHub", { download_url: "http://127.0.0.1:8080/a.zip" }],
  ])("takes %s", (_, more) => {
    const candidate = archive("linux_amd64", more);
    expect(validates.archive(JSON.parse(JSON.stringify(candidate)))).toBe(true);
  });

  it.each([
    ["shasum", ""],
    ["shasum", "ab".repeat(31)],
    ["shasum", "ab".repeat(64)],
    ["shasum", `${"ab".repeat(32)}\n`],
    ["shasum", "xy".repeat(32)],
    ["os", ""],
    ["os", "linux/../.."],
    ["os", 5],
    ["arch", "amd64 "],
    ["filename", "a/b.zip"],
    ["filename", "../b.zip"],
    ["filename", "a b.zip"],
    ["filename", "a.zip\n"],
    ["filename", "a".repeat(256)],
    ["download_url", "ftp://example.com/a.zip"],
    ["download_url", "javascript:alert(1)"],
    ["download_url", "https://"],
    ["download_url", "https://example.com/a b.zip"],
    ["download_url", 'https://example.com/">x'],
    ["download_url", `https://example.com/${"a".repeat(2048)}`],
    ["size", -1],
    ["size", 1.5],
    ["size", "1000"],
    ["h1", "h1:abc"],
  ])("refuses %s %j", (field, value) => {
    expect(validates.archive(archive("linux_amd64", { [field]: value }))).toBe(false);
  });

  it.each(["os", "arch", "filename", "download_url", "shasum"])("needs %s", (field) => {
    expect(validates.archive(without(field, archive("linux_amd64")))).toBe(false);
  });
});

describe("validates.providerVersion", () => {
  it("takes what a bump writes, and the same without evidence", () => {
    expect(validates.providerVersion(version("1.0.0"))).toBe(true);
    for (const field of ["tag", "commit", "release_id", "published", "sums_sha256", "signed_by"]) {
      expect(validates.providerVersion(without(field, version("1.0.0")))).toBe(true);
    }
  });
});

describe("validates.moduleVersion", () => {
  it.each([{}, { commit: "" }, { published: "2026-01-01T00:00:00.5+01:00" }])("takes %j", (more) => {
    expect(validates.moduleVersion(moduleVersion("v1.0.0", more))).toBe(true);
  });

  it.each([{ version: "" }, { commit: "abc" }, { published: "2026-01-01" }])("refuses %j", (more) => {
    expect(validates.moduleVersion(moduleVersion("v1.0.0", more))).toBe(false);
  });
});

describe("knownKeys", () => {
  it("are those of the schemas, and the list of versions", () => {
    expect(knownKeys.head).toEqual(new Set([...Object.keys(ProviderHeadSchema.properties), "versions"]));
    expect(knownKeys.providerVersion).toEqual(new Set(Object.keys(ProviderVersionSchema.properties)));
    expect(knownKeys.moduleVersion).toEqual(new Set(Object.keys(ModuleVersionSchema.properties)));
    expect(knownKeys.archive).toEqual(new Set(Object.keys(ArchiveSchema.properties)));
    for (const keys of Object.values(knownKeys)) expect(keys).not.toContain("__proto__");
  });
});

describe("describeError", () => {
  const said = (value: unknown) => {
    validates.providerVersion(value);
    return (validates.providerVersion.errors ?? []).map((error) => describeError(error));
  };

  it.each([
    [{ commit: "main" }, /^commit must be a full commit id \(40 small hex digits\), got "main"$/],
    [{ protocols: [5] }, /^protocols\.0 must be a protocol such as "5\.0", got 5$/],
    [
      { targets: [archive("linux_amd64", { shasum: "\u202e" })] },
      /^targets\.0\.shasum must be 64 hex digits, got "\\u202e"$/,
    ],
    [{ tag: 5 }, /^tag must be a text, got 5$/],
  ])("names field, rule and value of %j", (more, message) => {
    expect(said(version("1.0.0", more))).toEqual([expect.stringMatching(message)]);
  });

  it("never speaks the library's language", () => {
    const odd = { ...version("1.0.0"), version: "", protocols: 5, targets: {}, release_id: 0, published: "x", tag: [] };
    const all = said(odd);
    expect(all).toHaveLength(6);
    for (const sentence of all) expect(sentence).not.toMatch(/pattern|string|integer|array|object|NOT|[\\^$]/);
  });

  it("names what is missing, and where", () => {
    expect(said(without("protocols", version("1.0.0")))).toEqual(['"protocols" is missing']);
    expect(said(version("1.0.0", { targets: [without("os", archive("linux_amd64"))] }))).toEqual([
      'targets.0: "os" is missing',
    ]);
  });

  it("cuts long values", () => {
    expect(said(version("1.0.0", { commit: "x".repeat(5000) }))[0]?.length).toBeLessThan(250);
  });
});
