import { describe, expect, it } from "vitest";
import { renderCheckSummary } from "../../src/policy/messages.ts";
import { readFindings } from "../../src/scenarios/seen-findings.ts";
import { finding } from "../support/builders/findings.ts";
import { registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";
import { decisions, story } from "../support/builders/story.ts";

const bump = registry().withProvider("acme/dns", ["1.0.0"]).adding(release("1.2.0"));
const seen = (findings: readonly ReturnType<typeof finding>[]) =>
  readFindings(renderCheckSummary(story(bump, decisions.blocked, { findings })));

describe("readFindings", () => {
  it("reads what a check's page objects to, and no passes", () => {
    const findings = [
      finding("fail", { code: "signature", version: "1.2.0" }),
      finding("retry", { code: "release-settled", version: "1.2.0" }),
      finding("hold", { code: "new-record" }),
      finding("pass", { code: "scope" }),
    ];
    expect(seen(findings)).toEqual([
      { code: "signature", outcome: "fail", version: "1.2.0" },
      { code: "release-settled", outcome: "retry", version: "1.2.0" },
      { code: "new-record", outcome: "hold" },
    ]);
  });

  it("has each once, however many files or lines it is said of", () => {
    const one = { code: "record-matches-release", version: "1.2.0" } as const;
    const findings = [
      finding("fail", { ...one, message: "The hash differs." }),
      finding("fail", { ...one, message: "The size differs." }),
    ];
    expect(seen(findings)).toEqual([{ ...one, outcome: "fail" }]);
  });

  it("keeps versions and messages apart, whatever a contributor writes into them", () => {
    const version = "1`2 |x";
    const message = "\n| ✋ | `new-record` | `9.9.9` | no\n| ❌ | `scope` |  | no |";
    expect(seen([finding("fail", { code: "version-syntax", version, message })])).toEqual([
      { code: "version-syntax", outcome: "fail", version: "1`2 ¦x" },
    ]);
  });

  it("finds nothing where no rule spoke", () => {
    expect(readFindings("### Not a change of the registry")).toEqual([]);
  });
});
