import { describe, expect, it } from "vitest";
import {
  adoptionProblem,
  type Compared,
  compareVersion,
  decideAdoption,
  mostCompared,
  repositoryProblem,
  versionsToCompare,
} from "../../src/bump/adopt.ts";
import type { RepositoryFacts } from "../../src/upstream/evidence.ts";
import { moduleRecord, parsed, providerRecord, version } from "../support/builders/records.ts";
import { missing, type Release, release } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const of = (one: Release): RepositoryFacts => {
  if (one.evidence.repository.kind !== "found") throw new Error("no repository");
  return one.evidence.repository;
};
const repository = of(release("1.0.0"));

describe("versionsToCompare", () => {
  const chosen = (count: number) =>
    versionsToCompare(providerRecord(Array.from({ length: count }, (_, at) => `1.${count - at}.0`)).entries).map(
      (one) => one.version,
    );

  it("takes the newest, the oldest, then some in between, each once", () => {
    expect(chosen(0)).toEqual([]);
    expect(chosen(1)).toEqual(["1.1.0"]);
    expect(chosen(3)).toEqual(["1.3.0", "1.1.0", "1.2.0"]);
    expect(chosen(100).slice(0, 2)).toEqual(["1.100.0", "1.1.0"]);
    expect(new Set(chosen(100)).size).toBe(mostCompared);
  });

  it("passes over entries that cannot be read", () => {
    const record = providerRecord([version("1.1.0", { targets: [], shasums_url: 1 }), "1.0.0"]);
    expect(versionsToCompare(record.entries).map((one) => one.version)).toEqual(["1.0.0"]);
  });
});

describe("adoptionProblem", () => {
  it.each([
    ["a record that cannot be read", "[]", /no record that can be read/],
    ["a record without versions", '{"versions": []}', /no version that could be compared/],
  ])("is there for %s", (_, text, says) => {
    expect(adoptionProblem(parsed(text))).toMatch(says);
  });
  it("is none for any other", () => {
    expect(adoptionProblem(providerRecord(["1.0.0"]))).toBeNull();
  });
});

describe("repositoryProblem", () => {
  const record = providerRecord(["1.0.0"], {});
  const problem = (facts: Partial<RepositoryFacts>, head = {}, mapping = {}) =>
    repositoryProblem(providerRecord(["1.0.0"], head), { ...repository, ...facts }, mapping);

  it("is none where nothing speaks against the repository", () => {
    expect(repositoryProblem(record, repository, {})).toBeNull();
    expect(problem({ fullName: "ACME/terraform-provider-dns" })).toBeNull();
    expect(problem({ createdAt: null })).toBeNull();
    expect(problem({ fullName: "mapped/x" }, {}, { namespaces: { Acme: { owner: "Mapped" } } })).toBeNull();
  });

  it.each([
    ["that is not public", { private: true }, {}, /not public/],
    [
      "of another owner",
      { fullName: "evil/terraform-provider-dns" },
      {},
      /"evil" is not the account that "acme" stands for/,
    ],
    ["with another id than one that is recorded", {}, { repository_id: 5 }, /records repository_id 5; GitHub has 7001/],
    ["where an id is recorded as null", {}, { owner_id: null }, /records owner_id null; GitHub has 501/],
    [
      "that is younger than what is recorded",
      { createdAt: "2026-02-02T00:00:00Z" },
      {},
      /created on 2026-02-02, after the version 1\.0\.0 of 2026-02-01/,
    ],
  ])("is there for one %s", (_, facts, head, says) => {
    expect(problem(facts, head)).toMatch(says);
  });

  it("counts the moment of discovery where there is no other", () => {
    const { published: _, ...old } = version("1.0.0", { discovered: "2021-01-01T00:00:00Z" });
    const facts = { ...repository, createdAt: "2022-01-01T00:00:00Z" };
    expect(repositoryProblem(providerRecord([old], {}), facts, {})).toMatch(/2021-01-01/);
  });
});

