import { describe, expect, it } from "vitest";
import { versionSyntax } from "../../src/rules/version-syntax.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion, version } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]);

describe("versionSyntax", () => {
  it.each(["1.1.0", "1.1.0-rc.1", "1.1.0-RC1"])("passes %s of a provider", (text) => {
    expect(outcomesOf(versionSyntax, base.adding(release(text)))).toEqual(["pass"]);
  });

  // test/registry/version.test.ts has the whole table.
  it.each(["v1.1.0", "1.1", "1.1.0+meta", "latest", " 1.1.0", "0.0.0", "18446744073709551616.0.0", "1.1.0\u202e"])(
    "fails %j of a provider, and says where and why",
    (text) => {
      const [finding, ...others] = findingsOf(versionSyntax, base.adding(release("1.1.0"), version(text)));
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ outcome: "fail", version: text, pointer: "/versions/0/version" });
      expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    },
  );

  it("has a tag's v taken out of the record, and asks for no other release", () => {
    const [finding] = findingsOf(versionSyntax, base.adding(release("1.1.0"), version("v1.1.0")));
    expect(finding?.next).toBe('Write "1.1.0" in the record; the release itself is fine.');
  });

  it("lets a module's version have its tag's v", () => {
    const path = pathOf("acme/network/aws");
    const adding = (...texts: string[]) =>
      registry().editing(path, () => ({ versions: texts.map((text) => moduleVersion(text)) }));
    expect(outcomesOf(versionSyntax, adding("v1.1.0", "1.0.0"))).toEqual(["pass", "pass"]);
    expect(outcomesOf(versionSyntax, adding("vv1.1.0", "v1"))).toEqual(["fail", "fail"]);
  });

  it("says nothing of versions that the base has already", () => {
    const world = registry().withProvider("acme/dns", [version("v1.0.0"), version("latest")]);
    expect(outcomesOf(versionSyntax, world.adding(release("1.1.0")))).toEqual(["pass"]);
  });
});
