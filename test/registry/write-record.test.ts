import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import type { RegistryRecord } from "../../src/registry/record.ts";
import type { ModuleVersion } from "../../src/registry/schema.ts";
import { insertIds, insertVersions, writeNewRecord } from "../../src/registry/write-record.ts";
import { moduleVersion, parsed, providerRecord, recordText } from "../support/builders/records.ts";
import { release } from "../support/builders/release.ts";

const of = "acme/network/aws";
const read = (text: string): RegistryRecord => parsed(text, of);
const entry = (version: string): ModuleVersion => ({ version, commit: "d0".repeat(20) });
const versionsOf = (text: string) => read(text).entries.map((one) => one.version);
/** Short entries, to see the text. */
const insert = (text: string, ...versions: readonly string[]) =>
  insertVersions(
    read(text),
    versions.map((version) => ({ version })),
  );

describe("insertVersions", () => {
  it("puts a new version first, and every old line stays", () => {
    const text = recordText("acme/dns", ["1.1.0", "1.0.0"]);
    const added = release("1.2.0").entry as unknown as ModuleVersion;
    const after = insertVersions(parsed(text), [added]);
    expect(after).toBe(recordText("acme/dns", ["1.2.0", "1.1.0", "1.0.0"]));
  });

  it.each([
    ["the newest", ["1.1.0", "1.0.0"], ["1.2.0"], ["1.2.0", "1.1.0", "1.0.0"]],
    ["one in between", ["1.2.0", "1.0.0"], ["1.1.0"], ["1.2.0", "1.1.0", "1.0.0"]],
    ["the oldest", ["1.1.0", "1.0.0"], ["0.9.0"], ["1.1.0", "1.0.0", "0.9.0"]],
    ["a pre-release", ["1.1.0", "1.0.0"], ["1.1.0-rc.1"], ["1.1.0", "1.1.0-rc.1", "1.0.0"]],
    [
      "several, in any order",
      ["1.1.0"],
      ["0.9.0", "1.3.0", "1.2.0", "1.1.1"],
      ["1.3.0", "1.2.0", "1.1.1", "1.1.0", "0.9.0"],
    ],
    ["one by number, not by text", ["1.9.0"], ["1.10.0"], ["1.10.0", "1.9.0"]],
    ["tags", ["v1.1.0", "v1.0.0"], ["v1.2.0", "1.0.5"], ["v1.2.0", "v1.1.0", "1.0.5", "v1.0.0"]],
    ["before the first older one of a list in no order", ["1.0.0", "2.0.0"], ["1.5.0"], ["1.5.0", "1.0.0", "2.0.0"]],
    ["before what is no version", ["1.0.0", "latest", "0.1"], ["0.5.0"], ["1.0.0", "0.5.0", "latest", "0.1"]],
    ["into an empty list", [], ["1.0.0", "1.1.0"], ["1.1.0", "1.0.0"]],
    ["none", ["1.0.0"], [], ["1.0.0"]],
  ])("puts %s where it belongs", (_, present, added, expected) => {
    const text = recordText(of, present);
    const after = insertVersions(read(text), added.map(entry));
    expect(versionsOf(after)).toEqual(expected);
    expect(after).toBe(recordText(of, expected));
  });

  it("counts places as the file does, past entries without a version text", () => {
    const text = recordText(of, []).replace("[]", '[\n    null,\n    {"version": "1.0.0"},\n    {}\n  ]');
    expect(versionsOf(insert(text, "1.1.0"))).toEqual(["1.1.0", "1.0.0"]);
    expect(versionsOf(insert(text, "0.1.0"))).toEqual(["1.0.0", "0.1.0"]);
    expect(read(insert(text, "1.1.0", "0.1.0")).unnamed.map(({ raw }) => raw)).toEqual([null, {}]);
  });

  it.each([
    ["two spaces", '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n'],
    ["four spaces", '{\n    "versions": [\n        {\n            "version": "1.0.0"\n        }\n    ]\n}\n'],
    ["one space", '{\n "versions": [\n  {\n   "version": "1.0.0"\n  }\n ]\n}\n'],
    ["tabs", '{\n\t"versions": [\n\t\t{\n\t\t\t"version": "1.0.0"\n\t\t}\n\t]\n}\n'],
    ["CRLF", '{\r\n  "versions": [\r\n    {\r\n      "version": "1.0.0"\r\n    }\r\n  ]\r\n}\r\n'],
    ["no final newline", '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}'],
    ["two final newlines", '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n\n'],
    ["no indentation", '{\n"versions": [\n{\n"version": "1.0.0"\n}\n]\n}\n'],
    ["one line", '{"versions":[{"version":"1.0.0"}]}'],
    ["one line with a newline", '{"versions":[{"version":"1.0.0"}]}\n'],
    ["one line for each entry", '{\n  "versions": [\n    {"version":"1.0.0"}\n  ]\n}\n'],
    ["entries after each other", '{"versions": [\n  {\n    "version": "1.0.0"\n  }\n]}\n'],
  ])("keeps the form of a file with %s", (_, text) => {
    const start = text.indexOf("[") + 1;
    const first = text.slice(start, text.lastIndexOf("}", text.lastIndexOf("]")) + 1);
    const newer = first.replace("1.0.0", "1.1.0");
    const older = first.replace("1.0.0", "0.9.0");
    const whole = `${text.slice(0, start)}${newer},${first},${older}${text.slice(start + first.length)}`;
    expect(insert(text, "1.1.0", "0.9.0")).toBe(whole);
    expect(insert(whole, "2.0.0")).toBe(
      `${text.slice(0, start)}${first.replace("1.0.0", "2.0.0")},${whole.slice(start)}`,
    );
  });

  it.each([
    [
      "an empty list",
      '{\n  "versions": []\n}\n',
      '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n',
    ],
    [
      "an empty list of two lines",
      '{\n  "versions": [\n  ]\n}',
      '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}',
    ],
    [
      "versions: null",
      '{\n  "versions": null\n}\n',
      '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n',
    ],
    [
      "versions: null, and tabs",
      '{\n\t"versions": null\n}\n',
      '{\n\t"versions": [\n\t\t{\n\t\t\t"version": "1.0.0"\n\t\t}\n\t]\n}\n',
    ],
    [
      "versions: null, and CRLF",
      '{\r\n  "versions": null\r\n}',
      '{\r\n  "versions": [\r\n    {\r\n      "version": "1.0.0"\r\n    }\r\n  ]\r\n}',
    ],
    ["versions: null in one line", '{"versions": null}', '{"versions": [{"version":"1.0.0"}]}'],
    ["an empty list in one line", '{"versions":[]}\n', '{"versions":[{"version":"1.0.0"}]}\n'],
    [
      "a field after it",
      '{\n  "versions": null,\n  "owner_id": 1\n}\n',
      '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ],\n  "owner_id": 1\n}\n',
    ],
    [
      "no versions",
      '{\n  "owner_id": 1\n}\n',
      '{\n  "owner_id": 1,\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n',
    ],
    ["no versions in one line", '{"owner_id":1}', '{"owner_id":1,"versions":[{"version":"1.0.0"}]}'],
    ["nothing at all", "{}", '{"versions":[{"version":"1.0.0"}]}'],
    ["nothing in two lines", "{\n}\n", '{\n  "versions": [\n    {\n      "version": "1.0.0"\n    }\n  ]\n}\n'],
  ])("fills a record with %s", (_, text, expected) => {
    expect(insert(text, "1.0.0")).toBe(expected);
  });

  it("adds to the last of repeated lists, which is the one that counts", () => {
    const text = '{"versions":[{"version":"0.1.0"}],"versions":[{"version":"1.0.0"}]}';
    expect(insert(text, "1.1.0")).toBe(
      '{"versions":[{"version":"0.1.0"}],"versions":[{"version":"1.1.0"},{"version":"1.0.0"}]}',
    );
    expect(versionsOf(insert('{"versions":[{"version":"0.1.0"}],"versions":null}', "1.1.0"))).toEqual(["1.1.0"]);
  });

  it("is not fooled by brackets in texts", () => {
    const text = '{"warnings":["[]}{,\\"versions\\":null"],"versions":[{"version":"1.0.0","commit":"],["}]}';
    expect(versionsOf(insert(text, "1.1.0", "0.1.0"))).toEqual(["1.1.0", "1.0.0", "0.1.0"]);
  });

  it.each([
    ["is no JSON", "{", "no record that can be read"],
    ["is no object", "[]", "no record that can be read"],
    ["has a byte order mark", '\ufeff{"versions": []}', "no record that can be read"],
    ["has a text for versions", '{"versions": "1.0.0"}', '"versions" is no list'],
    ["has an object for versions", '{"versions": {"1.0.0": {}}}', '"versions" is no list'],
  ])("refuses a file that %s, and names it", (_, text, message) => {
    expect(() => insert(text, "1.0.0")).toThrow(message);
    expect(() => insert(text, "1.0.0")).toThrow("modules/acme/network/aws.json");
  });

  it("gives a record that has exactly the old entries and the new ones, with every old line still there", () => {
    const numbers = fc.nat({ max: 3 });
    const version = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(numbers, numbers, numbers).map((parts) => parts.join(".")) },
      fc.constantFrom("v1.0.0", "latest", "1.0", "1.0.0-rc.1", "__proto__", '"],"'),
    );
    const old = fc.record(
      { version, commit: fc.string(), extra: fc.jsonValue({ maxDepth: 2 }) },
      { requiredKeys: ["version"] },
    );
    const head = fc.dictionary(
      fc.string().filter((key) => key !== "versions"),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 3 },
    );
    const record = fc.record({
      head,
      old: fc.oneof(fc.constant(null), fc.array(fc.oneof({ weight: 9, arbitrary: old }, fc.constant(null)))),
      added: fc.uniqueArray(version, { maxLength: 4 }),
      indent: fc.constantFrom(undefined, 1, 2, 4, "\t"),
      eol: fc.constantFrom("\n", "\r\n"),
      end: fc.constantFrom("", "\n"),
      headLast: fc.boolean(),
    });
    fc.assert(
      fc.property(record, ({ head, old, added, indent, eol, end, headLast }) => {
        const value = headLast ? { versions: old, ...head } : { ...head, versions: old };
        const text = JSON.stringify(value, null, indent).replaceAll("\n", eol) + end;
        const before = read(text);
        const after = insertVersions(before, added.map(entry));
        if (added.length === 0) {
          expect(after).toBe(text);
          return;
        }
        const reread = JSON.parse(after);
        // Exactly the old entries in their order, and the new ones.
        const rest = [...reread.versions];
        for (const text of added) {
          const index = rest.findIndex((one) => JSON.stringify(one) === JSON.stringify(entry(text)));
          expect(index).toBeGreaterThanOrEqual(0);
          rest.splice(index, 1);
        }
        expect(rest).toEqual(JSON.parse(text).versions ?? []);
        const { versions: _, ...others } = reread;
        const { versions: __, ...wanted } = JSON.parse(text);
        expect(JSON.stringify(others)).toBe(JSON.stringify(wanted));
        // In the form that the file had: printed anew in that form, it is the same.
        expect(after).toBe(JSON.stringify(reread, null, indent).replaceAll("\n", eol) + end);
        // Each line is still there, in order; the last entry's may have got a comma.
        const lines = after.split("\n");
        let from = 0;
        for (const line of old === null || old.length === 0 || indent === undefined ? [] : text.split("\n")) {
          const bare = (one: string) => one.replace(/,?(\r?)$/, "$1");
          from = lines.findIndex((one, index) => index >= from && bare(one) === bare(line)) + 1;
          expect(from).toBeGreaterThan(0);
        }
        // Each new one stands before the first older one that was there.
        const after2 = reread.versions as ({ version: string } | null)[];
        for (const text of added.filter((one) => semver.valid(one) !== null)) {
          const at = after2.findIndex(
            (one) => one?.version === text && JSON.stringify(one) === JSON.stringify(entry(text)),
          );
          const older = after2.findIndex((one) => {
            const parsed = semver.parse(one?.version ?? "");
            return one !== null && (parsed === null ? true : semver.compare(parsed, text) < 0);
          });
          if (older !== -1) expect(at).toBeLessThan(older);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("stays quick for the largest records", () => {
    const targets = release("1.0.0", { platforms: Array.from({ length: 14 }, (_, at) => `os${at}_amd64`) }).entry;
    const many = Array.from({ length: 400 }, (_, at) => ({ ...targets, version: `1.${400 - at}.0` }));
    const record = providerRecord(many);
    expect(record.text.length).toBeGreaterThan(2_000_000);
    const started = performance.now();
    insertVersions(record, [release("2.0.0").entry, release("1.200.1").entry] as unknown as ModuleVersion[]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("insertIds", () => {
  const ids = { repository_id: 11, owner_id: 22 };
  const both = (text: string) => insertIds(read(text), ids);

  it.each([
    [
      "first, where there is nothing before versions",
      '{\n  "versions": []\n}\n',
      '{\n  "repository_id": 11,\n  "owner_id": 22,\n  "versions": []\n}\n',
    ],
    [
      "after repository",
      '{\n  "repository": "https://github.com/a/b",\n  "versions": []\n}\n',
      '{\n  "repository": "https://github.com/a/b",\n  "repository_id": 11,\n  "owner_id": 22,\n  "versions": []\n}\n',
    ],
    [
      "after repository at the end",
      '{\n  "versions": [],\n  "repository": "https://github.com/a/b"\n}\n',
      '{\n  "versions": [],\n  "repository": "https://github.com/a/b",\n  "repository_id": 11,\n  "owner_id": 22\n}\n',
    ],
    [
      "after $schema",
      '{\n  "$schema": "x",\n  "versions": []\n}',
      '{\n  "$schema": "x",\n  "repository_id": 11,\n  "owner_id": 22,\n  "versions": []\n}',
    ],
    [
      "before warnings",
      '{"warnings":["w"],"versions":[]}',
      '{"repository_id":11,"owner_id":22,"warnings":["w"],"versions":[]}',
    ],
    [
      "the owner's after the repository's",
      '{\n  "repository_id": 1,\n  "versions": []\n}',
      '{\n  "repository_id": 1,\n  "owner_id": 22,\n  "versions": []\n}',
    ],
    [
      "the repository's before the owner's",
      '{"warnings": [], "owner_id": 2, "versions": []}',
      '{"warnings": [], "repository_id": 11, "owner_id": 2, "versions": []}',
    ],
    [
      "with the spaces that one line has",
      '{ "versions" : [] }',
      '{ "repository_id" : 11, "owner_id" : 22, "versions" : [] }',
    ],
    ["into nothing", "{}", '{"repository_id":11,"owner_id":22}'],
  ])("puts them %s", (_, text, expected) => {
    expect(both(text)).toBe(expected);
  });

  it.each([
    ["numbers", '{"repository_id": 1, "owner_id": 2, "versions": []}'],
    ["null and a text, which are not for it to correct", '{"repository_id": null, "owner_id": "2", "versions": []}'],
  ])("leaves ids alone that are there: %s", (_, text) => {
    expect(both(text)).toBe(text);
  });

  it("refuses what is no record, and names it", () => {
    expect(() => both("[]")).toThrow(of);
  });

  it("changes nothing but its two fields, whatever the record and its form", () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom("repository", "$schema", "warnings", "repository_id", "owner_id", "versions", "__proto__"),
    );
    const world = fc.record({
      head: fc.uniqueArray(fc.tuple(key, fc.jsonValue({ maxDepth: 2 })), { maxLength: 6, selector: ([name]) => name }),
      indent: fc.constantFrom(undefined, 1, 2, 4, "\t"),
      eol: fc.constantFrom("\n", "\r\n"),
      end: fc.constantFrom("", "\n"),
    });
    fc.assert(
      fc.property(world, ({ head, indent, eol, end }) => {
        const value = JSON.parse(
          `{${head.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join()}}`,
        );
        fc.pre(head.length > 0 && !Object.keys(value).some((name) => /^\d+$/.test(name)));
        const text = JSON.stringify(value, null, indent).replaceAll("\n", eol) + end;
        const after = both(text);
        const reread = JSON.parse(after);
        // In the form that the file had: printed anew in that form, it is the same.
        expect(after).toBe(JSON.stringify(reread, null, indent).replaceAll("\n", eol) + end);
        const added = Object.keys(ids).filter((name) => !Object.hasOwn(value, name));
        for (const name of added) expect(reread[name]).toBe(ids[name as keyof typeof ids]);
        const others = (of: object) => JSON.stringify(Object.entries(of).filter(([name]) => !added.includes(name)));
        expect(others(reread)).toBe(others(value));
      }),
      { numRuns: 500 },
    );
  });
});

describe("writeNewRecord", () => {
  it("writes known fields in their order, versions newest first, two spaces, one final newline", () => {
    const versions = ["1.0.0", "1.10.0", "1.9.0"].map(entry);
    const head = { withdrawn: [], owner_id: 2, unknown: 1, repository_id: 1, repository: "https://github.com/a/b" };
    const text = writeNewRecord(head, versions);
    expect(Object.keys(JSON.parse(text))).toEqual(["repository", "repository_id", "owner_id", "withdrawn", "versions"]);
    expect(versionsOf(text)).toEqual(["1.10.0", "1.9.0", "1.0.0"]);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it("leaves out what is not known", () => {
    expect(JSON.parse(writeNewRecord({}, [moduleVersion("v1.0.0") as unknown as ModuleVersion]))).toEqual({
      versions: [moduleVersion("v1.0.0")],
    });
  });
});
