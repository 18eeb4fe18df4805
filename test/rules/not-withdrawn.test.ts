import { describe, expect, it } from "vitest";
import { notWithdrawn } from "../../src/rules/not-withdrawn.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion, recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const bump = (withdrawn: unknown) =>
  registry().withProvider("acme/dns", ["1.0.0"], { withdrawn }).adding(release("1.1.0"));
const tombstone = (version: string) => ({ version, reason: "broken" });

describe("notWithdrawn", () => {
  it.each([
    ["no tombstones", undefined],
    ["null", null],
    ["an empty list", []],
    ["another version's", [tombstone("1.2.0")]],
  ])("passes with %s", (_, withdrawn) => {
    expect(outcomesOf(notWithdrawn, bump(withdrawn))).toEqual(["pass"]);
  });

  it.each([
    ["a tombstone", [tombstone("1.1.0")]],
    ["a tombstone without reason", [{ version: "1.1.0" }]],
    ["a tombstone beside a broken one", [{ version: "0.9.0" }, tombstone("1.1.0")]],
    ["a mere text", ["1.1.0"]],
  ])("fails a version that has %s on the base", (_, withdrawn) => {
    expect(findingsOf(notWithdrawn, bump(withdrawn))).toEqual([
      expect.objectContaining({ outcome: "fail", version: "1.1.0", pointer: "/versions/0" }),
    ]);
  });

  it("fails one in another case, or with the tag's v", () => {
    const world = registry().withProvider("acme/dns", ["1.0.0"], { withdrawn: [tombstone("1.1.0-RC1")] });
    expect(outcomesOf(notWithdrawn, world.adding(release("1.1.0-rc1")))).toEqual(["fail"]);
    const module = registry()
      .withModule("acme/network/aws", ["v1.0.0"], { withdrawn: [tombstone("1.1.0")] })
      .editing(pathOf("acme/network/aws"), (record) => ({
        ...record,
        versions: [moduleVersion("v1.1.0"), ...record.versions],
      }));
    expect(outcomesOf(notWithdrawn, module)).toEqual(["fail"]);
  });

  it.each([["text"], [{ "1.1.0": "broken" }], [[{ reason: "broken" }]], [[5]], [[null]]])(
    "holds everything, beyond any approval, when the tombstones are %j: nobody knows whom they are for",
    (withdrawn) => {
      expect(outcomesOf(notWithdrawn, bump(withdrawn))).toEqual(["hold"]);
    },
  );

  it("believes the base's tip, never the pull request", () => {
    const undone = bump([tombstone("1.1.0")]).editing(path, (record) => ({ ...record, withdrawn: [] }));
    expect(outcomesOf(notWithdrawn, undone)).toEqual(["fail"]);
    const since = bump([]).movedOn(path, recordText("acme/dns", ["1.0.0"], { withdrawn: [tombstone("1.1.0")] }));
    expect(outcomesOf(notWithdrawn, since)).toEqual(["fail"]);
  });

  it("has nothing to say of a rewrite: the version is there, and held anyway", () => {
    const world = registry()
      .withProvider("acme/dns", ["1.0.0"], { withdrawn: [tombstone("1.0.0")] })
      .editing(path, ({ versions }) => void Object.assign(versions[0] ?? {}, { release_id: 1 }));
    expect(outcomesOf(notWithdrawn, world)).toEqual(["pass"]);
  });
});
