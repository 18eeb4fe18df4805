import { describe, expect, it } from "vitest";
import { coverageOf, type PublishedNames } from "../../src/registry/key-coverage.ts";

const names: PublishedNames = {
  paths: [
    "providers/acme/dns.json",
    "providers/ACME/Mail.json",
    "providers/corp/dns.json",
    "providers/other/dns.json",
    "modules/acme/network/aws.json",
    "keys/acme/a.asc",
  ],
  layout: "plain",
  namespaces: { corp: { owner: "Acme" } },
  aliases: {
    "names/dns": "corp/dns",
    "post/mail": "acme/mail",
    "nets/network/aws": "acme/network/aws",
    "x/dns": "other/dns",
  },
};
const addresses = (path: string, of = names) => coverageOf(path, of).addresses;

describe("coverageOf", () => {
  it("follows mappings and aliases, whatever the case of names", () => {
    expect(addresses("keys/acme/new.asc")).toEqual([
      "acme/dns",
      "ACME/Mail",
      "corp/dns",
      "names/dns (alias of corp/dns)",
      "post/mail (alias of acme/mail)",
    ]);
  });

  it("ends at a provider where the key lies in its folder", () => {
    expect(addresses("keys/acme/mail/new.asc")).toEqual(["ACME/Mail", "post/mail (alias of acme/mail)"]);
  });

  it("is empty where a mapping has replaced the namespace, where nothing is, and where no key belongs", () => {
    for (const path of ["keys/corp/new.asc", "keys/nobody/new.asc", "keys/new.asc", "keys/a/acme/x/new.asc"]) {
      expect(addresses(path)).toEqual([]);
    }
  });

  it("knows the other layout", () => {
    const lettered = { ...names, layout: "lettered", paths: ["providers/a/acme/dns.json"], aliases: {} } as const;
    expect(addresses("keys/a/acme/new.asc", lettered)).toEqual(["acme/dns"]);
    expect(addresses("keys/b/acme/new.asc", lettered)).toEqual([]);
  });
});
