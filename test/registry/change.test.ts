import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChange, compareTrees, type RecordChange } from "../../src/registry/change.ts";
import { moduleVersion, parsed, pretty } from "../support/builders/records.ts";
import type { Json } from "../support/builders/release.ts";

const path = "modules/acme/network/aws.json";
const file = (before: string | null, after: string | null, at = path, mode: string | null = "100644") => ({
  path: at,
  before,
  after,
  mode: after === null ? null : mode,
});

/** Of a module's record, whose entries are short. */
function compare(before: Json | null, after: Json | null): RecordChange {
  const text = (value: Json | null) => (value === null ? null : pretty(value));
  const [change] = compareTrees([file(text(before), text(after))], "plain").records;
  if (change === undefined) throw new Error("There is no change.");
  return change;
}

const of = (...versions: readonly unknown[]): Json => ({ versions });
const [a, b, c] = ["v1.0.0", "v1.1.0", "v1.2.0"].map((text) => moduleVersion(text));
const rewritten = moduleVersion("v1.0.0", { commit: "e0".repeat(20) });

/** `+ version`, `- version` and `~ version`, and the fields of the head. */
const summary = (change: RecordChange): readonly string[] => [
  ...change.added.map((entry) => `+ ${entry.version}`),
  ...change.removed.map((entry) => `- ${entry.version}`),
  ...change.altered.map(({ after }) => `~ ${after.version}`),
  ...change.head.map(({ field }) => `head ${field}`),
];

describe("compareTrees", () => {
  it("sorts files by what they are for", () => {
    const paths = [
      "providers/acme/dns.json",
      "modules/acme/network/aws.json",
      "keys/acme/a.asc",
      "keys/acme/dns/a.asc",
      ".github/registrar.yml",
      "providers/acme/dns.txt",
      "modules/acme/dns.json",
      "README.md",
      ".github/workflows/x.yml",
    ];
    const change = compareTrees(
      paths.map((at) => file(null, "{}", at)),
      "plain",
    );
    expect(change.records.map((record) => record.path)).toEqual(paths.slice(0, 2));
    expect(change.keys.map((key) => key.path)).toEqual(paths.slice(2, 4));
    expect(change.configuration?.path).toBe(paths[4]);
    expect(change.misplaced.map((one) => one.path)).toEqual(paths.slice(5, 7));
    expect(change.others.map((one) => one.path)).toEqual(paths.slice(7));
  });

  it.each([
    ["a new version", of(b, a), of(c, b, a), ["+ v1.2.0"]],
    ["a removed version", of(b, a), of(b), ["- v1.0.0"]],
    ["a rewritten version", of(b, a), of(b, rewritten), ["~ v1.0.0"]],
    ["all at once", of(b, a), of(c, rewritten), ["+ v1.2.0", "- v1.1.0", "~ v1.0.0"]],
    ["another version text of the same entry", of(a), of({ ...a, version: "v1.0.00" }), ["+ v1.0.00", "- v1.0.0"]],
    ["another case of a version text", of(a), of({ ...a, version: "V1.0.0" }), ["+ V1.0.0", "- v1.0.0"]],
    ["a new record", null, of(b, a), ["+ v1.1.0", "+ v1.0.0"]],
    ["a removed record", of(b, a), null, ["- v1.1.0", "- v1.0.0"]],
    ["a version a second time", of(a), of(a, a), ["+ v1.0.0"]],
    ["a version a second time, rewritten, before the old one", of(a), of(rewritten, a), ["+ v1.0.0"]],
    ["one of two removed", of(a, a), of(a), ["- v1.0.0"]],
    ["one of two rewritten", of(rewritten, a), of(a, a), ["~ v1.0.0"]],
    ["versions that were none", { versions: null }, of(a), ["+ v1.0.0"]],
    ["a version called __proto__", of(a), of(moduleVersion("__proto__"), a), ["+ __proto__"]],
    ["another order", of(b, a), of(a, b), []],
    ["another order of keys", of(a), of({ commit: a?.commit, version: "v1.0.0" }), []],
    ["nothing", of(b, a), of(b, a), []],
  ])("finds %s", (_, before, after, expected) => {
    expect(summary(compare(before, after))).toEqual(expected);
  });

  it.each([
    ["added", {}, { repository: "x" }, [{ field: "repository", before: null, after: "x" }]],
    ["removed", { repository: "x" }, {}, [{ field: "repository", before: "x", after: null }]],
    ["changed", { owner_id: 1 }, { owner_id: 2 }, [{ field: "owner_id", before: 1, after: 2 }]],
    ["unknown", {}, { evil: [1] }, [{ field: "evil", before: null, after: [1] }]],
    ["added as null", {}, { withdrawn: null }, [{ field: "withdrawn", before: null, after: null }]],
    ["that was null and is gone", { warnings: null }, {}, [{ field: "warnings", before: null, after: null }]],
    ["called constructor", {}, { constructor: 1 }, [{ field: "constructor", before: null, after: 1 }]],
    ["in another order", { owner_id: 1, repository_id: 2 }, { repository_id: 2, owner_id: 1 }, []],
  ])("finds a field of the head %s", (_, before, after, expected) => {
    expect(compare({ ...before, versions: [a] }, { ...after, versions: [a] }).head).toEqual(expected);
  });

  it.each(['"__proto__": {},', '"__proto__": {"repository": "x"},', '"__proto__": null,'])(
    "finds the field %s added",
    (field) => {
      const change = compareTrees([file("{}", `{${field} "versions": []}`)], "plain");
      expect(change.records[0]?.head).toEqual([expect.objectContaining({ field: "__proto__", before: null })]);
    },
  );

  it("takes a record that can no longer be read for one whose versions are all gone", () => {
    const [change] = compareTrees([file(pretty(of(b, a)), "{")], "plain").records;
    expect(change).toMatchObject({ after: { readable: false } });
    expect(change && summary(change)).toEqual(["- v1.1.0", "- v1.0.0"]);
  });

  it("keeps the mode, which a removed file has no more", () => {
    const [link, gone] = compareTrees([file(null, "x", path, "120000"), file("{}", null)], "plain").records;
    expect([link?.mode, gone?.mode]).toEqual(["120000", null]);
  });

  it("finds exactly what was done to a record, however often versions repeat", () => {
    const texts = fc.constantFrom("v1.0.0", "v1.1.0", "1.0.0", "__proto__");
    const entries = fc.array(fc.record({ version: texts, commit: fc.constantFrom("", "a0".repeat(20)) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        const { added, removed, altered } = compare(of(...before), of(...after));
        expect(after.length - before.length).toBe(added.length - removed.length);
        expect(altered.every((pair) => pair.before.version === pair.after.version)).toBe(true);
        // Undoing it gives what was there before.
        const left = after.map((entry) => JSON.stringify(entry));
        const take = (raw: unknown) => left.splice(left.indexOf(JSON.stringify(raw)), 1);
        for (const entry of [...added, ...altered.map((pair) => pair.after)]) take(entry.raw);
        for (const entry of [...removed, ...altered.map((pair) => pair.before)]) left.push(JSON.stringify(entry.raw));
        expect(left.sort()).toEqual(before.map((entry) => JSON.stringify(entry)).sort());
      }),
      { numRuns: 500 },
    );
  });
});