describe("compareVersion", () => {
  const compare = (one: Release, recorded = release("1.0.0").entry) => {
    const [entry] = providerRecord([recorded]).entries;
    if (entry === undefined) throw new Error("no entry");
    return compareVersion(entry, one.evidence);
  };
  const bare = () => {
    const { release_id: _, commit: __, ...entry } = release("1.0.0").entry;
    return entry;
  };

  it("is equal where the sums of today list every recorded hash, in any case", () => {
    expect(compare(release("1.0.0")).kind).toBe("equal");
    const targets = (bare().targets as { shasum: string }[]).map((one) => ({
      ...one,
      shasum: one.shasum.toUpperCase(),
    }));
    expect(compare(release("1.0.0"), { ...bare(), targets }).kind).toBe("equal");
  });

  it.each([
    [
      "another hash",
      release("1.0.0").withSums((text) => text.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))),
      /SHA256SUMS of today says/,
    ],
    [
      "no line for an archive",
      release("1.0.0").withSums((text) => text.split("\n").slice(1).join("\n")),
      /does not list it/,
    ],
    [
      "a release that was made again",
      release("1.0.0").withRelease({ id: 1 }),
      /made again: it has the id 1 now, and 9000/,
    ],
    [
      "another commit under the tag",
      release("1.0.0").with({ tagCommit: { kind: "found", sha: "ee".repeat(20) } }),
      /tag is at eeee/,
    ],
  ])("differs where there is %s", (_, one, says) => {
    const compared = compare(one);
    expect(compared).toMatchObject({ kind: "differs", reason: expect.stringMatching(says) });
  });

  it("is gone where the release or its sums are", () => {
    expect(compare(release("1.0.0").with({ release: missing() })).kind).toBe("gone");
    expect(compare(release("1.0.0").with({ sums: missing() })).kind).toBe("gone");
  });

  it("compares a module's tag with the recorded commit, and says nothing without one", () => {
    const compareTag = (commit: string | undefined, actual: string) => {
      const [entry] = moduleRecord([{ version: "v1.0.0", commit }], {}, "acme/network/aws").entries;
      if (entry === undefined) throw new Error("no entry");
      return compareVersion(entry, tag("v1.0.0").withTag({ commit: actual }).evidence).kind;
    };
    expect(compareTag("aa".repeat(20), "aa".repeat(20))).toBe("equal");
    expect(compareTag("aa".repeat(20), "bb".repeat(20))).toBe("differs");
    expect(compareTag("", "bb".repeat(20))).toBe("gone");
    expect(compareTag(undefined, "bb".repeat(20))).toBe("gone");
  });
});

describe("decideAdoption", () => {
  const equal = (text: string): Compared => ({ kind: "equal", version: text });
  const gone = (text: string): Compared => ({ kind: "gone", version: text, reason: "Gone." });
  const differs = (text: string): Compared => ({ kind: "differs", version: text, reason: "Other." });

  it("adopts where something agrees and nothing differs", () => {
    expect(decideAdoption(repository, [equal("1.1.0"), gone("1.0.0")])).toEqual({
      kind: "adopt",
      ids: { repository_id: repository.id, owner_id: repository.ownerId },
      equal: ["1.1.0"],
    });
  });

  it.each([
    ["one differs", [equal("1.1.0"), equal("1.0.5"), differs("1.0.0")], /^1\.0\.0 is not what it was: Other\.$/],
    ["all are gone", [gone("1.1.0"), gone("1.0.0")], /^Nothing of 1\.1\.0, 1\.0\.0 can be compared.* Gone\.$/],
    ["none was looked at", [], /nothing shows that it is the same/],
  ])("leaves a record alone where %s", (_, compared, says) => {
    expect(decideAdoption(repository, compared)).toMatchObject({ kind: "leave", reason: expect.stringMatching(says) });
  });
});
