import { describe, expect, it } from "vitest";
import {
  addressText,
  checkAddress,
  defaultRepository,
  parseAddress,
  parseRecordPath,
  publishedProvider,
  recordPath,
} from "../../src/registry/address.ts";
import { address } from "../support/builders/release.ts";

const dns = { kind: "provider", namespace: "acme", type: "dns" } as const;
const network = { kind: "module", namespace: "acme", name: "network", system: "aws" } as const;

describe("parseAddress", () => {
  it.each([
    ["acme/dns", dns],
    ["acme/network/aws", network],
    ["AcMe/DNS", { kind: "provider", namespace: "AcMe", type: "DNS" }],
  ])("reads %s", (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  it.each(["", "acme", "acme/", "/dns", "acme//aws", "acme/network/", "a/b/c/d", "/", "//"])(
    "gives nothing for %j",
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});

describe("recordPath", () => {
  it.each([
    [dns, "plain", "providers/acme/dns.json"],
    [dns, "lettered", "providers/a/acme/dns.json"],
    [{ ...dns, namespace: "AcMe" }, "lettered", "providers/a/AcMe/dns.json"],
    [network, "plain", "modules/acme/network/aws.json"],
    [network, "lettered", "modules/a/acme/network/aws.json"],
  ] as const)("puts %j of the layout %s at %s, and parseRecordPath reads it back", (of, layout, path) => {
    expect(recordPath(of, layout)).toBe(path);
    expect(parseRecordPath(path, layout)).toEqual(of);
  });
});

describe("parseRecordPath", () => {
  it.each([
    ["providers/acme/dns.json", "lettered"],
    ["providers/a/acme/dns.json", "plain"],
    ["providers/b/acme/dns.json", "lettered"],
    ["providers/A/acme/dns.json", "lettered"],
    ["providers/acme/network/aws.json", "plain"],
    ["modules/acme/dns.json", "plain"],
    ["modules/a/acme/network/aws.json", "plain"],
    ["providers/acme/dns.JSON", "plain"],
    ["providers/acme/dns.json.bak", "plain"],
    ["providers/acme/dns", "plain"],
    ["providers/acme/.json", "plain"],
    ["providers/acme.json", "plain"],
    ["providers/dns.json", "lettered"],
    ["providers//dns.json", "plain"],
    ["Providers/acme/dns.json", "plain"],
    ["./providers/acme/dns.json", "plain"],
    ["other/providers/acme/dns.json", "plain"],
    ["keys/acme/dns.json", "plain"],
    ["__proto__/acme/dns.json", "plain"],
    ["", "plain"],
  ] as const)("takes %s for no record of the layout %s", (path, layout) => {
    expect(parseRecordPath(path, layout)).toBeUndefined();
  });
});

describe("addressText", () => {
  it.each(["acme/dns", "acme/network/aws"])("prints %s as it was read", (text) => {
    expect(addressText(address(text))).toBe(text);
  });
});

describe("defaultRepository", () => {
  it.each([
    ["acme/dns", "acme/terraform-provider-dns"],
    ["AcMe/Dns", "AcMe/terraform-provider-Dns"],
    ["acme/network/aws", "acme/terraform-aws-network"],
  ])("of %s is %s", (text, repository) => {
    expect(defaultRepository(address(text))).toBe(repository);
  });
});

describe("publishedProvider", () => {
  it("is in lower case, as clients ask for it", () => {
    expect(publishedProvider({ kind: "provider", namespace: "AcMe", type: "DNS" })).toEqual({
      namespace: "acme",
      type: "dns",
    });
  });
});

describe("checkAddress", () => {
  const long = (length: number) => "a".repeat(length);

  it.each([
    "acme/dns",
    "AcMe/Dns",
    "a/b",
    "1and1/ionos",
    "my-org/google-beta",
    `${long(70)}/dns`,
    "acme/terraformer",
    "acme/network/aws",
    "AcMe/Net_work-1/aws",
    `${long(64)}/${long(64)}/${long(64)}`,
    "acme/terraform-x/aws",
    "a--b/c__d/aws2",
  ])("finds nothing wrong with %s", (text) => {
    expect(checkAddress(address(text))).toEqual([]);
  });

  it.each([
    ["ac.me/dns", "namespace"],
    ["ac_me/dns", "namespace"],
    ["ac--me/dns", "namespace"],
    ["-acme/dns", "namespace"],
    ["acme-/dns", "namespace"],
    ["acme/d_ns", "type"],
    ["acme/d.ns", "type"],
    ["acme/dns-", "type"],
    ["acme/-dns", "type"],
    ["acme/d ns", "type"],
    ["acme/dns\n", "type"],
    ["acmé/dns", "namespace"],
    // A Kelvin sign is a k in lower case, a dotless i an I in upper case.
    ["\u212aoyeb/dns", "namespace"],
    ["acme/d\u0131ns", "type"],
    ["acme/terraform-dns", "type"],
    ["acme/Terraform-Provider-dns", "type"],
    ["acme/opentofu-dns", "type"],
    ["-acme/network/aws", "namespace"],
    ["acme/network-/aws", "name"],
    ["acme/_network/aws", "name"],
    ["acme/net.work/aws", "name"],
    [`acme/${long(65)}/aws`, "name"],
    [`${long(65)}/network/aws`, "namespace"],
    ["acme/network/AWS", "system"],
    ["acme/network/google-beta", "system"],
    [`acme/network/${long(65)}`, "system"],
    ["acme/network/aws\n", "system"],
  ])("says that clients cannot ask for %j because of its %s", (text, part) => {
    expect(checkAddress(address(text))).toEqual([expect.stringContaining(`The ${part} "`)]);
  });

  it("says everything at once", () => {
    expect(checkAddress(address("_a/terraform-_"))).toHaveLength(3);
    expect(checkAddress(address("_a/_b/_c"))).toHaveLength(3);
  });

  it("quotes hostile names in one plain line", () => {
    const problems = checkAddress({ kind: "provider", namespace: "a\u202eb\u0007\nc", type: "dns" });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(String.raw`"a\u202eb\u0007\nc"`);
  });
});
