import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomes } from "../../src/registry/finding.ts";
import { rules } from "../../src/rules/index.ts";
import type { ReviewInput, Rule, Said } from "../../src/rules/rule.ts";
import { digestInputs, judge } from "../../src/rules/verdict.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const texts = { title: "A promise", help: "Because.", example: "None.", liftable: true };
const rule = (code: string, check: () => readonly Said[], per: Rule["per"] = "pull-request"): Rule =>
  ({ ...texts, code, per, check }) as Rule;
const says = (code: string, ...said: readonly Said["outcome"][]) =>
  rule(code, () => said.map((outcome) => ({ outcome, message: `${code} says ${outcome}.` })));

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const bump = base.adding(release("1.1.0"));

describe("judge", () => {
  it("passes a right bump, with every rule's answer", () => {
    const { outcome, findings } = judge(bump.input);
    expect(findings.filter((finding) => finding.outcome !== "pass")).toEqual([]);
    expect(outcome).toBe("pass");
    const codes = new Set(findings.map(({ code }) => code));
    for (const code of ["scope", "record-shape", "version-syntax", "signature", "sums-usable", "append-only"]) {
      expect(codes).toContain(code);
    }
  });

  it("puts the worst first, and keeps the order of the rules among equals", () => {
    const rules = [says("a", "pass", "hold"), says("b", "fail", "pass"), says("c", "retry"), says("d", "fail")];
    const { outcome, findings } = judge(bump.input, rules);
    expect(outcome).toBe("fail");
    expect(findings.map(({ code, outcome }) => `${outcome} ${code}`)).toEqual([
      "fail b",
      "fail d",
      "retry c",
      "hold a",
      "pass a",
      "pass b",
    ]);
  });

  it("has the worst outcome of all findings, whatever the rules say", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...outcomes), { minLength: 1 }), { minLength: 1 }), (said) => {
        const verdict = judge(
          bump.input,
          said.map((list, at) => says(`rule-${at}`, ...list)),
        );
        const worst = Math.min(...said.flat().map((outcome) => outcomes.indexOf(outcome)));
        expect(verdict.outcome).toBe(outcomes[worst]);
        expect(verdict.findings).toHaveLength(said.flat().length);
      }),
    );
  });

  it.each(["pull-request", "record", "version", "provider-version", "file"] as const)(
    "makes a retry of a crash and of silence, in a rule for each %s",
    (per) => {
      const crash = rule("crash", () => fail("\u202eboom"), per);
      const silence = rule("silence", () => [], per);
      const world = bump.writing("README.md", "x");
      const { outcome, findings } = judge(world.input, [says("fine", "pass"), crash, silence]);
      expect(outcome).toBe("retry");
      expect(findings.slice(0, 2).map(({ code, outcome }) => [code, outcome])).toEqual([
        ["crash", "retry"],
        ["silence", "retry"],
      ]);
      for (const { message } of findings.slice(0, 2)) expect(message).toContain("not your fault");
      expect(findings[0]?.message).not.toContain("\u202e");
    },
  );

  it("asks for each record, each added or rewritten version, and each other file", () => {
    const asked = (per: Rule["per"]) =>
      judge(
        base
          .adding(release("1.1.0"))
          .editing(path, (record) => ({
            ...record,
            versions: record.versions.map((one) => ({ ...one, release_id: 1 })),
          }))
          .writing("keys/acme/a.asc", "key")
          .writing("README.md", "x")
          .writing("providers/x", "x")
          .writing(".github/registrar.yml", "x").input,
        [rule("r", () => [{ outcome: "pass", message: "Fine." }], per)],
      ).findings.map(({ path, version }) => [path, version]);
    expect(asked("pull-request")).toEqual([["", undefined]]);
    expect(asked("record")).toEqual([[path, undefined]]);
    expect(asked("version")).toEqual([
      [path, "1.1.0"],
      [path, "1.0.0"],
    ]);
    expect(asked("file").map(([file]) => file)).toEqual([
      "keys/acme/a.asc",
      "providers/x",
      "README.md",
      ".github/registrar.yml",
    ]);
  });

  it("asks a rule about providers' versions of them alone: of modules it says nothing at all", () => {
    const world = bump.adding(tag("v1.1.0"));
    const asked = (per: Rule["per"], evidenceRead = true) =>
      judge(world.with({ evidenceRead }).input, [
        { ...rule("r", () => [{ outcome: "pass", message: "Fine." }], per), upstream: true } as Rule,
      ]).findings.map(({ path }) => path);
    expect(asked("version")).toEqual([path, pathOf("acme/network/aws")]);
    expect(asked("provider-version")).toEqual([path]);
    // Nor is it missed where upstream was not asked.
    expect(asked("version", false)).toEqual([path, pathOf("acme/network/aws")]);
    expect(asked("provider-version", false)).toEqual([path]);
  });

  it("gives a rule no evidence of another kind than the address", () => {
    const seen: unknown[] = [];
    const watching = {
      ...texts,
      code: "watching",
      per: "version",
      check: ({ evidence }: { evidence: unknown }) => {
        seen.push(evidence);
        return [{ outcome: "pass", message: "Fine." }];
      },
    } as Rule;
    const { input } = bump;
    const evidence = Object.fromEntries(Object.keys(input.evidence).map((key) => [key, tag("v1.2.0").evidence]));
    judge({ ...input, evidence }, [watching]);
    judge(input, [watching]);
    expect(seen).toEqual([null, Object.values(input.evidence)[0]]);
  });

  it("takes liftability from the rule, and from what it says of a single hold", () => {
    const strict = { ...says("strict", "hold"), liftable: false };
    const but = rule("but", () => [{ outcome: "hold", message: "But.", liftable: false }]);
    const { findings } = judge(bump.input, [
      says("lax", "hold"),
      strict,
      but,
      says("fine", "pass"),
      says("bad", "fail"),
    ]);
    expect(findings.map(({ code, liftable }) => [code, liftable])).toEqual([
      ["bad", undefined],
      ["lax", true],
      ["strict", false],
      ["but", false],
      ["fine", undefined],
    ]);
  });

  describe("when upstream was not asked", () => {
    const unread = bump.with({ evidenceRead: false });

    it("asks no rule that needs it, and passes nothing", () => {
      const { outcome, findings } = judge(unread.input);
      expect(outcome).toBe("retry");
      const silent = rules.filter((rule) => rule.per === "version" && rule.upstream === true);
      const answers = findings.filter(({ code }) => silent.some((rule) => rule.code === code));
      expect(answers.map(({ code, outcome }) => [code, outcome])).toEqual(silent.map(({ code }) => [code, "retry"]));
    });

    it("says no more where the change fails anyway, or is held beyond any approval", () => {
      const failing = unread.writing("README.md", "x");
      expect(judge(failing.input).findings.map(({ outcome }) => outcome)).not.toContain("retry");
      const listing = { complete: false, problem: null, bytes: 0 };
      expect(judge(unread.with({ listing }).input).outcome).toBe("hold");
    });

    it("leaves no hold for a maintainer to lift: nobody could know what is approved", () => {
      const lifted = unread.writing("keys/acme/a.asc", null);
      expect(judge(lifted.input, [says("other", "hold"), ...rules]).outcome).not.toBe("hold");
      expect(judge(unread.input, [says("other", "hold"), ...rules]).outcome).toBe("retry");
    });

    it("has nothing to miss where no version is added or rewritten", () => {
      expect(judge(base.writing("keys/acme/a.asc", null).with({ evidenceRead: false }).input).outcome).toBe("hold");
    });
  });

  it("makes plain text of bounded length of whatever a rule says", () => {
    const wild = rule("wild", () => [{ outcome: "hold", message: "\u202e\u001b[2J", next: "x".repeat(1_000_000) }]);
    const [finding] = judge(bump.input, [wild]).findings;
    expect(finding?.message).toBe(String.raw`\u202e\u001b[2J`);
    expect(finding?.next?.length).toBeLessThan(5000);
  });

  it("gives each version its own evidence", () => {
    const seen: (string | undefined)[] = [];
    const look: Rule = {
      ...texts,
      code: "look",
      per: "version",
      check: ({ entry, evidence }) => {
        seen.push(`${entry.version} ${evidence?.version}`);
        return [{ outcome: "pass", message: "Seen." }];
      },
    };
    judge(bump.adding(release("1.2.0")).input, [look]);
    expect(seen).toEqual(["1.2.0 1.2.0", "1.1.0 1.1.0"]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

describe("digestInputs", () => {
  const input = bump.adding(release("1.2.0")).input;
  const digest = (changed: Partial<ReviewInput> = {}, head = "c0ffee") => digestInputs(head, { ...input, ...changed });

  it("is 64 hex digits, the same for the same", () => {
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
    expect(digest()).toBe(digestInputs("c0ffee", structuredClone(input)));
  });

  it("does not know when the evidence was read, nor when it is judged", () => {
    const evidence = Object.fromEntries(
      Object.entries(input.evidence).map(([key, one]) => [key, { ...one, readAt: "2027-01-01T00:00:00.000Z" }]),
    );
    expect(digest({ now: "2027-01-01T00:00:00.000Z", evidence })).toBe(digest());
  });

  it("does not know in which order things were read", () => {
    const backwards = <T extends object>(value: T) => Object.fromEntries(Object.entries(value).reverse()) as T;
    expect(digest({ evidence: backwards(input.evidence) })).toBe(digest());
    const two = bump.adding(release("1.0.0", { of: "acme/web" })).input;
    expect(Object.keys(two.tips)).toHaveLength(2);
    const reversed = { ...two, keys: backwards(two.keys), tips: backwards(two.tips) };
    expect(digestInputs("c0ffee", reversed)).toBe(digestInputs("c0ffee", two));
  });

  it("changes with the head", () => {
    expect(digest({}, "c0ffef")).not.toBe(digest());
  });

  it("changes with every other input, wherever it lies", () => {
    // The change and the tips go in by their texts.
    const { now: _now, change: _change, tips: _tips, ...others } = input;
    const places = leaves(others as unknown as Json).filter((place) => place.at(-1) !== "readAt");
    expect(places.length).toBeGreaterThan(100);
    expect(new Set(places.map(([first]) => first))).toEqual(
      new Set(["layout", "audit", "settings", "listing", "byRegistrar", "taken", "evidenceRead", "evidence", "keys"]),
    );
    const before = digest();
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom<Json>("other", null, 1e9, [], {}), (place, value) => {
        const changed = replaced(others as unknown as Json, place, value) as unknown as ReviewInput;
        expect(digest(changed)).not.toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it("changes with every file: its text before and after, its mode, its path, and a record's text at the tip", () => {
    const world = (more: (world: typeof bump) => typeof bump) => digestInputs("c0ffee", more(bump).input);
    const files = ["providers/acme/web.json", "keys/acme/a.asc", ".github/registrar.yml", "README.md", "providers/x"];
    const digests = files.flatMap((file) => [
      world((one) => one.writing(file, "a")),
      world((one) => one.writing(file, "b")),
      world((one) => one.writing(file, "a", "100755")),
      world((one) => one.writing(file, null)),
      world((one) => one.withFile(file, "b").writing(file, "a")),
    ]);
    const tips = [
      world((one) => one.movedOn(path, "{}")),
      world((one) => one.movedOn(path, null)),
      world((one) => one),
    ];
    expect(new Set([...digests, ...tips]).size).toBe(digests.length + tips.length);
  });

  it("changes when something comes or goes", () => {
    const [key = ""] = Object.keys(input.evidence);
    const { [key]: _, ...less } = input.evidence;
    expect(digest({ evidence: less })).not.toBe(digest());
    expect(digest({ keys: {} })).not.toBe(digest());
    expect(digest({ keys: { [path]: { usable: [], problems: [] } } })).not.toBe(digest());
    expect(digest({ tips: { [path]: null } })).not.toBe(digest({ tips: {} }));
    expect(digest({ change: base.writing(path, null).input.change })).not.toBe(digest());
  });
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Where the values are that hold no others. */
function leaves(value: Json, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return value === undefined ? [] : [place];
  const entries = Object.entries(value);
  return entries.length === 0 ? [place] : entries.flatMap(([key, item]) => leaves(item, [...place, key]));
}

/** A copy with another value at a place; one that surely differs from what is there. */
function replaced(value: Json, [key, ...rest]: readonly string[], other: Json): Json {
  if (key === undefined) return JSON.stringify(value) === JSON.stringify(other) ? "another" : other;
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? replaced(item, rest, other) : item));
  const object = value as { [key: string]: Json };
  return { ...object, [key]: replaced(object[key] ?? null, rest, other) };
}
