import { describe, expect, it } from "vitest";
import { recordShape } from "../../src/rules/record-shape.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { archive, pretty, version } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const bump = base.adding(release("1.1.0"));
const right = (text: string) => release(text).entry;

describe("recordShape", () => {
  it("passes a bump, a new record and a removed one", () => {
    for (const world of [bump, registry().adding(release("1.0.0")), base.writing(path, null)]) {
      expect(outcomesOf(recordShape, world)).toEqual(["pass"]);
    }
  });

  it.each([
    ["an empty hash", { targets: [archive("linux_amd64", { shasum: "" })] }, "/versions/0/targets/0"],
    ["a short hash", { targets: [archive("linux_amd64", { shasum: "ab" })] }, "/versions/0/targets/0"],
    ["archives that are no list", { targets: { 0: archive("linux_amd64") } }, "/versions/0/targets"],
    ["an archive that is null", { targets: [null] }, "/versions/0/targets/0"],
    ["an archive that is a list", { targets: [["linux"]] }, "/versions/0/targets/0"],
    ["protocols that are numbers", { protocols: [5] }, "/versions/0/protocols/0"],
    ["an unknown key", { evil: true }, "/versions/0/evil"],
    ["an unknown key of an archive", { targets: [archive("linux_amd64", { evil: 1 })] }, "/versions/0/targets/0/evil"],
  ])("fails an added version with %s, and says where", (_, more, pointer) => {
    const findings = findingsOf(recordShape, base.adding(release("1.1.0"), version("1.1.0", more)));
    expect(findings.map(({ outcome }) => outcome)).toEqual(["fail"]);
    expect(findings[0]).toMatchObject({ path, pointer });
  });

  it("fails a rewritten version as it would an added one", () => {
    const world = base.editing(path, (record) => ({ ...record, versions: [version("1.0.0", { commit: "x" })] }));
    expect(outcomesOf(recordShape, world)).toEqual(["fail"]);
  });

  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a byte order mark", `\ufeff${pretty({ versions: [right("1.0.0")] })}`],
    ["lists in lists", "[".repeat(100_000)],
    ["no versions any more", pretty({ versions: [] })],
    ["versions that are an object", pretty({ versions: { "1.0.0": {} } })],
    ["an entry without a version text", pretty({ versions: [right("1.0.0"), {}] })],
    ["an entry that is null", pretty({ versions: [null, right("1.0.0")] })],
    ["a repeated list", `{"versions": [], "versions": [${JSON.stringify(right("1.0.0"))}]}`],
    ["a head that is none", pretty({ warnings: "text", versions: [right("1.0.0")] })],
    ["an unknown field", pretty({ evil: 1, versions: [right("1.0.0")] })],
    ["an unknown field that is null", pretty({ evil: null, versions: [right("1.0.0")] })],
    ["a known field that must not be null", pretty({ repository_id: null, versions: [right("1.0.0")] })],
    ["a field called __proto__", `{"__proto__": {}, "versions": [${JSON.stringify(right("1.0.0"))}]}`],
  ])("fails a record with %s", (_, text) => {
    const findings = findingsOf(recordShape, registry().withProvider("acme/dns", ["1.0.0"], {}).writing(path, text));
    expect(findings.length).toBeGreaterThan(0);
    for (const { outcome, code } of findings) expect([outcome, code]).toEqual(["fail", "record-shape"]);
  });

  const old = {
    "a broken archive": [version("1.0.0", { targets: [archive("linux_amd64", { shasum: "" })] })],
    "an unknown key": [version("1.0.0", { old: 1 })],
    "a broken field": [version("1.0.0", { commit: "x" })],
    "an entry without a version text": [right("1.0.0"), {}],
    "two entries without a version text": [{ version: 5 }, right("1.0.0"), { version: 5 }],
    "no versions": [],
  };

  it.each(Object.entries(old))("only mentions what the base has already: %s", (_, versions) => {
    const world = registry().withFile(path, pretty({ old_key: 1, warnings: "text", versions }));
    expect(outcomesOf(recordShape, world.adding(release("1.1.0")))).toEqual(["notice"]);
  });

  it("only mentions old problems whose place has changed, and fails the new one beside them", () => {
    const versions = [right("1.0.0"), {}, version("0.9.0", { old: 1 })];
    const world = registry().withFile(path, pretty({ versions }));
    const bad = world.adding(release("1.1.0"), version("1.1.0", { evil: 1 }));
    expect(outcomesOf(recordShape, bad)).toEqual(["fail", "notice"]);
    expect(findingsOf(recordShape, bad)[0]).toMatchObject({ pointer: "/versions/0/evil" });
  });

  it("fails an entry without a version text that differs from the base's", () => {
    const world = registry().withFile(path, pretty({ versions: [right("1.0.0"), { version: 5 }] }));
    const other = world.editing(path, (record) => ({ ...record, versions: [right("1.0.0"), { version: 6 }] }));
    expect(outcomesOf(recordShape, other)).toEqual(["fail"]);
  });

  // A first-wins reader would see another value than we do.
  it.each([
    ["the head", (text: string) => text.replace("{", '{"repository_id": 666,')],
    ["an old version", (text: string) => text.replace('"version": "1.0.0"', '"version": "6.6.6", "version": "1.0.0"')],
    ["an old archive", (text: string) => text.replace('"shasum"', '"shasum": "00", "shasum"')],
  ])("fails a key of %s that is written a second time, though its value stays", (_, edit) => {
    const text = bump.input.change.records[0]?.after?.text ?? "";
    const findings = findingsOf(recordShape, base.writing(path, edit(text)));
    expect(findings.map(({ outcome }) => outcome)).toEqual(["fail"]);
    expect(findings[0]?.message).toContain("occurs twice");
  });

  it("only mentions repeated keys that the base has, even of the list of versions", () => {
    const text = `{"versions": [], "versions": [${JSON.stringify(right("1.0.0"))}]}`;
    const world = registry().withFile(path, text);
    const bumped = text.replace('"versions": [{', `"versions": [${JSON.stringify(right("1.1.0"))}, {`);
    expect(outcomesOf(recordShape, world.writing(path, bumped))).toEqual(["notice"]);
  });

  it("fails megabytes of white space beside a right version, and no usual form of it", () => {
    const text = bump.input.change.records[0]?.after?.text ?? "";
    const forms = [undefined, 2, 4, 8, "\t"].map((indent) => JSON.stringify(JSON.parse(text), null, indent));
    for (const form of [...forms, ...forms.map((one) => one.replaceAll("\n", "\r\n"))]) {
      expect(outcomesOf(recordShape, base.writing(path, form))).toEqual(["pass"]);
    }
    const padded = text.replace("{", `{${" ".repeat(2_000_000)}`);
    expect(outcomesOf(recordShape, base.writing(path, padded))).toEqual(["fail"]);
    const old = registry().withFile(path, padded);
    expect(outcomesOf(recordShape, old.writing(path, padded.replace("1.0.0", "1.0.1")))).toEqual(["pass"]);
  });

  it("fails every problem of a record that nobody could read before", () => {
    const mended = registry()
      .withFile(path, "{")
      .writing(path, pretty({ evil: 1, versions: [right("1.0.0")] }));
    expect(outcomesOf(recordShape, mended)).toEqual(["fail"]);
  });

  it.each([
    ["other indentation", (text: string) => JSON.stringify(JSON.parse(text))],
    ["a few spaces", (text: string) => `${text} `],
    [
      "another order of keys",
      (text: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
    ],
    ["nothing but its mode", (text: string) => text],
  ])("leaves a change of nothing but a record's form to a maintainer: %s", (_, edit) => {
    const text = base.editing(path, () => undefined).input.change.records[0]?.after?.text ?? "";
    expect(findingsOf(recordShape, base.writing(path, edit(text)))).toEqual([
      expect.objectContaining({ outcome: "hold", liftable: true, path }),
    ]);
  });
});
