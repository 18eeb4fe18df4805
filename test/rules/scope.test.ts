import { describe, expect, it } from "vitest";
import { limits, pushLimits, pushScope, scope } from "../../src/rules/scope.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]);
const bump = base.adding(release("1.1.0"));
const path = pathOf("acme/dns");
const many = (count: number, add: (world: typeof bump, at: number) => typeof bump) =>
  Array.from({ length: count }, (_, at) => at).reduce(add, registry());
const versions = (count: number) =>
  many(count, (world, at) => world.adding(release(`1.${at}.0`, { platforms: ["linux_amd64"] })));
const records = (count: number) => many(count, (world, at) => world.adding(release("1.0.0", { of: `acme/dns${at}` })));

describe("scope", () => {
  it("passes a bump, a new record, and a key", () => {
    for (const world of [bump, registry().adding(release("1.0.0")), base.writing("keys/acme/new.asc", "key")]) {
      expect(outcomesOf(scope, world)).toEqual(["pass"]);
    }
  });

  it.each([
    ["a README", "README.md"],
    ["a workflow", ".github/workflows/release.yml"],
    ["the configuration", ".github/registrar.yml"],
    ["a README among the records", "providers/README.md"],
    ["a hidden file among the keys", "keys/acme/.gitkeep"],
    ["a file in a folder of nearly the same name", "Providers/acme/dns.json"],
  ])("fails %s beside a record, and names it", (_, foreign) => {
    const [finding, ...others] = findingsOf(scope, bump.writing(foreign, "x"));
    expect(finding).toMatchObject({ outcome: "fail", message: expect.stringContaining(foreign) });
    expect(others).toEqual([]);
  });

  it("shows hostile paths safely, and not all of a thousand", () => {
    const world = many(1000, (world, at) => world.writing(`\u202e${at}\n.txt`, "x"));
    const [finding] = findingsOf(scope, world);
    expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(finding?.message).toContain("and 995 more");
  });

  it.each(["100755", "120000", "160000", "040000"])("fails a record of git's mode %s", (mode) => {
    const world = base.writing(path, "elsewhere", mode);
    expect(findingsOf(scope, world)).toContainEqual(expect.objectContaining({ outcome: "fail", path }));
  });

  it("fails a key that is a link", () => {
    expect(outcomesOf(scope, base.writing("keys/acme/new.asc", "../other.asc", "120000"))).toEqual(["fail"]);
  });

  it("holds what GitHub did not list completely, and no approval lifts that", () => {
    const listing = { complete: false, problem: "GitHub lists 300 of its 301 files.", bytes: 0 };
    const [finding] = findingsOf(scope, bump.with({ listing }));
    expect(finding).toMatchObject({
      outcome: "hold",
      liftable: false,
      message: expect.stringContaining("300 of its 301"),
    });
    expect(outcomesOf(scope, bump.with({ listing: { ...listing, problem: null } }))).toEqual(["hold"]);
  });

  it.each([
    ["versions", limits.versions, versions],
    ["records", limits.records, records],
  ])("takes as many %s as it says (%i), and no more", (what, most, world) => {
    expect(outcomesOf(scope, world(most))).toEqual(["pass"]);
    expect(findingsOf(scope, world(most + 1))).toEqual([
      expect.objectContaining({ outcome: "fail", message: expect.stringContaining(`${most + 1} `) }),
    ]);
    expect(findingsOf(scope, world(most + 1))[0]?.message).toContain(what);
  });

  it("counts rewritten versions like added ones: each of them is looked up upstream", () => {
    const texts = Array.from({ length: limits.versions + 1 }, (_, index) => `1.${index}.0`);
    const rewriting = (count: number) =>
      registry()
        .withProvider("acme/dns", texts)
        .editing(path, (record) => ({
          ...record,
          versions: record.versions.map((one, index) => (index < count ? { ...one, release_id: 1 } : one)),
        }));
    expect(outcomesOf(scope, rewriting(limits.versions))).toEqual(["pass"]);
    expect(outcomesOf(scope, rewriting(limits.versions + 1))).toEqual(["fail"]);
  });

  it("takes as many bytes as it says, and no more", () => {
    const listing = { complete: true, problem: null, bytes: limits.bytes };
    expect(outcomesOf(scope, bump.with({ listing }))).toEqual(["pass"]);
    expect(outcomesOf(scope, bump.with({ listing: { ...listing, bytes: limits.bytes + 1 } }))).toEqual(["fail"]);
  });

  it("takes one namespace, in any case", () => {
    const two = (of: string) => bump.adding(release("1.0.0", { of }));
    expect(outcomesOf(scope, two("ACME/web"))).toEqual(["pass"]);
    expect(outcomesOf(scope, two("globex/web"))).toEqual(["fail"]);
  });

  it("counts the namespaces of keys, too", () => {
    const keys = base.writing("keys/acme/new.asc", "key");
    expect(outcomesOf(scope, keys.writing("keys/acme/dns/new.asc", "key"))).toEqual(["pass"]);
    expect(outcomesOf(scope, keys.writing("keys/globex/new.asc", "key"))).toEqual(["fail"]);
  });

  it("sets no limits to Registrar itself, but none of the other promises is waived", () => {
    expect(outcomesOf(scope, records(limits.records + 1).byRegistrar())).toEqual(["pass"]);
    expect(outcomesOf(scope, bump.writing("README.md", "x").byRegistrar())).toEqual(["fail"]);
  });
});

describe("pushScope", () => {
  it.each([
    ["a README", bump.writing("README.md", "x")],
    ["the configuration", bump.writing(".github/registrar.yml", "x")],
    ["a script that can be run", bump.writing("scripts/run.sh", "x", "100755")],
    ["as many records as are judged", records(pushLimits.records)],
    ["as many versions as are judged", versions(pushLimits.versions)],
    ["several namespaces", bump.adding(release("1.0.0", { of: "globex/queue" }))],
  ])("passes %s, which a pull request may not bring with it or in that number", (_, world) => {
    expect(outcomesOf(pushScope, world)).toEqual(["pass"]);
  });

  it.each([
    ["records", records(pushLimits.records + 1)],
    ["added or rewritten versions", versions(pushLimits.versions + 1)],
    ["namespaces", many(51, (world, at) => world.adding(release("1.0.0", { of: `acme${at}/dns` })))],
  ])("does not take more %s than are looked up for right, nor for something that settles", (what, world) => {
    const findings = findingsOf(pushScope, world).filter(({ message }) => message.includes(`51 ${what}`));
    expect(findings).toMatchObject([{ outcome: "hold", liftable: false }]);
  });

  it("holds what GitHub does not list as a whole", () => {
    const listing = { complete: false, problem: "GitHub lists only the first 300 of its files.", bytes: 1 };
    expect(findingsOf(pushScope, bump.with({ listing }))).toMatchObject([{ outcome: "hold", liftable: false }]);
  });

  it("fails a record that is a link", () => {
    expect(outcomesOf(pushScope, base.writing(path, "other.json", "120000"))).toEqual(["fail"]);
  });
});
