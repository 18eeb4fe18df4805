import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareVersions,
  longestVersion,
  parseVersion,
  publishedVersionKey,
  suggestVersion,
  type Version,
  versionOfTag,
} from "../../src/registry/version.ts";

const safest = String(Number.MAX_SAFE_INTEGER);
const above = "9007199254740992";

describe("parseVersion", () => {
  it.each([
    "1.0.0",
    "0.0.1",
    "0.1.0",
    "0.0.0-alpha",
    "10.20.30",
    "1.0.0-rc1",
    "1.0.0-RC1",
    "1.0.0-rc.1",
    "1.0.0--",
    "1.0.0-x-y-z.0",
    "1.0.0-0a",
    `${safest}.${safest}.${safest}`,
    `1.0.0-${safest}`,
    // A number inside a word is no number.
    `1.0.0-build-${above}`,
    `1.0.0-${"a".repeat(longestVersion - 6)}`,
  ])("takes %s of a provider as it is", (text) => {
    expect(parseVersion(text, "provider")).toEqual({ ok: true, version: text });
  });

  it.each([
    ["v1.2.3", "1.2.3"],
    ["1.2.3", "1.2.3"],
    ["v1.0.0-RC1", "1.0.0-RC1"],
    ["0.0.0", "0.0.0"],
    ["v0.0.0", "0.0.0"],
  ])("takes %s of a module as %s", (text, version) => {
    expect(parseVersion(text, "module")).toEqual({ ok: true, version });
  });

  // Client contract, sections 3 and 6: what fails, is read as something else, or crashes clients.
  it.each([
    ["1.1.0.0", "is not SemVer"],
    ["latest", "is not SemVer"],
    ["", "is not SemVer"],
    ["1.1.x", "is not SemVer"],
    ["1.1.0-BETA_1", "is not SemVer"],
    ["1.1", "is not SemVer"],
    ["1", "is not SemVer"],
    ["01.1.0", "is not SemVer"],
    ["1.01.0", "is not SemVer"],
    ["1.1.0-", "is not SemVer"],
    ["1.1.0-01", "is not SemVer"],
    ["1.1.0-a..b", "is not SemVer"],
    ["-1.1.0", "is not SemVer"],
    ["=1.1.0", "is not SemVer"],
    ["1.0.0/../../2.0.0", "is not SemVer"],
    ["1.1.0-é", "is not SemVer"],
    ["１.1.0", "is not SemVer"],
    ["__proto__", "is not SemVer"],
    [" 1.1.0", "is not canonical; the canonical form is 1.1.0"],
    ["1.1.0 ", "is not canonical; the canonical form is 1.1.0"],
    ["1.1.0\n", "is not canonical; the canonical form is 1.1.0"],
    ["1.1.0+meta", "has build metadata"],
    ["1.1.0-rc1+meta", "has build metadata"],
    ["18446744073709551616.0.0", "has a number above 2^53-1"],
    [`${above}.0.0`, "has a number above 2^53-1"],
    [`1.${above}.0`, "has a number above 2^53-1"],
    [`1.0.${above}`, "has a number above 2^53-1"],
    [`1.0.0-${above}`, "has a number above 2^53-1"],
    [`1.0.0-rc.${above}`, "has a number above 2^53-1"],
    [`1.0.0-${"a".repeat(longestVersion - 5)}`, `has ${longestVersion + 1} characters; at most ${longestVersion}`],
    ["1".repeat(1_000_000), "has 1000000 characters"],
  ])("refuses %j, which %s, of providers and modules", (text, problem) => {
    for (const kind of ["provider", "module"] as const) {
      expect(parseVersion(text, kind)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    }
  });

  it.each([
    ["v1.1.0", "provider", "without the leading v"],
    ["v1.1.0-rc1", "provider", "without the leading v"],
    ["V1.1.0", "provider", "is not SemVer"],
    ["vv1.1.0", "module", "without the leading v"],
    ["V1.1.0", "module", "is not SemVer"],
    ["v 1.1.0", "module", "is not canonical"],
    ["v1.1", "module", "is not SemVer"],
    ["v", "module", "is not SemVer"],
    ["0.0.0", "provider", "cannot install"],
  ] as const)("refuses %j of a %s: %s", (text, kind, problem) => {
    expect(parseVersion(text, kind)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  it("takes exactly what it gives, whatever it is given", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^v?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-[0-9A-Za-z.-]{1,6})?(\+[a-z]{1,3})?$/),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom("provider", "module"), (text, kind) => {
        const parsed = parseVersion(text, kind);
        if (!parsed.ok) return;
        expect([text, kind === "module" ? text.replace(/^v/, "") : text]).toContain(parsed.version);
        expect(parsed.version).toMatch(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/);
        expect(parseVersion(parsed.version, kind)).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("compareVersions", () => {
  it("orders as SemVer does", () => {
    const ascending = ["0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.10.0"];
    const shuffled = [4, 0, 6, 2, 5, 1, 3].map((index) => ascending[index] as Version);
    expect(shuffled.sort(compareVersions)).toEqual(ascending);
  });
});

describe("versionOfTag", () => {
  it.each([
    ["v1.2.3", "1.2.3"],
    ["1.2.3", "1.2.3"],
    ["v1.2", "1.2"],
    ["1", "1"],
    ["v1.2.3-rc.1", "1.2.3-rc.1"],
    ["v1.2.3+meta", "1.2.3+meta"],
    ["v1.2.3.4", "1.2.3.4"],
  ])("of %s is %s", (tag, version) => {
    expect(versionOfTag(tag)).toBe(version);
  });

  it.each([
    "",
    "v",
    "vv1.2.3",
    "V1.2.3",
    "latest",
    "nightly-2026",
    "release/1.2.3",
    "dns/v1.2.3",
    "v1.2.3 ",
    "1.2.3\n",
    "v1..2",
  ])("of %j is none", (tag) => {
    expect(versionOfTag(tag)).toBeUndefined();
  });
});

describe("publishedVersionKey", () => {
  it.each([
    ["provider", "1.0.0-RC1", "1.0.0-rc1"],
    ["provider", "v3.0.0", "v3.0.0"],
    ["module", "v3.0.0", "3.0.0"],
    ["module", "v1.0.0-Beta", "1.0.0-beta"],
  ] as const)("of a %s makes %s to %s", (kind, text, key) => {
    expect(publishedVersionKey(text, kind)).toBe(key);
  });
});

describe("suggestVersion", () => {
  it.each([
    ["1.3", "1.3.0"],
    ["v1", "1.0.0"],
    ["v1.2.3", "1.2.3"],
    ["01.2.3", "1.2.3"],
    [" 1.2.3", "1.2.3"],
    ["2.0.0+meta", "2.0.0"],
    ["1.0.0-rc1+meta", "1.0.0-rc1"],
  ])("of %j is %s, which every client can install", (text, expected) => {
    expect(suggestVersion(text)).toBe(expected);
    expect(parseVersion(expected, "provider").ok).toBe(true);
  });

  it.each(["latest", "", "1.2.3.4", "__proto__", "1".repeat(500), "99999999999999999999.0.0", "0", "0.0.0+meta"])(
    "of %j is none",
    (text) => {
      expect(suggestVersion(text)).toBeUndefined();
    },
  );

  it("is a version that we take, whatever it is made from", () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,2}){0,3}(-[0-9a-z.]{1,4})?$/),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const suggested = suggestVersion(text);
        if (suggested !== undefined)
          expect([suggested, parseVersion(suggested, "provider").ok]).toEqual([suggested, true]);
      }),
      { numRuns: 2000 },
    );
  });
});
