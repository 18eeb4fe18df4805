import { describe, expect, it } from "vitest";
import { findWaived, waivableRules, withoutWaived } from "../../src/policy/waiver.ts";
import type { Finding } from "../../src/registry/finding.ts";
import { rules } from "../../src/rules/index.ts";
import { digestFindings } from "../../src/rules/verdict.ts";
import { finding } from "../support/builders/findings.ts";

const headSha = "c0ffee1".padEnd(40, "0");
const removed = finding("fail", { code: "append-only", version: "1.0.0", waivable: true });
const rewritten = finding("hold", { code: "append-only", version: "1.1.0", waivable: true, liftable: true });
const other = finding("hold", { code: "new-record" });
const waiverOf = (...findings: readonly Finding[]) => ({
  rule: "append-only",
  headSha,
  objections: digestFindings(findings),
  by: { id: 1, login: "mia" },
  because: "it was malware",
});
const waived = (findings: readonly Finding[], waivers = [waiverOf(removed, rewritten)], head = headSha) =>
  findWaived({ outcome: "fail", findings }, { waivers, headSha: head }).map((one) => one.finding);

describe("findWaived", () => {
  it("lifts exactly what the rule said, in whatever order, and nothing of another rule", () => {
    expect(waived([other, rewritten, removed])).toEqual([rewritten, removed]);
  });

  it.each([
    ["another commit", [removed, rewritten], "d".repeat(40)],
    ["one finding more", [removed, rewritten, { ...removed, version: "1.2.0" }], headSha],
    ["one finding less", [removed], headSha],
    ["another word", [removed, { ...rewritten, message: "Something else." }], headSha],
    ["another outcome", [removed, { ...rewritten, outcome: "fail" as const }], headSha],
    ["another place", [removed, { ...rewritten, pointer: "/versions/3" }], headSha],
    ["another file", [removed, { ...rewritten, path: "providers/acme/other.json" }], headSha],
  ])("lifts nothing at %s", (_, findings, head) => {
    expect(waived(findings, undefined, head)).toEqual([]);
  });

  it("lifts nothing that its rule no longer lets be waived, and no retry", () => {
    const { waivable: _, ...never } = removed;
    expect(waived([never], [waiverOf(never)])).toEqual([]);
    const retry = finding("retry", { code: "append-only", waivable: true });
    expect(waived([retry], [waiverOf(retry)])).toEqual([]);
  });
});

describe("withoutWaived", () => {
  it("leaves what still stands, by its own worst outcome", () => {
    const verdict = { outcome: "fail", findings: [removed, rewritten, other, finding("pass")] } as const;
    const lifted = findWaived(verdict, { waivers: [waiverOf(removed, rewritten)], headSha });
    expect(withoutWaived(verdict, lifted)).toEqual({ outcome: "hold", findings: [other, finding("pass")] });
    expect(withoutWaived(verdict, [])).toBe(verdict);
  });

  it("makes nothing better that findings do not explain", () => {
    const verdict = { outcome: "fail", findings: [rewritten, finding("pass")] } as const;
    const lifted = findWaived(verdict, { waivers: [waiverOf(rewritten)], headSha });
    expect(withoutWaived(verdict, lifted).outcome).toBe("fail");
  });
});

describe("the rules that may be waived", () => {
  it("are those whose objections are a question of trust; what crashes or misleads clients never is", () => {
    const codes = new Set(rules.filter(({ waivable }) => waivable === true).map(({ code }) => code));
    expect([...codes].sort()).toEqual(["append-only", "repository-owner"]);
    expect(waivableRules({ outcome: "fail", findings: [removed, rewritten, other] })).toEqual(["append-only"]);
  });
});
