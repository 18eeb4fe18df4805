import { describe, expect, it } from "vitest";
import { addressUnique, findTaken } from "../../src/rules/address-unique.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]).withModule("acme/network/aws", ["v1.0.0"]);
const module = recordText("acme/network/aws", ["v1.0.0"]);

describe("addressUnique", () => {
  it("passes a bump, and a new record of another address", () => {
    expect(outcomesOf(addressUnique, base.adding(release("1.1.0")))).toEqual(["pass"]);
    expect(outcomesOf(addressUnique, base.adding(release("1.0.0", { of: "acme/web" })))).toEqual(["pass"]);
    expect(outcomesOf(addressUnique, base.writing(pathOf("acme/dns/aws"), module))).toEqual(["pass"]);
  });

  it.each([
    ["a provider", base.adding(release("1.0.0", { of: "Acme/DNS" })), "providers/acme/dns.json"],
    ["a module", base.writing(pathOf("ACME/Network/aws"), module), "modules/acme/network/aws.json"],
  ])("fails %s that is there in another case, and names it", (_, world, other) => {
    expect(findingsOf(addressUnique, world)).toEqual([
      expect.objectContaining({ outcome: "fail", message: expect.stringContaining(other) }),
    ]);
  });

  it("fails the second of two in one pull request", () => {
    const two = base.adding(release("1.0.0", { of: "acme/web" })).adding(release("1.0.0", { of: "acme/Web" }));
    expect(outcomesOf(addressUnique, two)).toEqual(["fail", "pass"]);
  });

  it("fails a record that is moved to another case", () => {
    const moved = base.writing(pathOf("acme/dns"), null).adding(release("1.0.0", { of: "acme/DNS" }));
    expect(outcomesOf(addressUnique, moved)).toEqual(["fail", "pass"]);
  });

  it("says nothing of two that the base has already", () => {
    const old = base.withProvider("Acme/dns", ["1.0.0"]);
    expect(outcomesOf(addressUnique, old.adding(release("1.1.0", { of: "Acme/dns" })))).toEqual(["pass"]);
  });

  it("does not mistake a name that every object inherits for another record", () => {
    const change = registry().writing("providers/__proto__/constructor.json", "{}").input.change;
    expect(findTaken(change, ["providers/acme/dns.json"], "plain")).toEqual({});
  });
});
