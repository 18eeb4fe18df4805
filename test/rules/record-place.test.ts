import { describe, expect, it } from "vitest";
import { recordPlace } from "../../src/rules/record-place.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { registry } from "../support/builders/registry.ts";

const text = recordText("acme/dns", ["1.0.0"]);

describe("recordPlace", () => {
  it.each(["providers/acme/dns.json", "modules/acme/network/aws.json", "modules/AcMe/Net_work/aws.json"])(
    "passes a new record at %s",
    (path) => {
      expect(outcomesOf(recordPlace, registry().writing(path, text))).toEqual(["pass"]);
    },
  );

  it("knows the lettered layout", () => {
    const world = registry().with({ layout: "lettered" });
    expect(outcomesOf(recordPlace, world.writing("providers/a/acme/dns.json", text))).toEqual(["pass"]);
  });

  it.each([
    "providers/acme/terraform-provider-dns.json",
    "providers/ac_me/dns.json",
    "providers/acme/d.n.s.json",
    "providers/acme/.dns.json",
    "providers/\u212aoyeb/dns.json",
    "providers/acme/d\nns.json",
    "providers/__proto__/dns.json",
    "modules/acme/network/google-beta.json",
    "modules/acme/network/AWS.json",
  ])("fails a new record at %j, which no client can ask for", (path) => {
    const findings = findingsOf(recordPlace, registry().writing(path, text));
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding).toMatchObject({ outcome: "fail", path });
      expect(finding.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it("mentions capitals, which are published in lower case", () => {
    const [finding, ...others] = findingsOf(recordPlace, registry().writing("providers/AcMe/Dns.json", text));
    expect(finding).toMatchObject({ outcome: "pass", notice: true, message: expect.stringContaining("acme/dns") });
    expect(others).toEqual([]);
  });

  it("only mentions an address that the base has already", () => {
    const world = registry().withFile("providers/ac_me/dns.json", text).writing("providers/ac_me/dns.json", `${text} `);
    expect(outcomesOf(recordPlace, world)).toEqual(["notice"]);
  });

  it("has nothing to say of a removed record", () => {
    const world = registry().withFile("providers/ac_me/dns.json", text).writing("providers/ac_me/dns.json", null);
    expect(outcomesOf(recordPlace, world)).toEqual(["pass"]);
  });
});
