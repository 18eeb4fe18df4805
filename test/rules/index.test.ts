import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushRules, rules, textRules } from "../../src/rules/index.ts";
import type { Rule } from "../../src/rules/rule.ts";

const folder = join(import.meta.dirname, "../../src/rules");
const isRule = (value: unknown): value is Rule => typeof value === "object" && value !== null && "per" in value;

/** The codes of the table in the design's section on verifying: they are what people search for, and never change. */
const designed = [
  ...["scope", "record-shape", "record-place", "record-head", "repository-owner", "address-unique", "append-only"],
  ...["version-syntax", "version-unique", "repository-identity", "release-published", "release-settled"],
  ...["record-matches-release", "sums-usable", "sums-cover-archives", "signature", "protocols"],
  ...["tag-commit", "new-record", "key-change", "not-withdrawn", "not-blocked", "archives"],
];

describe("the list of rules", () => {
  it("has every rule that a file of src/rules exports", async () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "index.ts");
    const exported = await Promise.all(
      files.map(async (file) => {
        const found = Object.values((await import(join(folder, file))) as object).filter(isRule);
        return found.map((rule) => ({ file, rule }));
      }),
    );
    const listed = new Set([...rules, ...pushRules]);
    const unlisted = exported.flat().filter(({ rule }) => !listed.has(rule));
    expect(unlisted.map(({ file }) => file)).toEqual([]);
    expect(exported.flat()).toHaveLength(listed.size);
  });

  it("has one code for each, but for the two halves of record-place", () => {
    const codes = rules.map((rule) => rule.code);
    const twice = codes.filter((code, index) => codes.indexOf(code) !== index);
    expect(twice).toEqual(["record-place"]);
    const [one, two] = rules.filter((rule) => rule.code === "record-place");
    expect([one?.per, two?.per]).toEqual(["record", "file"]);
  });

  it("has every rule of the design, under its code", () => {
    const codes = new Set(rules.map(({ code }) => code));
    expect(designed.filter((code) => !codes.has(code))).toEqual([]);
  });

  it("has texts for people in each", () => {
    for (const { code, title, help, example } of rules) {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(help).toMatch(/^[A-Z].*\.$/s);
      expect(example).toMatch(/^["A-Za-z].*\.$/);
    }
  });

  it("has the rules about a record's text among them", () => {
    expect(textRules.filter((rule) => !rules.includes(rule))).toEqual([]);
    expect(textRules.length).toBeGreaterThan(0);
  });

  it("begins with what makes all else void", () => {
    expect(rules[0]?.code).toBe("scope");
  });
});
