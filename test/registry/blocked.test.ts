import { describe, expect, it } from "vitest";
import { blockedAddress, isBlockable } from "../../src/registry/blocked.ts";
import { address } from "../support/builders/release.ts";

describe("blockedAddress", () => {
  it.each([
    ["evil/dns", "evil/dns", true],
    ["evil/dns", "EVIL/Dns", true],
    ["Evil/DNS", "evil/dns", true],
    ["evil/dns", "evil/dns2", false],
    ["evil/dns", "evil/dns/aws", false],
    ["evil/dns", "notevil/dns", false],
    ["evil/*", "evil/dns", true],
    ["evil/*", "evil/network/aws", true],
    ["evil/*", "evil2/dns", false],
    ["evil/network/*", "evil/network/aws", true],
    ["evil/network/*", "evil/network", false],
    ["evil/network/aws", "evil/network/aws", true],
    ["evil/network/aws", "evil/network/gcp", false],
  ])("of %s for %s: %s", (entry, wanted, blocked) => {
    expect(blockedAddress(address(wanted), { addresses: ["other/one", entry] })).toBe(blocked ? entry : undefined);
  });

  it("blocks nothing where nothing is listed", () => {
    expect(blockedAddress(address("evil/dns"), { addresses: [] })).toBeUndefined();
  });
});

describe("isBlockable", () => {
  it.each(["evil/dns", "evil/net/aws", "evil/*", "evil/net/*", "Evil/Dns"])("takes %s", (text) => {
    expect(isBlockable(text)).toBe(true);
  });

  it.each([
    "",
    "*",
    "evil",
    "*/*",
    "/*",
    "evil/",
    "evil/d*",
    "*/dns",
    "evil/net/aws/*",
    "evil//*",
    "e vil/dns",
    "evil/net/A!",
  ])("refuses %j", (text) => {
    expect(isBlockable(text)).toBe(false);
  });
});
