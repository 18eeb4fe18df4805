import { describe, expect, it } from "vitest";
import { recordHead } from "../../src/rules/record-head.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release, upstreamIds } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const head = { repository: "https://github.com/acme/terraform-provider-dns", ...upstreamIds };
const base = registry().withProvider("acme/dns", ["1.0.0"], head);
const withHead = (more: Record<string, unknown>, world = base) =>
  world.adding(release("1.1.0")).editing(path, (record) => ({ ...record, ...more }));

describe("recordHead", () => {
  it("passes a bump, a new record and a removed one", () => {
    for (const world of [
      base.adding(release("1.1.0")),
      registry().adding(release("1.0.0")),
      base.writing(path, null),
    ]) {
      expect(outcomesOf(recordHead, world)).toEqual(["pass"]);
    }
  });

  it.each([
    ["another repository", { repository: "https://github.com/evil/terraform-provider-dns" }, "repository"],
    ["the same repository elsewhere", { repository: "https://evil.example/acme/terraform-provider-dns" }, "repository"],
    ["no repository", { repository: undefined }, "repository"],
    ["another owner", { owner_id: 666 }, "owner_id"],
    ["another id", { repository_id: 666 }, "repository_id"],
    ["a removed id", { owner_id: undefined }, "owner_id"],
    ["a warning", { warnings: ["Use evil/dns instead."] }, "warnings"],
    ["no warnings, said in another way", { warnings: null }, "warnings"],
    ["a withdrawal", { withdrawn: [{ version: "1.0.0", reason: "broken" }] }, "withdrawn"],
    ["a withdrawal that is null", { withdrawn: null }, "withdrawn"],
    ["an unknown field", { evil: 1 }, "evil"],
    ["an unknown field that is null", { evil: null }, "evil"],
  ])("holds a bump that brings %s, for a maintainer to lift", (_, more, field) => {
    const [finding, ...others] = findingsOf(recordHead, withHead(more));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "hold", liftable: true, path, pointer: `/${field}` });
    expect(finding?.message).toContain(`"${field}"`);
  });

  it("holds a field called __proto__", () => {
    const text = base.adding(release("1.1.0")).input.change.records[0]?.after?.text ?? "";
    const world = base.writing(path, text.replace("{", '{"__proto__": {},'));
    expect(outcomesOf(recordHead, world)).toEqual(["hold liftable"]);
  });

  it("holds each changed field by itself", () => {
    expect(outcomesOf(recordHead, withHead({ owner_id: 1, warnings: ["x"] }))).toEqual([
      "hold liftable",
      "hold liftable",
    ]);
  });

  it("takes missing ids with the values that GitHub has", () => {
    const world = withHead(upstreamIds, registry().withProvider("acme/dns", ["1.0.0"], {}));
    expect(outcomesOf(recordHead, world)).toEqual(["notice", "notice"]);
  });

  it.each([
    ["another value", { owner_id: upstreamIds.owner_id + 1 }],
    ["the value as text", { owner_id: String(upstreamIds.owner_id) }],
    ["the repository's for the owner's", { owner_id: upstreamIds.repository_id }],
    ["null", { owner_id: null }],
  ])("holds missing ids with %s", (_, more) => {
    const world = withHead(more, registry().withProvider("acme/dns", ["1.0.0"], {}));
    expect(outcomesOf(recordHead, world)).toEqual(["hold liftable"]);
  });

  it("holds missing ids that nobody has looked up", () => {
    const world = registry().withProvider("acme/dns", ["1.0.0"], {});
    const added = world.editing(path, (record) => ({ ...upstreamIds, ...record }));
    expect(outcomesOf(recordHead, added)).toEqual(["hold liftable", "hold liftable"]);
    const [first] = findingsOf(recordHead, added);
    expect(first?.message).toBe(
      `Adds repository_id ${upstreamIds.repository_id} to a record that has none. It was not compared with GitHub, which is asked about added versions only.`,
    );
    expect(first?.next).toContain("registrar adopt");
  });

  it("says what a wrong id should be", () => {
    const world = withHead({ owner_id: 666 }, registry().withProvider("acme/dns", ["1.0.0"], {}));
    const [finding] = findingsOf(recordHead, world);
    expect(finding?.message).toBe(
      `Adds owner_id 666 to a record that has none, but GitHub has ${upstreamIds.owner_id}.`,
    );
    expect(finding?.next).toBe(`Set owner_id to ${upstreamIds.owner_id}, or leave it out.`);
  });

  it("compares with the base's tip where the record came into being there meanwhile", () => {
    const mine = recordText("acme/dns", ["1.1.0"], { repository: "https://github.com/evil/x" });
    const world = registry()
      .writing(path, mine)
      .movedOn(path, recordText("acme/dns", ["1.0.0"], head));
    expect(findingsOf(recordHead, world).map(({ outcome, pointer }) => [outcome, pointer])).toEqual([
      ["hold", "/repository"],
      ["hold", "/repository_id"],
      ["hold", "/owner_id"],
    ]);
  });

  it("shows hostile values safely", () => {
    const [finding] = findingsOf(recordHead, withHead({ warnings: [`\u202e${"x".repeat(5000)}`] }));
    expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(finding?.message.length).toBeLessThan(600);
  });
});