describe("applyChange", () => {
  const tip = (...versions: readonly unknown[]) => parsed(pretty(of(...versions)), "acme/network/aws");
  const versionsOf = (entries: readonly { version: string }[]) => entries.map((entry) => entry.version);

  it("gives the result as the pull request has it while the base has not moved", () => {
    const change = compare(of(b, a), of(c, b, a));
    const { entries, conflicts } = applyChange(change, change.before);
    expect(versionsOf(entries)).toEqual(["v1.2.0", "v1.1.0", "v1.0.0"]);
    expect(conflicts).toEqual([]);
  });

  it("adds to what the base has got since", () => {
    const { entries, conflicts } = applyChange(compare(of(a), of(c, a)), tip(b, a));
    expect(versionsOf(entries)).toEqual(["v1.2.0", "v1.1.0", "v1.0.0"]);
    expect(conflicts).toEqual([]);
  });

  it.each([
    ["the base has got the same version since", of(a), of(c, a), [c, a], "v1.2.0", "already-there"],
    ["the version to remove was rewritten since", of(b, a), of(b), [b, rewritten], "v1.0.0", "not-as-before"],
    ["the version to remove is gone", of(b, a), of(b), [b], "v1.0.0", "not-as-before"],
    ["the version to rewrite is gone", of(b, a), of(b, rewritten), [b], "v1.0.0", "not-as-before"],
    [
      "the version to rewrite was rewritten since",
      of(a),
      of({ ...a, commit: "" }),
      [rewritten],
      "v1.0.0",
      "not-as-before",
    ],
    ["the record is gone, and with it what was to be removed", of(b, a), of(b), null, "v1.0.0", "not-as-before"],
    ["the version is there a second time already", of(a), of(a, a), [a], "v1.0.0", "already-there"],
  ])("finds the conflict when %s", (_, before, after, now, version, reason) => {
    const { conflicts } = applyChange(compare(before, after), now === null ? null : tip(...now));
    expect(conflicts).toEqual([{ version, reason }]);
  });

  it("gives the added entries alone where the base has no such record", () => {
    const { entries, conflicts } = applyChange(compare(null, of(b, a)), null);
    expect(versionsOf(entries)).toEqual(["v1.1.0", "v1.0.0"]);
    expect(conflicts).toEqual([]);
  });

  it("replaces a rewritten version where it is", () => {
    const { entries } = applyChange(compare(of(b, a), of(b, rewritten)), tip(c, b, a));
    expect(entries.map((entry) => entry.raw)).toEqual([c, b, rewritten]);
  });
});
