import { describe, expect, it } from "vitest";
import { appendOnly } from "../../src/rules/append-only.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion } from "../support/builders/records.ts";
import { type EditableRecord, pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.1.0", "1.0.0"]);
const edited = (edit: (record: EditableRecord) => unknown) => base.editing(path, edit);
const tombstone = (version: unknown) => ({ version, reason: "broken", since: "2026-03-01T00:00:00Z" });

describe("appendOnly", () => {
  it("passes a bump and a new record", () => {
    for (const world of [base.adding(release("1.2.0")), registry().adding(release("1.0.0"))]) {
      expect(outcomesOf(appendOnly, world)).toEqual(["pass"]);
    }
  });

  it("holds a rewrite, for a maintainer to lift, and names what would change", () => {
    const world = edited(({ versions }) => {
      Object.assign(versions[1] ?? {}, { commit: "ee".repeat(20), targets: [] });
    });
    const [finding, ...others] = findingsOf(appendOnly, world);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "hold", liftable: true, version: "1.0.0", pointer: "/versions/1" });
    expect(finding?.message).toContain("targets, commit would change");
  });

  it("holds a rewrite by Registrar, too", () => {
    const world = edited(
      ({ versions }) => void Object.assign(versions[0] ?? {}, { commit: "ee".repeat(20) }),
    ).byRegistrar();
    expect(outcomesOf(appendOnly, world)).toEqual(["hold liftable"]);
  });

  it("fails a removal without a trace", () => {
    const [finding] = findingsOf(
      appendOnly,
      edited(({ versions }) => versions.pop()),
    );
    expect(edited(({ versions }) => void versions.pop()).input.change.records[0]?.removed).toHaveLength(1);
    expect(finding).toMatchObject({ outcome: "fail" });
  });

  it("holds a removal with a tombstone", () => {
    const world = edited((record) => ({
      ...record,
      withdrawn: [tombstone("1.0.0")],
      versions: record.versions.slice(0, 1),
    }));
    expect(findingsOf(appendOnly, world)).toEqual([
      expect.objectContaining({ outcome: "hold", liftable: true, version: "1.0.0" }),
    ]);
  });

  it.each([
    ["of another version", [tombstone("1.1.0")]],
    ["of another case", [tombstone("V1.0.0")]],
    ["that is no list", { "1.0.0": "broken" }],
    ["without a version", [{}]],
    ["that is null", [null]],
    ["that is a list", [["1.0.0"]]],
  ])("fails a removal with a tombstone %s", (_, withdrawn) => {
    const world = edited((record) => ({ ...record, withdrawn, versions: record.versions.slice(0, 1) }));
    expect(outcomesOf(appendOnly, world)).toEqual(["fail"]);
  });

  it("fails the removal of a whole record, and one whose file can no longer be read", () => {
    expect(outcomesOf(appendOnly, base.writing(path, null))).toEqual(["fail"]);
    expect(outcomesOf(appendOnly, base.writing(path, "{"))).toEqual(["fail", "fail"]);
  });

  it("fails a record that was moved: it is removed at its old place", () => {
    const text = JSON.stringify({ versions: [release("1.1.0").entry] });
    const world = base.writing(path, null).writing("providers/acme/dns2.json", text);
    expect(findingsOf(appendOnly, world).map(({ outcome, path }) => [outcome, path])).toContainEqual(["fail", path]);
  });

  it("fails a version that is renamed to another case", () => {
    const world = registry()
      .withProvider("acme/dns", [release("1.0.0-RC1").entry])
      .editing(path, ({ versions }) => void Object.assign(versions[0] ?? {}, { version: "1.0.0-rc1" }));
    expect(outcomesOf(appendOnly, world)).toEqual(["fail"]);
  });

  it("holds another order of twins, since the first is the one that is published", () => {
    const [tag, bare] = [moduleVersion("v3.0.0"), moduleVersion("3.0.0", { commit: "ee".repeat(20) })];
    const modules = registry().withModule("acme/network/aws", [tag, bare, "1.0.0"]);
    const order = (...versions: Record<string, unknown>[]) =>
      modules.editing(pathOf("acme/network/aws"), (record) => ({ ...record, versions }));
    expect(outcomesOf(appendOnly, order(bare, tag, moduleVersion("1.0.0")))).toEqual(["hold liftable"]);
    expect(outcomesOf(appendOnly, order(moduleVersion("1.0.0"), tag, bare))).toEqual(["pass"]);
  });

  it("holds another order of one version's two entries", () => {
    const [one, two] = [release("1.0.0").entry, { ...release("1.0.0").entry, commit: "ee".repeat(20) }];
    const world = registry().withProvider("acme/dns", [one, two]);
    expect(
      outcomesOf(
        appendOnly,
        world.editing(path, (record) => ({ ...record, versions: [two, one] })),
      ),
    ).toEqual(["hold liftable"]);
  });

  it("passes a bump of a record that has twins", () => {
    const one = release("1.0.0").entry;
    const world = registry().withProvider("acme/dns", [one, { ...one, commit: "ee".repeat(20) }, one]);
    expect(outcomesOf(appendOnly, world.adding(release("1.1.0")))).toEqual(["pass"]);
  });
});
