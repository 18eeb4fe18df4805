import { describe, expect, it } from "vitest";
import { decide } from "../../src/policy/decision.ts";
import type { ReviewInput } from "../../src/rules/rule.ts";
import { judge } from "../../src/rules/verdict.ts";
import { archive, moduleVersion, recordText, version } from "../support/builders/records.ts";
import { pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { type Json, missing, release, unavailable, upstreamIds } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const bump = base.adding(good);
const modules = registry().withModule("acme/network/aws", ["v1.0.0"]);
const made = tag("v1.1.0");
const [first, second] = good.entry.targets as readonly Json[];
const textOf = (world: RegistryBuilder) => world.input.change.records[0]?.after?.text ?? "";
const adding = (more: Json, of = good) => base.adding(of, { ...of.entry, ...more });
const editing = (edit: (text: string) => string, world = bump) => world.writing(path, edit(textOf(world)));

/** What happens to a pull request whose circumstances are all in its favour. */
function decisionOf(input: ReviewInput, approvedBy: string | null = null) {
  return decide(judge(input), {
    notOurs: null,
    configurationProblems: [],
    byRegistrar: input.byRegistrar,
    draft: false,
    paused: false,
    haltedBy: null,
    outdated: null,
    duplicateOf: null,
    stoppedBy: null,
    approvedBy,
  }).kind;
}

describe("a pull request", () => {
  it("that is right is merged: what follows is kept back for its own reason", () => {
    expect(decisionOf(modules.adding(made).input)).toBe("merge");
    expect(decisionOf(modules.adding(made).byRegistrar().input)).toBe("merge");
    expect(decisionOf(bump.input)).toBe("merge");
    expect(decisionOf(bump.byRegistrar().input)).toBe("merge");
    expect(decisionOf(base.adding(good).adding(release("1.2.0")).input)).toBe("merge");
  });

  // Whoever approves it, and whoever made it.
  const never: Record<string, RegistryBuilder> = {
    "of a module without evidence": modules.editing(pathOf("acme/network/aws"), (record) => ({
      ...record,
      versions: [made.entry, ...record.versions],
    })),
    "of a module with a provider's evidence": modules
      .adding(made)
      .knowing({ ...good, address: made.address } as unknown as typeof made, made.version),
    "of a module whose tag is not there": modules.adding(made.with({ tag: missing() }), made.entry),
    "of a module whose tag GitHub does not give": modules.adding(made.with({ tag: unavailable }), made.entry),
    "of a module whose tag was moved": modules.adding(made).knowing(made.withTag({ commit: "ee".repeat(20) })),
    "of a module with another commit than its tag's": modules.adding(made, {
      ...made.entry,
      commit: "ee".repeat(20),
    }),
    "of a module with an empty commit": modules.adding(made, { ...made.entry, commit: "" }),
    "of a module with another date than its tag's": modules.adding(made, {
      ...made.entry,
      published: "2020-01-01T00:00:00Z",
    }),
    "of a module with archives": modules.adding(made, { ...made.entry, targets: [] }),
    "of a module whose repository is private": modules.adding(
      made.with({ repository: { ...made.evidence.repository, private: true } as typeof made.evidence.repository }),
    ),
    "of a module whose repository was transferred": registry()
      .withModule("acme/network/aws", ["v1.0.0"], { ...upstreamIds, owner_id: 1 })
      .adding(made),
    "of a module with a version that is no SemVer": modules.adding(tag("v1")),
    "of a module with the twin of a version": modules.adding(tag("1.0.0")),
    "of a module with a withdrawn version": registry()
      .withModule("acme/network/aws", ["v1.0.0"], { ...upstreamIds, withdrawn: ["1.1.0"] })
      .adding(made),
    "of which upstream was not asked": bump.with({ evidenceRead: false }),
    "without evidence": base.editing(path, (record) => ({ ...record, versions: [good.entry, ...record.versions] })),
    "with evidence of another version under its name": base.adding(good).knowing(release("1.2.0"), "1.1.0"),
    "that GitHub did not list completely": bump.with({ listing: { complete: false, problem: null, bytes: 1 } }),
    "whose release is gone": adding({}, good).knowing(good.with({ release: missing() })),
    "whose release GitHub does not give": adding({}, good).knowing(good.with({ release: unavailable })),
    "whose repository is private": base.adding(
      good.with({ repository: { ...good.evidence.repository, private: true } as typeof good.evidence.repository }),
    ),
    "whose repository was made again": registry()
      .withProvider("acme/dns", ["1.0.0"], { ...upstreamIds, repository_id: 1 })
      .adding(good),
    "whose repository was transferred": registry()
      .withProvider("acme/dns", ["1.0.0"], { ...upstreamIds, owner_id: 1 })
      .adding(good),
    "whose recorded id cannot be read": registry()
      .withProvider("acme/dns", ["1.0.0"], { repository_id: "7001" })
      .adding(good),
    "with a signature by a stranger": base.adding(
      good.withSignature({ accepted: false, problem: "unknown-key", verifiedBy: null }),
    ),
    "with a signature by a key that the base does not have": base.withKeys({ usable: ["B2".repeat(20)] }).adding(good),
    "without any key": base
      .withKeys({ usable: [] })
      .adding(good.withSignature({ accepted: false, problem: "no-keys", verifiedBy: null })),
    "with a broken key where unsigned ones are allowed": base
      .withPolicy({ unsigned: "allow" })
      .withKeys({ usable: [], problems: ["It is broken."] })
      .adding(good.withSignature({ accepted: false, problem: "no-keys", verifiedBy: null })),
    "with a forged signature where unsigned ones are allowed": base
      .withPolicy({ unsigned: "allow" })
      .adding(good.withSignature({ accepted: false, problem: "bad-signature", verifiedBy: null })),
    "with an empty line in its sums": base.adding(good.withSums((text) => `${text}\n`)),
    "with another hash than the file": base.adding(good.withAsset("linux", { sha256: "00".repeat(32) })),
    "with an archive that nobody has downloaded": base.adding(good.withAsset("linux", { sha256: null })),
    "that settles only now": base.adding(good.withRelease({ publishedAt: "2026-03-01T11:59:59Z" })),
    "with protocols that nobody speaks": base.adding(good.withProtocols("4.0")),
    "with a withdrawn version": registry()
      .withProvider("acme/dns", ["1.0.0"], { ...upstreamIds, withdrawn: ["1.1.0"] })
      .adding(good),
    "with unreadable tombstones": registry()
      .withProvider("acme/dns", ["1.0.0"], { ...upstreamIds, withdrawn: { "1.1.0": "x" } })
      .adding(good),
    "with a version twice": base.adding(good).adding(good),
    "with a version that is there": base.adding(release("1.0.0")),
    "with a version that came there meanwhile": bump.movedOn(path, recordText("acme/dns", ["1.1.0", "1.0.0"])),
    "with a version that differs in case": registry()
      .withProvider("acme/dns", ["1.1.0-RC1"])
      .adding(release("1.1.0-rc1")),
    "with a version that came there meanwhile in another case": base
      .adding(release("1.1.0-rc1"))
      .movedOn(path, recordText("acme/dns", ["1.1.0-RC1", "1.0.0"])),
    "with the version __proto__": base.adding(good, version("__proto__")),
    "with the version constructor": base.adding(good, version("constructor")),
    "with a version that is a number": adding({ version: 1 }),
    "with an entry that has no version": editing((text) => text.replace('"versions": [', '"versions": [{},')),
    "with a key in the same pull request": bump.writing("keys/acme/new.asc", "key"),
    "with a key by another path": bump.writing("keys/acme/dns/sub/new.asc", "key"),
    "with a key in other letters": bump.writing("Keys/acme/new.asc", "key"),
    "with a workflow beside it": bump.writing(".github/workflows/x.yml", "on: push"),
    "with a README beside it": bump.writing("providers/README.md", "x"),
    "with a record that is a link": bump.writing(path, "../globex/queue.json", "120000"),
    "with a record that is a program": bump.writing(path, textOf(bump), "100755"),
    "of a record in other letters": base.adding(release("1.0.0", { of: "Acme/dns" })),
    "that moves a record": base.writing(path, null).adding(release("1.0.0", { of: "acme/dns2" })),
    "that removes a record": base.writing(path, null),
    "that removes a version without a trace": base
      .editing(path, (record) => ({ ...record, versions: [good.entry] }))
      .knowing(good),
    "that empties a record": base.editing(path, (record) => ({ ...record, versions: null })),
    "that makes an object of the versions": registry()
      .withProvider("acme/dns", [])
      .editing(path, (record) => ({ ...record, versions: { a: 1 } })),
    "with an unknown field": adding({ evil: 1 }),
    "with an unknown field that is null": adding({ evil: null }),
    "with an unknown field of the record that is null": bump.editing(path, (record) => ({ ...record, evil: null })),
    "with a field called __proto__": editing((text) => text.replace("{", '{"__proto__": {},')),
    "with a version's field called __proto__": editing((text) =>
      text.replace('"version": "1.1.0"', '"version": "1.1.0", "__proto__": {}'),
    ),
    "with a repeated field of the record": editing((text) => text.replace("{", '{"owner_id": 666,')),
    "with a repeated field of an old version": editing((text) =>
      text.replace('"version": "1.0.0"', '"commit": "x", "version": "1.0.0"'),
    ),
    "with a second list of versions": editing((text) => text.replace("{", '{"versions": [],')),
    "with a byte order mark": editing((text) => `\ufeff${text}`),
    "with lists in lists": base.writing(path, "[".repeat(100_000)),
    "with megabytes of white space": editing((text) => text.replace("{", `{${" ".repeat(2_000_000)}`)),
    "with an h1 hash that nobody can check": adding({ targets: [{ ...first, h1: `h1:${"a".repeat(43)}=` }, second] }),
    "with a moment of discovery": adding({ discovered: "2026-02-01T12:00:00Z" }),
    "with no archives": adding({ targets: [] }),
    "with archives that are null": adding({ targets: null }),
    "with archives that are a text": adding({ targets: "linux_amd64" }),
    "with archives that are an object": adding({ targets: { 0: first, 1: second } }),
    "with archives in archives": adding({ targets: [[first], [second]] }),
    "with an archive that is null": adding({ targets: [first, second, null] }),
    "with one archive too many": adding({ targets: [first, second, archive("plan9_386")] }),
    "with one archive too few": adding({ targets: [first] }),
    "with two archives for one platform": adding({ targets: [first, second, { ...second, shasum: "00".repeat(32) }] }),
    "with a hash that is an object": adding({ targets: [first, { ...second, shasum: { toString: 1 } }] }),
  };

  it.each(Object.keys(never))("%s is never merged, whoever approves it", (name) => {
    const world = never[name] ?? bump;
    expect(decisionOf(world.input)).not.toBe("merge");
    expect(decisionOf(world.input, "mia")).not.toBe("merge");
  });

  it.each(Object.keys(never).filter((name) => name !== "with a moment of discovery"))(
    "%s is never merged for Registrar either",
    (name) => {
      expect(decisionOf((never[name] ?? bump).byRegistrar().input, "mia")).not.toBe("merge");
    },
  );

  const [prefixed, bare] = [moduleVersion("v3.0.0"), moduleVersion("3.0.0", { commit: "ee".repeat(20) })];
  const asked: Record<string, RegistryBuilder> = {
    "of a new record": registry().adding(good),
    "of a record that has been removed meanwhile": bump.movedOn(path, null),
    "of a new module": registry().adding(tag("v1.0.0")),
    "of a key": registry().writing("keys/acme/old.asc", null),
    "of nothing but form": base.writing(path, `${textOf(base.writing(path, recordText("acme/dns", ["1.0.0"])))} `),
    "that removes a stray file": registry().withFile("providers/x", "x").writing("providers/x", null),
    "that reorders twins": registry()
      .withModule("acme/network/aws", [prefixed, bare])
      .editing(pathOf("acme/network/aws"), () => ({ ...upstreamIds, versions: [bare, prefixed] })),
    "that rewrites a version": registry()
      .withProvider("acme/dns", [{ ...good.entry, release_id: 1 }])
      .knowing(good)
      .editing(path, (record) => ({ ...record, versions: [good.entry] })),
    "that withdraws a version": base
      .editing(path, (record) => ({
        ...record,
        withdrawn: [{ version: "1.0.0", reason: "broken" }],
        versions: [good.entry],
      }))
      .knowing(good),
    "that brings another repository": bump.editing(path, (record) => ({
      ...record,
      repository: "https://github.com/evil/x",
    })),
    "that brings an odd repository": bump.editing(path, (record) => ({
      ...record,
      repository: "https://github.com/acme/x/../../evil/x",
    })),
    "that brings another owner": bump.editing(path, (record) => ({ ...record, owner_id: 1 })),
    "that brings a warning": bump.editing(path, (record) => ({ ...record, warnings: ["Use evil/dns."] })),
    "with a weak signature": base.adding(good.withSignature({ weak: ["RSA 1024"] })),
    "with an expired key, where that is held": base
      .withPolicy({ expiredKeys: "hold" })
      .adding(good.withSignature({ expiredKey: "2025-01-01T00:00:00Z" })),
  };

  it.each(Object.keys(asked))("%s is for a maintainer, and merged by none else", (name) => {
    const world = asked[name] ?? bump;
    expect(decisionOf(world.input)).toBe("ask-maintainers");
    expect(decisionOf(world.byRegistrar().input)).toBe("ask-maintainers");
    expect(decisionOf(world.input, "mia")).toBe("merge");
  });

  it("without what the rules need is never merged, whatever is missing", () => {
    const { input } = bump;
    const lax = { ...input.settings, policy: { ...input.settings.policy, unsigned: "allow" } } as const;
    const poor: Partial<ReviewInput>[] = [
      { evidence: {} },
      { keys: {}, settings: lax },
      { tips: {} },
      { evidenceRead: false },
      { now: "no time" },
      { evidence: { __proto__: input.evidence } as unknown as ReviewInput["evidence"], tips: {} },
    ];
    for (const parts of poor) expect(decisionOf({ ...input, ...parts })).not.toBe("merge");
  });

  it("is not merged without a single rule", () => {
    const verdict = judge(bump.input, []);
    expect(verdict.findings).toEqual([]);
    const circumstances = {
      notOurs: null,
      configurationProblems: [],
      byRegistrar: false,
      draft: false,
      paused: false,
      haltedBy: null,
      outdated: null,
      duplicateOf: null,
      stoppedBy: null,
      approvedBy: "mia",
    };
    expect(decide(verdict, circumstances).kind).toBe("wait");
  });
});
