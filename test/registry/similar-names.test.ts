import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressText } from "../../src/registry/address.ts";
import { editDistance, likeness } from "../../src/registry/look-alikes.ts";
import { findSimilarNames } from "../../src/registry/similar-names.ts";
import { pathOf } from "../support/builders/registry.ts";
import { address } from "../support/builders/release.ts";

describe("likeness", () => {
  it.each([
    ["hashicorp", "hashic0rp", "looks the same"],
    ["hashicorp", "hash1corp", "looks the same"],
    ["hashicorp", "HASHlCORP", "looks the same"],
    ["cloudflare", "doudflare", "looks the same"],
    ["terraform", "terrafonn", "two letters"],
    ["modem", "modern", "looks the same"],
    ["aws", "avvs", "looks the same"],
    ["data-dog", "datadog", "hyphens"],
    ["data_dog", "data-dog", "hyphens"],
    ["grafana", "grafanna", "one letter"],
    ["grafana", "graafna", "one letter"],
    ["hashicorp", "hashicrop", "one letter"],
    ["hashicorp", "hasihcrop", "two letters"],
    ["hashicorp", "hashicorp-official", "words"],
    ["my-company-cloudflare", "cloudflare", "words"],
  ] as const)("of %s and %s is %s, either way round", (one, other, expected) => {
    expect(likeness(one, other)).toBe(expected);
    expect(likeness(other, one)).toBe(expected);
  });

  it.each([
    ["hashicorp", "HashiCorp"],
    ["aws", "awx"],
    ["dns", "dnsimple"],
    ["acme", "acne"],
    ["google", "gitlab"],
    ["hashicorp", "globex"],
    ["acme-aws", "aws"],
  ])("of %s and %s is none", (one, other) => {
    expect(likeness(one, other)).toBeNull();
  });
});

describe("editDistance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });

  it("is the same either way, none of a word to itself, and never more than asked for", () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
        const distance = editDistance(a, b, most);
        expect(editDistance(b, a, most)).toBe(distance);
        if (a === b) expect(distance).toBe(0);
        if (distance !== null) expect(distance).toBeLessThanOrEqual(most);
        const unbounded = editDistance(a, b, 12) ?? -1;
        expect(distance).toBe(unbounded <= most ? unbounded : null);
      }),
    );
  });

  it.each([
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["", "ab", 2],
    ["ca", "abc", 3],
  ])("from %s to %s is %i", (a, b, expected) => {
    expect(editDistance(a, b, 5)).toBe(expected);
  });
});

describe("findSimilarNames", () => {
  const records = (...texts: string[]) => texts.map((text) => ({ path: pathOf(text), address: address(text) }));
  const similarTo = (text: string, ...others: string[]) => findSimilarNames(address(text), records(...others));

  it("finds the same name in a namespace that looks the same, with how it differs", () => {
    expect(similarTo("hashic0rp/aws", "hashicorp/aws", "hashicorp/google", "globex/aws")).toEqual([
      { name: "hashicorp/aws", how: "the namespace looks the same", path: "providers/hashicorp/aws.json" },
    ]);
  });

  it("finds a namespace that is alike where the names differ, and one that people know from elsewhere", () => {
    expect(similarTo("globexx/new", "globex/aws", "globex/dns")).toEqual([
      { name: "globex", how: "the namespace differs in one letter", path: null },
    ]);
    expect(similarTo("cl0udflare/new")).toEqual([
      { name: "cloudflare", how: "the namespace looks the same", path: null },
    ]);
  });

  it("takes both parts together", () => {
    expect(similarTo("data-dog/mon1tor", "datadog/monitor").map(({ how }) => how)).toEqual([
      "the namespace differs in hyphens alone, and the name looks the same",
    ]);
  });

  it("says nothing of a namespace that has records here, nor of other names in the own one", () => {
    expect(similarTo("globexx/new", "globex/aws", "globexx/dns")).toEqual([]);
    expect(similarTo("globex/awss", "globex/aws", "globex/awx")).toEqual([]);
    expect(similarTo("globex/a-ws", "globex/aws")).toHaveLength(1);
  });

  it("tells providers from modules, and modules of one system from those of another", () => {
    expect(
      similarTo("hashic0rp/consul/aws", "hashicorp/consul/aws", "hashicorp/consul/azurerm").map(({ name }) => name),
    ).toEqual(["hashicorp/consul/aws"]);
    expect(similarTo("hashic0rp/consul", "hashicorp/consul/aws").map(({ path }) => path)).toEqual([null]);
  });

  it("names no more than a person looks at", () => {
    const many = Array.from({ length: 30 }, (_, at) => `hashicorp${String.fromCharCode(97 + (at % 26))}/aws`);
    expect(similarTo("hashicorp/aws", ...new Set(many))).toHaveLength(5);
  });

  it("is quick for 4,000 records", () => {
    const many = Array.from({ length: 4000 }, (_, at) => `namespace${(at * 7919) % 2500}/provider-name-${at}`);
    const all = records(...many);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      findSimilarNames(address("namespacee77/provider-name-x"), all);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(500);
    expect(all.map(({ address: one }) => addressText(one))).toHaveLength(4000);
  });
});
