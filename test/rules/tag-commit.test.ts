import { describe, expect, it } from "vitest";
import { rules } from "../../src/rules/index.ts";
import { tagCommit } from "../../src/rules/tag-commit.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { type Json, missing, release, unavailable } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const other = "ee".repeat(20);
const providers = registry().withProvider("acme/dns", ["1.0.0"]);
const modules = registry().withModule("acme/network/aws", ["v1.0.0"]);
const published = release("1.1.0");
const made = tag("v1.1.0");
const provider = (more: Json, of = published) => providers.adding(of, { ...published.entry, ...more });
const module = (more: Json, of = made) => modules.adding(of, { ...made.entry, ...more });

describe("tagCommit", () => {
  it.each([
    ["a provider", provider({})],
    ["a module", module({})],
  ])("passes the commit that the tag names, of %s, and shows it", (_, world) => {
    expect(findingsOf(tagCommit, world)).toEqual([
      expect.objectContaining({ outcome: "pass", message: expect.stringMatching(/[0-9a-f]{40}/) }),
    ]);
  });

  it.each([
    ["another commit, of a provider", provider({ commit: other }), "c0".repeat(20)],
    ["another commit, of a module", module({ commit: other }), "d0".repeat(20)],
    ["the beginning of the commit", module({ commit: "d0d0d0d0" }), "d0".repeat(20)],
    ["the commit in capitals", module({ commit: "D0".repeat(20) }), "d0".repeat(20)],
    ["an empty commit", module({ commit: "" }), "d0".repeat(20)],
    ["a commit that is null", module({ commit: null }), "d0".repeat(20)],
    ["a commit in a list", module({ commit: ["d0".repeat(20)] }), "d0".repeat(20)],
    ["a branch", module({ commit: "main" }), "d0".repeat(20)],
  ])("holds %s, says where and which is right, and no approval lifts that", (_, world, right) => {
    expect(findingsOf(tagCommit, world)).toEqual([
      expect.objectContaining({
        outcome: "hold",
        liftable: false,
        pointer: "/versions/0/commit",
        message: expect.stringContaining(right),
        next: expect.stringContaining(`Set commit to "${right}"`),
      }),
    ]);
  });

  it("holds a tag that was moved after the pull request was made, by Registrar, too", () => {
    const moved = modules.adding(made).knowing(made.withTag({ commit: other }));
    expect(outcomesOf(tagCommit, moved)).toEqual(["hold"]);
    expect(outcomesOf(tagCommit, moved.byRegistrar())).toEqual(["hold"]);
  });

  it("without a commit has nothing to hold, and says of a module what that means", () => {
    expect(outcomesOf(tagCommit, provider({ commit: undefined }))).toEqual(["pass"]);
    const [finding] = findingsOf(tagCommit, module({ commit: undefined }));
    expect(finding).toMatchObject({ outcome: "pass", notice: true, message: expect.stringContaining("No commit") });
    expect(finding?.message).toContain("d0".repeat(20));
    const untagged = made.with({ tag: missing() });
    expect(outcomesOf(tagCommit, module({ commit: undefined }, untagged))).toEqual(["pass"]);
  });

  it("holds a recorded commit that no tag proves", () => {
    const gone = missing("The tag names no commit.");
    expect(outcomesOf(tagCommit, module({}, made.with({ tag: gone })))).toEqual(["hold"]);
    expect(outcomesOf(tagCommit, provider({}, published.with({ tagCommit: gone })))).toEqual(["hold"]);
  });

  it("waits for what GitHub does not give, for evidence that is not there, and for an own bump's tag", () => {
    expect(outcomesOf(tagCommit, module({}, made.with({ tag: unavailable })))).toEqual(["retry"]);
    expect(outcomesOf(tagCommit, provider({}, published.with({ tagCommit: unavailable })))).toEqual(["retry"]);
    expect(outcomesOf(tagCommit, module({}, made.with({ tag: missing() })).byRegistrar())).toEqual(["retry"]);
    const unread = modules.editing(pathOf("acme/network/aws"), (record) => ({
      ...record,
      versions: [made.entry, ...record.versions],
    }));
    expect(outcomesOf(tagCommit, unread)).toEqual(["retry"]);
  });

  it("is the only rule that objects to the commit", () => {
    const objecting = (world: RegistryBuilder) =>
      judge(world.input, rules).findings.flatMap(({ code, outcome }) => (outcome === "pass" ? [] : [code]));
    expect(objecting(provider({ commit: other }))).toEqual(["tag-commit"]);
    expect(objecting(module({ commit: other }))).toEqual(["tag-commit"]);
    // The moved tag has another date as well.
    const moved = made.withTag({ commit: other, publishedAt: "2026-02-20T12:00:00Z" });
    expect(objecting(modules.adding(made).knowing(moved))).toEqual(["tag-commit"]);
  });

  it("shows hostile values safely and shortly", () => {
    const hostile = `\u202e\u001b[2J${"x".repeat(10_000)}`;
    const [finding] = findingsOf(tagCommit, module({ commit: hostile }));
    expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(finding?.message.length).toBeLessThan(700);
  });
});
