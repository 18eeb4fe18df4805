import { describe, expect, it } from "vitest";
import { versionUnique } from "../../src/rules/version-unique.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { archive, moduleVersion, recordText, version } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const modules = registry().withModule("acme/network/aws", ["v1.0.0"]);
const module = (world: typeof modules, ...texts: readonly string[]) =>
  world.editing(pathOf("acme/network/aws"), (record) => ({
    versions: [...texts.map((text) => moduleVersion(text)), ...record.versions],
  }));

describe("versionUnique", () => {
  it("passes a bump and a new record", () => {
    for (const world of [
      base.adding(release("1.1.0")),
      registry().adding(release("1.0.0")),
      module(modules, "v1.1.0"),
    ]) {
      expect(outcomesOf(versionUnique, world)).toEqual(["pass"]);
    }
  });

  it.each([
    ["a second time", base.adding(release("1.0.0"))],
    ["twice", base.adding(release("1.1.0")).adding(release("1.1.0"))],
    ["twice, and different", base.adding(release("1.1.0")).adding(release("1.1.0"), version("1.1.0"))],
    ["with the tag's v beside the bare one", module(modules, "1.0.0")],
    ["in two ways at once", module(modules, "v1.1.0", "1.1.0")],
    ["in another case", registry().withProvider("acme/dns", ["1.0.0-RC1"]).adding(release("1.0.0-rc1"))],
    ["in two cases at once", base.adding(release("1.1.0-RC1")).adding(release("1.1.0-rc1"))],
  ])("fails a version that is added %s", (_, world) => {
    expect(outcomesOf(versionUnique, world)).toEqual(["fail"]);
  });

  it("judges the result: what the base has got since the pull request was made counts", () => {
    const bump = base.adding(release("1.1.0"));
    const same = bump.movedOn(path, recordText("acme/dns", ["1.1.0", "1.0.0"]));
    expect(findingsOf(versionUnique, same)).toEqual([
      expect.objectContaining({
        outcome: "fail",
        version: "1.1.0",
        message: expect.stringContaining("already in the registry"),
      }),
    ]);
    const twin = base.adding(release("1.1.0-rc1")).movedOn(path, recordText("acme/dns", ["1.1.0-RC1", "1.0.0"]));
    expect(outcomesOf(versionUnique, twin)).toEqual(["fail"]);
    const other = bump.movedOn(path, recordText("acme/dns", ["1.2.0", "1.0.0"]));
    expect(outcomesOf(versionUnique, other)).toEqual(["pass"]);
  });

  it("fails a rewrite or removal of what the base has rewritten since", () => {
    const moved = recordText("acme/dns", [version("1.0.0", { commit: "ee".repeat(20) })]);
    const rewrite = base.editing(path, ({ versions }) => void Object.assign(versions[0] ?? {}, { release_id: 5 }));
    expect(findingsOf(versionUnique, rewrite.movedOn(path, moved))).toEqual([
      expect.objectContaining({ outcome: "fail", message: expect.stringContaining("has changed on the base") }),
    ]);
  });

  it("says nothing of twins that the base has already, and fails a third", () => {
    const twins = modules.withModule("acme/network/aws", ["v1.0.0", "1.0.0", "V1.0.0"]);
    expect(outcomesOf(versionUnique, module(twins, "v1.1.0"))).toEqual(["pass"]);
    expect(outcomesOf(versionUnique, module(twins, "v1.0.0"))).toEqual(["fail"]);
  });

  it("mentions twins, and fails repeated versions, when a whole registry is looked at", () => {
    const audit = registry().with({ audit: true });
    expect(findingsOf(versionUnique, module(audit, "v3.0.0", "3.0.0"))).toEqual([
      expect.objectContaining({ outcome: "pass", notice: true, version: "3.0.0", pointer: "/versions/1" }),
    ]);
    expect(outcomesOf(versionUnique, module(audit, "v3.0.0", "v3.0.0"))).toEqual(["fail"]);
  });

  it("fails two archives for one platform, in what is added or rewritten", () => {
    const targets = [archive("linux_amd64"), archive("linux_arm64"), archive("linux_amd64", { size: 5 })];
    const added = base.adding(release("1.1.0"), version("1.1.0", { targets }));
    expect(findingsOf(versionUnique, added)).toEqual([
      expect.objectContaining({ outcome: "fail", version: "1.1.0", pointer: "/versions/0/targets/2" }),
    ]);
    const rewritten = base.editing(path, (record) => ({ ...record, versions: [version("1.0.0", { targets })] }));
    expect(outcomesOf(versionUnique, rewritten)).toEqual(["fail"]);
    const old = registry().withProvider("acme/dns", [version("1.0.0", { targets })]);
    expect(outcomesOf(versionUnique, old.adding(release("1.1.0")))).toEqual(["pass"]);
  });

  it.each([["text"], [null], [{ 0: archive("linux_amd64") }], [[null, null]], [[[], "linux", 5]]])(
    "does not stumble over targets that are %j",
    (targets) => {
      const outcomes = outcomesOf(versionUnique, base.adding(release("1.1.0"), version("1.1.0", { targets })));
      expect(outcomes).not.toContain("retry");
    },
  );
});
