import { describe, expect, it } from "vitest";
import { compareTrees } from "../../src/registry/change.ts";
import { configurationPath } from "../../src/registry/tree.ts";
import { configuration } from "../../src/rules/configuration.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { registry } from "../support/builders/registry.ts";

describe("configuration", () => {
  it.each([
    ["a right one", "paused: true"],
    ["an empty one", ""],
    ["its removal", null],
  ])("passes %s", (_, text) => {
    expect(outcomesOf(configuration, registry().writing(configurationPath, text))).toEqual(["pass"]);
  });

  it("fails a wrong one, once for each problem", () => {
    const findings = findingsOf(configuration, registry().writing(configurationPath, "polcy: {}\npaused: 1"));
    expect(findings.map((finding) => finding.outcome)).toEqual(["fail", "fail"]);
    expect(findings.map((finding) => finding.path)).toEqual([configurationPath, configurationPath]);
    expect(findings.map((finding) => finding.message).join()).toContain('unknown key "polcy"');
  });

  it.each(["120000", "160000", "100755"])("fails one of git's mode %s, which nobody would read any more", (mode) => {
    expect(outcomesOf(configuration, registry().writing(configurationPath, "paused: true", mode))).toEqual(["fail"]);
    const change = compareTrees([{ path: configurationPath, before: "", after: null, mode }], "plain");
    expect(judge({ ...registry().input, change }, [configuration]).outcome).toBe("fail");
  });

  it("says nothing of other files", () => {
    expect(outcomesOf(configuration, registry().writing(".github/other.yml", "polcy: {}"))).toEqual(["pass"]);
  });
});
