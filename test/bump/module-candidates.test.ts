import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostCandidates } from "../../src/bump/candidates.ts";
import { findModuleCandidates } from "../../src/bump/module-candidates.ts";
import type { ModuleRecord } from "../../src/registry/record.ts";
import { moduleRecord, parsed } from "../support/builders/records.ts";

const record = moduleRecord(["v1.2.0", "v1.0.0"]);
const find = (tags: readonly string[], hint: string | null = null, of = record) => findModuleCandidates(of, tags, hint);
const versions = (...args: Parameters<typeof find>) => find(...args).map(({ version }) => version);
const expected = (...args: Parameters<typeof find>) =>
  find(...args).flatMap((candidate) => (candidate.expected ? [candidate.version] : []));

describe("findModuleCandidates", () => {
  it("compares whole sets, in whatever order they come, and gives the newest first", () => {
    expect(versions(["v0.9.0", "v1.10.0", "v1.2.0", "v1.9.0", "v1.0.0"])).toEqual(["v1.10.0", "v1.9.0", "v0.9.0"]);
  });

  it("writes a version as the tag is", () => {
    expect(find(["v2.0.0", "3.0.0"])).toEqual([
      { version: "3.0.0", tag: "3.0.0", expected: true },
      { version: "v2.0.0", tag: "v2.0.0", expected: true },
    ]);
  });

  it("has nothing to do where nothing is missing", () => {
    expect(find([])).toEqual([]);
    expect(find(["v1.2.0", "1.0.0"])).toEqual([]);
  });

  it.each([
    "v1",
    "v1.3",
    "latest",
    "V2.0.0",
    "vv2.0.0",
    "v2.0.0+meta",
    "v02.0.0",
    "",
    "v",
    "modules/v2.0.0",
    "__proto__",
  ])("passes over the tag %j, hinted or not: clients could not ask for it", (tag) => {
    expect(find([tag], tag)).toEqual([]);
  });

  describe("of two tags for one version", () => {
    const both = ["2.0.0", "v2.0.0"];

    it("takes the one with v, in whatever order they come", () => {
      expect(versions(both)).toEqual(["v2.0.0"]);
      expect(versions(both.toReversed())).toEqual(["v2.0.0"]);
      expect(versions(both, null, moduleRecord([]))).toEqual(["v2.0.0"]);
      expect(versions(both, null, moduleRecord(["v1.0.0", "0.9.0"]))).toEqual(["v2.0.0"]);
    });

    it("takes the bare one where all recorded versions are bare", () => {
      const bare = moduleRecord(["1.0.0", "0.9.0"]);
      expect(versions(both, null, bare)).toEqual(["2.0.0"]);
      expect(versions(both.toReversed(), null, bare)).toEqual(["2.0.0"]);
      expect(versions(["v2.0.0"], null, bare)).toEqual(["v2.0.0"]);
    });

    it("keeps to the first of two that differ in case alone", () => {
      expect(versions(["v2.0.0-RC1", "v2.0.0-rc1"])).toEqual(["v2.0.0-RC1"]);
      expect(versions(["2.0.0-RC1", "2.0.0-rc1"])).toEqual(["2.0.0-RC1"]);
      expect(versions(["2.0.0-RC1", "v2.0.0-rc1"])).toEqual(["v2.0.0-rc1"]);
    });

    it("finds neither where the record has one: they are one version to clients", () => {
      expect(find(both, "v2.0.0", moduleRecord(["2.0.0"]))).toEqual([]);
      expect(find(["v2.0.0-RC1"], null, moduleRecord(["2.0.0-rc1"]))).toEqual([]);
    });
  });

  describe("says that an answer is expected", () => {
    it("of versions higher than everything recorded, whatever their dates", () => {
      expect(expected(["v1.3.0", "v1.1.0", "v1.2.0-rc.1", "v0.1.0"])).toEqual(["v1.3.0"]);
    });

    it("of the one that an event named, by either of its tags", () => {
      expect(expected(["v1.1.0", "v0.9.0"], "v1.1.0")).toEqual(["v1.1.0"]);
      expect(expected(["v1.1.0", "v0.9.0"], "1.1.0")).toEqual(["v1.1.0"]);
    });

    it("of none besides where nothing is recorded that could be compared", () => {
      expect(expected(["v1.1.0"], null, moduleRecord([]))).toEqual([]);
      expect(expected(["v1.1.0"], null, moduleRecord(["latest"]))).toEqual([]);
      expect(expected(["v1.1.0"], null, moduleRecord(["latest", "v1.0.0"]))).toEqual(["v1.1.0"]);
    });
  });

  describe("of a tag that an event named and the list lacks", () => {
    it("takes it, since lists lag behind events", () => {
      expect(find(["v1.2.0"], "v1.3.0")).toEqual([{ version: "v1.3.0", tag: "v1.3.0", expected: true }]);
    });

    it("prefers what is listed: events can be anybody's", () => {
      expect(versions(["1.3.0"], "v1.3.0")).toEqual(["1.3.0"]);
    });

    it("takes it no more than others where it is recorded or withdrawn", () => {
      expect(find([], "v1.2.0")).toEqual([]);
      expect(find([], "1.2.0")).toEqual([]);
      const withdrawing = moduleRecord(["v1.0.0"], { withdrawn: [{ version: "v1.3.0" }] });
      expect(find(["1.3.0"], "1.3.0", withdrawing)).toEqual([]);
    });
  });

  it("finds nothing as long as nobody can read the record or its withdrawals", () => {
    expect(find(["v2.0.0"], "v2.0.0", parsed("{", "acme/network/aws") as ModuleRecord)).toEqual([]);
    expect(find(["v2.0.0"], "v2.0.0", moduleRecord(["v1.0.0"], { withdrawn: {} }))).toEqual([]);
  });

  describe("when there are more than it looks at in one run", () => {
    const many = Array.from({ length: mostCandidates + 5 }, (_, index) => `v0.${index}.0`);

    it("takes the newest, and the rest in the next run", () => {
      const first = versions(many);
      expect(first).toEqual(many.toReversed().slice(0, mostCandidates));
      expect(versions(many, null, moduleRecord([...first, "v1.2.0"]))).toHaveLength(5);
    });

    it("never leaves out the one that an event named, nor one that somebody expects", () => {
      expect(versions(many, "v0.0.0")[0]).toBe("v0.0.0");
      expect(versions([...many, "v1.3.0"], "v0.0.0").slice(0, 2)).toEqual(["v0.0.0", "v1.3.0"]);
    });
  });

  it("looks through thousands of hostile tags in no time", () => {
    const tags = Array.from({ length: 3_000 }, (_, index) => `v${"9".repeat(15)}.0.0-${"a.".repeat(40)}${index}`);
    const started = performance.now();
    expect(find(tags)).toHaveLength(mostCandidates);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("finds each missing version exactly once, whatever the tags are", () => {
    const tags = fc.array(fc.stringMatching(/^v?[0-2]\.[0-2]\.[0-2](-rc1|-RC1)?$/), { maxLength: 15 });
    fc.assert(
      fc.property(tags, tags, fc.option(fc.constantFrom("v1.0.0", "2.2.2")), (have, tagged, hint) => {
        const bare = (tag: string) => tag.replace(/^v/, "").toLowerCase();
        const there = hint === null ? tagged : [...tagged, hint];
        const wanted = new Set(there.map(bare).filter((one) => !have.map(bare).includes(one)));
        const found = versions(tagged, hint, moduleRecord([...new Set(have)]));
        expect(found.every((one) => there.includes(one))).toBe(true);
        expect(found.map(bare).sort()).toEqual([...wanted].sort());
      }),
    );
  });
});
