import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../src/registry/settings.ts";
import { registry } from "../../support/builders/registry.ts";
import { cpuMsOf } from "../../support/cpu-time.ts";
import { expectExplained, nested, odd } from "./support.ts";

const laughs = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ..."bcdefghi".split("").map((name, at) => {
    const before = "abcdefgh"[at];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
  }),
].join("\n");

// Each has to end in sentences that name the file, within bounds.
const configurations: readonly (readonly [string, string])[] = [
  ["a billion laughs", laughs],
  ["an alias of itself", "a: &a [*a]"],
  ["an alias of nothing", "namespaces: *gone"],
  ["a merge of a mapping", "namespaces: &n {a: {owner: b}}\n<<: *n"],
  ["a merge of itself", "&a <<: *a"],
  ["eight thousand anchors", Array.from({ length: 2_000 }, (_, at) => `k${at}: &a${at} 1`).join("\n")],
  ["ten thousand levels of lists", "[".repeat(10_000)],
  ["ten thousand levels of mappings", "{a: ".repeat(8_000)],
  ["levels of JSON", nested(3_000)],
  ["32,769 characters", "#".repeat(32_769)],
  ["a megabyte", "a: 1\n".repeat(200_000)],
  ["one key twice", "paused: true\npaused: false"],
  ["one key of many letters", `${"k".repeat(2_000)}: 1`],
  ["a key that is a list", "? [a, b]\n: 1"],
  ["a key of every object", "__proto__: {paused: true}"],
  ["the same inside", "policy: {__proto__: {unsigned: allow}}"],
  ["constructor", "constructor: {prototype: {}}"],
  ["a tag of a program", "paused: !!js/function 'function(){}'"],
  ["a tag of Python", "!!python/object/apply:os.system ['id']"],
  ["two documents", "paused: true\n---\npaused: false"],
  ["a tab", "policy:\n\tsettle: 1s"],
  ["a NUL character", "paused: true\0"],
  ["an escape sequence as a key", '"\\u001b[2J": 1'],
  ["a bidirectional override as a key", "\u202epaused: true"],
  ["a look-alike key", "pаused: true"],
  ["markup as a key", '"<img src=x>": 1'],
  ["yes instead of true", "paused: yes"],
  ["a number as text", "paused: 'true'"],
  ["a time without end", `policy: {settle: ${"9".repeat(400)}h}`],
  ["a time below nothing", "policy: {settle: -1s}"],
  ["a time of no unit", "policy: {settle: 1e9}"],
  ["a binary", "policy: !!binary gIGC"],
  ["a null where a mapping is", "policy: 1"],
  ["a list at the top", "- paused"],
  ["a text at the top", "hello"],
  ["an alias that leads to itself", "aliases: {acme/dns: acme/dns}"],
  ["a chain of aliases", "aliases: {a/b: c/d, c/d: e/f}"],
  ["an address with steps", "aliases: {../x: acme/dns}"],
  ["an owner with a slash", "namespaces: {acme: {owner: evil/acme}}"],
  ["a fingerprint that is short", "blocked: {fingerprints: [ABCD]}"],
  ["an id that is a name", "blocked: {owners: [acme]}"],
  [
    "five thousand problems",
    `blocked: {addresses: [${Array(5_000)
      .fill("!")
      .map((_, at) => `x${at}`)
      .join(",")}]}`,
  ],
];

describe("a configuration with", () => {
  it.each(configurations)("%s is explained, in bounds", async (_, text) => {
    let parsed = parseSettings(null);
    const ms = await cpuMsOf(() => {
      parsed = parseSettings(text);
    });
    expect(ms).toBeLessThan(1_000);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems).not.toEqual([]);
    expect(problems.length).toBeLessThanOrEqual(21);
    for (const problem of problems) {
      expect(problem).toMatch(/^\.github\/registrar\.yml: ./);
      expect(problem).not.toMatch(odd);
      expect(problem.length).toBeLessThan(1_000);
    }
    expect(({} as { paused?: unknown }).paused).toBeUndefined();
    await expectExplained(registry().writing(".github/registrar.yml", text), {
      code: "configuration",
      says: /registrar\.yml/,
    });
  });
});
