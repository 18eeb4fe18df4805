import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCandidates, mostCandidates } from "../../src/bump/candidates.ts";
import type { ProviderRecord } from "../../src/registry/record.ts";
import type { ReleaseSummary } from "../../src/upstream/port.ts";
import { parsed, providerRecord, version } from "../support/builders/records.ts";
import { releasedAt } from "../support/builders/release.ts";

const at = (day: number) => new Date(Date.parse(releasedAt) + day * 86_400_000).toISOString();
const released = (tag: string, publishedAt = releasedAt): ReleaseSummary => ({
  id: 1,
  tag,
  prerelease: false,
  publishedAt,
});
const find = (record: ProviderRecord, tags: readonly (string | ReleaseSummary)[], hint: string | null = null) =>
  findCandidates(
    record,
    tags.map((tag) => (typeof tag === "string" ? released(tag) : tag)),
    hint,
  );
const versions = (...args: Parameters<typeof find>) => find(...args).map((candidate) => candidate.version);
const record = providerRecord(["1.2.0", "1.0.0"]);

describe("findCandidates", () => {
  it("compares whole sets, never the newest alone", () => {
    expect(versions(record, ["v2.0.0", "v1.2.0", "v1.1.0", "v1.0.0", "v0.9.0"])).toEqual(["2.0.0", "1.1.0", "0.9.0"]);
  });

  it("has nothing to do where nothing is missing", () => {
    expect(find(record, ["v1.2.0", "1.0.0"])).toEqual([]);
    expect(find(record, [])).toEqual([]);
  });

  it("takes every release for missing where the record is empty", () => {
    expect(versions(providerRecord([]), ["v1.1.0", "v1.0.0"])).toEqual(["1.1.0", "1.0.0"]);
  });

  it("takes vX and X for one version, and vX for its tag", () => {
    const both = [{ version: "2.0.0", tag: "v2.0.0", expected: false }];
    expect(find(record, ["v2.0.0", "2.0.0"])).toEqual(both);
    expect(find(record, ["2.0.0", "v2.0.0"])).toEqual(both);
    expect(find(record, ["2.0.0"])).toEqual([{ version: "2.0.0", tag: "2.0.0", expected: false }]);
  });

  it("takes two versions that differ in case for one, which clients cannot keep apart", () => {
    expect(find(providerRecord(["2.0.0-RC1"]), ["v2.0.0-rc1"])).toEqual([]);
    expect(versions(record, ["v2.0.0-RC1", "v2.0.0-rc1"])).toEqual(["2.0.0-RC1"]);
  });

  it.each(["latest", "nightly", "release-2.0.0", "dns/v2.0.0", "V2.0.0", "", "v", "__proto__"])(
    "passes over the tag %j, which names no version",
    (tag) => {
      expect(find(record, [tag])).toEqual([]);
    },
  );

  it.each(["v2", "v2.0", "v2.0.0.1", "v02.0.0", "v2.0.0+meta"])(
    "keeps %s, which names a version: whoever made it is told what is wrong",
    (tag) => {
      expect(find(record, [tag])).toHaveLength(1);
    },
  );

  describe("of a record with withdrawn versions", () => {
    const withdrawing = (withdrawn: unknown) => providerRecord(["1.0.0"], { withdrawn });

    it.each([
      ["as they should be", [{ version: "1.1.0", reason: "broken" }]],
      ["without a reason", [{ version: "1.1.0" }]],
      ["beside a broken tombstone", [{ version: "0.9.0" }, { version: "1.1.0", reason: "broken" }]],
      ["as mere texts", ["1.1.0"]],
    ])("leaves them alone, written %s, whatever an event says", (_, withdrawn) => {
      expect(versions(withdrawing(withdrawn), ["v1.2.0", "v1.1.0"], "v1.1.0")).toEqual(["1.2.0"]);
    });

    it("finds nothing as long as nobody can read which they are", () => {
      expect(find(withdrawing({ "1.1.0": "broken" }), ["v1.2.0", "v1.1.0"], "v1.2.0")).toEqual([]);
    });
  });

  it("finds nothing for a record that nobody can read: nobody knows what it has", () => {
    expect(find(parsed("{") as ProviderRecord, ["v1.1.0"], "v1.1.0")).toEqual([]);
  });

  it("counts versions that no client could use as recorded", () => {
    expect(find(providerRecord([version("2.0", { targets: [] })]), ["v2.0"])).toEqual([]);
  });

  describe("says that an answer is expected", () => {
    const expected = (...args: Parameters<typeof find>) =>
      find(...args).flatMap((candidate) => (candidate.expected ? [candidate.version] : []));

    it("of the release that an event named", () => {
      expect(expected(record, ["v2.0.0", "v1.1.0"], "v1.1.0")).toEqual(["1.1.0"]);
    });

    it("whichever of its two tags the event named", () => {
      expect(expected(record, ["2.0.0", "v2.0.0"], "2.0.0")).toEqual(["2.0.0"]);
      expect(expected(record, ["v2.0.0", "2.0.0"], "2.0.0")).toEqual(["2.0.0"]);
    });

    it("of releases newer than everything recorded, and not of years-old oddities", () => {
      expect(
        expected(record, [released("v2.0.0", at(1)), released("v1.1.0", at(-300)), released("v3.0.0", at(0))]),
      ).toEqual(["2.0.0"]);
    });

    it("goes by discovery where publication was not recorded, and by nothing where neither was", () => {
      const old = (more: Record<string, unknown>) =>
        providerRecord([version("1.0.0", { published: undefined, ...more })]);
      const releases = [released("v2.0.0", at(10))];
      expect(expected(old({ discovered: at(5) }), releases)).toEqual(["2.0.0"]);
      expect(expected(old({ discovered: at(15) }), releases)).toEqual([]);
      expect(expected(old({}), releases)).toEqual([]);
      expect(expected(old({ published: "", discovered: "" }), releases)).toEqual([]);
    });

    it("of none whose date is no date", () => {
      expect(expected(record, [released("v2.0.0", "soon")])).toEqual([]);
    });
  });

  describe("when there are more than it looks at in one run", () => {
    const many = Array.from({ length: mostCandidates + 5 }, (_, index) => `v2.${99 - index}.0`);

    it("takes the first ones, and the rest in the next run", () => {
      const first = find(record, many);
      expect(first.map(({ tag }) => tag)).toEqual(many.slice(0, mostCandidates));
      const then = providerRecord([...record.entries, ...first].map((one) => one.version));
      expect(versions(then, many)).toHaveLength(5);
    });

    it("never leaves out the one that an event named, nor one that somebody expects", () => {
      expect(versions(record, many, many.at(-1))[0]).toBe("2.75.0");
      expect(versions(record, [...many, released("v3.0.0", at(1))])[0]).toBe("3.0.0");
      expect(find(record, many, many.at(-1))).toHaveLength(mostCandidates);
    });
  });

  it("finds each missing version exactly once, whatever the tags are", () => {
    const tags = fc.array(fc.stringMatching(/^v?[0-2]\.[0-2]\.[0-2](-rc1|-RC1)?$/), { maxLength: 15 });
    fc.assert(
      fc.property(tags, tags, fc.option(fc.constantFrom("v1.0.0", "2.2.2")), (have, released, hint) => {
        const bare = (tag: string) => tag.replace(/^v/, "").toLowerCase();
        const mine = providerRecord([...new Set(have.map((tag) => tag.replace(/^v/, "")))]);
        const wanted = new Set(released.map(bare).filter((one) => !have.map(bare).includes(one)));
        expect(versions(mine, released, hint).map(bare).sort()).toEqual([...wanted].sort());
      }),
    );
  });
});
