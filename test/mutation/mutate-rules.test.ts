import { describe, expect, it } from "vitest";
import { rules } from "../../src/rules/index.ts";
import { listedRules } from "./rule-exports.ts";
import { runTests } from "./run-tests.ts";

const file = "test/rules/protocols.test.ts";

describe("a broken rule", () => {
  it("is noticed by its test, which passes while the rule is sound", async () => {
    const [sound, broken] = await Promise.all([runTests([file], ""), runTests([file], "protocols")]);
    expect(sound).toMatchObject({ failed: null });
    expect(sound.tests).toBeGreaterThan(0);
    expect(broken.failed?.file).toBe(file);
  });

  it("is any of the list, each under a name of its own", () => {
    const names = listedRules().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(rules.length);
  });

  it("that is not in the list ends the run, rather than passing for noticed", async () => {
    await expect(runTests([file], "no-such-rule")).rejects.toThrow(/No rule is called no-such-rule/);
  });
});
