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

  describe("where the configuration has aliases", () => {
    const aliased = base.withSettings({ aliases: { "Globex/Dns": "acme/dns", "globex/net/aws": "acme/network/aws" } });

    it.each([
      ["a new record at an alias's address", aliased.adding(release("1.0.0", { of: "globex/dns" })), "Globex/Dns"],
      ["one in another case", aliased.adding(release("1.0.0", { of: "GLOBEX/dns" })), "Globex/Dns"],
      ["a new module there", aliased.writing(pathOf("globex/net/aws"), module), "globex/net/aws"],
      ["one by Registrar", aliased.adding(release("1.0.0", { of: "globex/dns" })).byRegistrar(), "Globex/Dns"],
    ])("fails %s, and names both", (_, world, alias) => {
      const [finding, ...others] = findingsOf(addressUnique, world);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ outcome: "fail", message: expect.stringContaining(alias) });
      expect(finding?.message).toContain(`"acme/${alias.includes("net") ? "network/aws" : "dns"}"`);
    });

    it.each([
      ["a bump of the record that it leads to", aliased.adding(release("1.1.0"))],
      ["a new record beside it", aliased.adding(release("1.0.0", { of: "globex/web" }))],
      ["a module of the address's beginning", aliased.writing(pathOf("globex/dns/aws"), module)],
      [
        "the removal of a record there",
        aliased.withProvider("globex/dns", ["1.0.0"]).writing(pathOf("globex/dns"), null),
      ],
      [
        "a bump of a record that is there already",
        aliased.withProvider("globex/dns", ["1.0.0"]).adding(release("1.1.0", { of: "globex/dns" })),
      ],
    ])("passes %s", (_, world) => {
      expect(outcomesOf(addressUnique, world)).toEqual(["pass"]);
    });
  });

  it("does not mistake a name that every object inherits for another record", () => {
    const change = registry().writing("providers/__proto__/constructor.json", "{}").input.change;
    expect(findTaken(change, ["providers/acme/dns.json"], "plain")).toEqual({});
  });
});
