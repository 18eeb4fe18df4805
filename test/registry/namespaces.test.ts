import { describe, expect, it } from "vitest";
import { homeRepository, keysFolder, ownerOf } from "../../src/registry/namespaces.ts";
import { address } from "../support/builders/release.ts";

const namespaces = { HashiCorp: { owner: "opentofu" } };

describe("ownerOf", () => {
  it.each([
    ["hashicorp", "opentofu"],
    ["HASHICORP", "opentofu"],
    ["acme", "acme"],
    ["Acme", "Acme"],
    ["opentofu", "opentofu"],
    // A Kelvin sign is no k, though its small letter is.
    ["hashicor\u212a", "hashicor\u212a"],
    ["constructor", "constructor"],
  ])("of %s is %s", (namespace, owner) => {
    expect(ownerOf(namespace, { namespaces })).toBe(owner);
  });

  it("is the namespace where nothing is mapped", () => {
    expect(ownerOf("acme", {})).toBe("acme");
  });

  it("is followed once", () => {
    expect(ownerOf("a", { namespaces: { a: { owner: "b" }, b: { owner: "c" } } })).toBe("b");
  });
});

describe("homeRepository", () => {
  it("is the mapped owner's", () => {
    expect(homeRepository(address("hashicorp/aws"), { namespaces })).toBe("opentofu/terraform-provider-aws");
    expect(homeRepository(address("hashicorp/net/aws"), { namespaces })).toBe("opentofu/terraform-aws-net");
    expect(homeRepository(address("acme/dns"), { namespaces })).toBe("acme/terraform-provider-dns");
  });
});

describe("keysFolder", () => {
  it.each([
    ["acme", "plain", "keys/acme"],
    ["Acme", "lettered", "keys/a/Acme"],
    ["hashicorp", "plain", "keys/opentofu"],
    ["hashicorp", "lettered", "keys/o/opentofu"],
  ] as const)("of %s in the layout %s is %s", (namespace, layout, folder) => {
    expect(keysFolder(namespace, { layout, namespaces })).toBe(folder);
  });
});
