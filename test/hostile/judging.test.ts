import { describe, expect, it } from "vitest";
import { findCandidates } from "../../src/bump/candidates.ts";
import { planPublish } from "../../src/publish/plan.ts";
import { usableModule } from "../../src/publish/usable/module.ts";
import { parseRecord, type ModuleRecord, type ProviderRecord } from "../../src/registry/record.ts";
import { parseSettings } from "../../src/registry/settings.ts";
import { judge } from "../../src/rules/verdict.ts";
import { address, release } from "../support/builders/release.ts";
import { pathOf, registry } from "../support/builders/registry.ts";

const dns = pathOf("acme/dns");

describe("a change that hides something", () => {
  it("twins swapped", () => {
    const path = pathOf("acme/network/aws");
    const a = { version: "v3.0.0", commit: "a".repeat(40) };
    const b = { version: "3.0.0", commit: "b".repeat(40) };
    const text = (versions: unknown[]) => JSON.stringify({ versions }, null, 2);
    const verdict = judge(
      registry().withFile(path, text([a, b])).writing(path, text([b, a])).input,
    );
    const locations = [[a, b], [b, a]].map(
      (versions) => usableModule(parseRecord({ path, address: address("acme/network/aws"), text: text(versions) }) as ModuleRecord, { layout: "plain" }).versions[0]?.location,
    );
    console.log("twins", verdict.outcome, locations);
    expect(verdict.outcome).not.toBe("pass");
  });
  it("repeated keys", () => {
    const base = registry().withProvider("acme/dns", [release("1.0.0").entry as never]);
    const verdict = judge(base.editing(dns, (record) => JSON.stringify(record, null, 2).replace('"shasum":', '"shasum": "' + "e".repeat(64) + '", "shasum":')).input);
    console.log("repeated", verdict.outcome, verdict.findings.map((f) => f.message));
    expect(verdict.outcome).not.toBe("pass");
  });
  it("proto key", () => {
    const base = registry().withProvider("acme/dns", [release("1.0.0").entry as never]);
    const verdict = judge(base.editing(dns, (record) => JSON.stringify(record, null, 2).replace("{", '{ "__proto__": {},')).input);
    console.log("proto", verdict.outcome, verdict.findings.map((f) => f.message));
    expect(verdict.outcome).not.toBe("pass");
  });
  it("sums with a blank line", () => {
    const verdict = judge(registry().withProvider("acme/dns", [release("1.0.0").entry as never]).adding(release("1.1.0").withSums((t) => `${t}\n`)).input);
    console.log("blank", verdict.outcome);
    expect(verdict.outcome).toBe("fail");
  });
  it("protocol 4 alone", () => {
    const verdict = judge(registry().withProvider("acme/dns", [release("1.0.0").entry as never]).adding(release("1.1.0").withProtocols("4.0")).input);
    console.log("protocol", verdict.outcome);
    expect(verdict.outcome).toBe("fail");
  });
  it("unsigned allow with unusable key", () => {
    const verdict = judge(registry().withProvider("acme/dns", [release("1.0.0").entry as never]).withPolicy({ unsigned: "allow" }).withKeys({ usable: [], problems: ["broken"] })
      .adding(release("1.1.0").withSignature({ accepted: false, problem: "no-keys", verifiedBy: null } as never)).input);
    console.log("unsigned", verdict.outcome);
    expect(verdict.outcome).not.toBe("pass");
  });
  it("capitals take over", () => {
    const entry = (path: string) => ({ path, mode: "100644", size: 10, id: path });
    const plan = planPublish([entry("providers/ACME/dns.json"), entry(dns)], { layout: "plain" });
    console.log(plan.records.map((r) => [r.file.path, r.folders]));
    const m = planPublish([entry("modules/ACME/network/aws.json"), entry("modules/acme/network/aws.json")], { layout: "plain" });
    console.log(m.records.map((r) => [r.file.path, r.folders]));
    const verdict = judge(registry().withProvider("acme/dns", [release("1.0.0").entry as never]).writing("providers/ACME/dns.json", JSON.stringify({ versions: [release("1.0.0").entry] })).knowing(release("1.0.0", { of: "ACME/dns" }), "1.0.0").input);
    console.log(verdict.outcome, verdict.findings.filter((f) => f.outcome !== "pass" || f.notice).map((f) => f.message));
  });
  it("hinted", () => {
    const record = parseRecord({ path: dns, address: address("acme/dns"), text: JSON.stringify({ versions: [release("1.0.0").entry] }) }) as ProviderRecord;
    const releases = Array.from({ length: 25 }, (_, i) => ({ id: i, tag: `v9.0.${i}`, prerelease: false, publishedAt: "2026-03-01T00:00:00Z" }));
    const found = findCandidates(record, [...releases, { id: 99, tag: "v1.0.1", prerelease: false, publishedAt: "2026-03-02T00:00:00Z" }], "v1.0.1");
    expect(found.map((f) => f.tag)).toContain("v1.0.1");
  });
  it("settings: controls", () => {
    const r = parseSettings('"\\x9b31m\\u202e": 1\n');
    console.log(JSON.stringify(r), r.ok ? "" : /[\u0080-\u009f\u202e]/.test(r.problems.join()));
    if (!r.ok) expect(r.problems.join()).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
  it.each([["["], ["{a: "], ["- "], ["? "], ["&a "], ["!!x "], ["a:\n "], ["- - "], ["'"], ["\n"], ["#"], ["a: b\n"], ["*a "]])("settings deep %j", (unit) => {
    const started = performance.now();
    let said = "";
    try { const r = parseSettings(unit.repeat(Math.floor(256 * 1024 / unit.length))); said = r.ok ? "ok" : r.problems.join().slice(0, 80) + r.problems.length; } catch (e) { said = "THROWS " + String(e).slice(0, 80); }
    console.log(JSON.stringify(unit), Math.round(performance.now() - started), said);
  });
});
