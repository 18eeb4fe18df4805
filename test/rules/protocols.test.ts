import { describe, expect, it } from "vitest";
import { protocols } from "../../src/rules/protocols.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion, version } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]);

describe("protocols", () => {
  it.each([["5"], ["5.0"], ["6.0"], ["6.10"], ["4.0", "5.1"], ["7.0", "6.0"]])("passes %s", (...list) => {
    expect(outcomesOf(protocols, base.adding(release("1.1.0").withProtocols(...list)))).toEqual(["pass"]);
  });

  it.each([
    [["4.0"], "No client speaks"],
    [["7.0"], "No client speaks"],
    [["50.0"], "No client speaks"],
    [["05.0"], "MAJOR.MINOR"],
    [["5.0", "6.01"], "MAJOR.MINOR"],
    [["5.0", "18446744073709551616.0"], "MAJOR.MINOR"],
    [[], "No client speaks"],
  ])("fails %j: %s", (list, says) => {
    const [finding, ...others] = findingsOf(protocols, base.adding(release("1.1.0").withProtocols(...list)));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      outcome: "fail",
      pointer: "/versions/0/protocols",
      message: expect.stringContaining(says),
    });
  });

  it.each([[undefined], [null], ["5.0"], [{ 0: "5.0" }], [[5]], [[null]]])("fails protocols that are %j", (odd) => {
    expect(outcomesOf(protocols, base.adding(release("1.1.0"), version("1.1.0", { protocols: odd })))).toEqual([
      "fail",
    ]);
  });

  it("says nothing of what the base has, and of modules", () => {
    const old = registry().withProvider("acme/dns", [version("1.0.0", { protocols: ["4.0"] })]);
    expect(outcomesOf(protocols, old.adding(release("1.1.0")))).toEqual(["pass"]);
    const module = registry().editing(pathOf("acme/network/aws"), () => ({ versions: [moduleVersion("v1.0.0")] }));
    expect(outcomesOf(protocols, module)).toEqual([]);
  });
});
