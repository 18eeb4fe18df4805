import { describe, it } from "vitest";
import { registry } from "../../support/builders/registry.ts";
import { release } from "../../support/builders/release.ts";
import { expectExplained } from "./support.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]).withModule("acme/network/aws", ["v1.0.0"]);
const text = JSON.stringify({ versions: [release("1.1.0").entry] });
const place = /(?:no place|must be|must not|clients refuse)/;

// Where a file may lie, and what clients can ask for: design.md, sections 3 and 5; client contract, section 2.
const places: readonly (readonly [string, string, RegExp])[] = [
  ["a file where folders are", "providers", place],
  ["a file where keys are", "keys", place],
  ["steps up", "providers/../acme/x.json", place],
  ["steps nowhere", "providers/./acme/x.json", place],
  ["an empty folder name", "providers//x.json", place],
  ["a leading dot", "providers/.acme/x.json", place],
  ["a backslash", "providers/acme\\x.json", place],
  ["a backslash as a name", "providers/acme/..\\x.json", place],
  ["a drive letter", "providers/C:/x.json", place],
  ["look-alike letters", "providers/аcme/dns.json", place],
  ["full-width letters", "providers/ａｃｍｅ/dns.json", place],
  ["a combining accent", "providers/acme\u0301/dns.json", place],
  ["a zero-width space", "providers/acme\u200b/dns.json", place],
  ["a bidirectional override", "providers/acme/\u202edns.json", place],
  ["a line break", "providers/acme/d\nns.json", place],
  ["an escape sequence", "providers/acme/\u001b[2Jdns.json", place],
  ["a NUL character", "providers/acme/dns\0.json", place],
  ["a space at the end", "providers/acme /dns.json", place],
  ["a space before the end", "providers/acme/dns .json", place],
  ["a dot at the end", "providers/acme./dns.json", place],
  ["another ending", "providers/acme/dns.JSON", place],
  ["two endings", "providers/acme/dns.json.json", place],
  ["no name", "providers/acme/.json.json", place],
  ["no folder", "providers/dns.json", place],
  ["one folder too many", "providers/acme/dns/x.json", place],
  ["the other layout", "providers/a/acme/x.json", place],
  ["punycode", "providers/xn--acme-9za/dns.json", place],
  ["two hyphens", "providers/ac--me/dns.json", place],
  ["a hyphen at its end", "providers/acme-/dns.json", place],
  ["an underscore", "providers/acme/d_ns.json", place],
  ["a word that clients refuse", "providers/acme/terraform-dns.json", place],
  ["the same in capitals", "providers/acme/TERRAFORM-dns.json", place],
  ["thousands of characters", `providers/${"a".repeat(4000)}/${"!".repeat(4000)}.json`, place],
  ["a system in capitals", "modules/acme/network/AWS.json", place],
  ["a system with a hyphen", "modules/acme/network/google-beta.json", place],
  ["65 letters", `modules/acme/${"n".repeat(65)}/aws.json`, place],
  ["a name of every object", "modules/__proto__/constructor/aws.json", place],
  ["markup", "providers/acme/<img src=x onerror=alert(1)>.json", place],
  ["Markdown", "providers/acme/](https://evil.example).json", place],
  ["a mention", "providers/@everyone/dns.json", place],
];

describe("a record whose path has", () => {
  it.each(places)("%s is explained", async (_, path, says) => {
    await expectExplained(base.writing(path, text), { code: "record-place", says });
  });
});

// Nothing of the registry is meant by these, and nobody's README is merged with a record.
describe("a file beside a record", () => {
  it.each([
    ".github/workflows/steal.yml",
    ".github/CODEOWNERS",
    ".gitattributes",
    ".gitmodules",
    "Providers/acme/dns.json",
    "../providers/acme/dns.json",
    "/providers/acme/dns.json",
    "README.md\u202e",
    "a".repeat(4000),
    "\u001b]0;title\u0007",
  ])("at %j is explained", async (path) => {
    const world = base.adding(release("1.1.0")).writing(path, "x");
    await expectExplained(world, { code: "scope", says: /other files as well/ });
  });
});

describe("an address that is taken", () => {
  it.each([
    ["providers/ACME/dns.json", "providers/acme/dns.json"],
    ["providers/acme/DNS.json", "providers/acme/dns.json"],
    ["modules/Acme/Network/aws.json", "modules/acme/network/aws.json"],
  ])("cannot be had once more as %s", async (path, of) => {
    await expectExplained(base.writing(path, text), { code: "address-unique", says: new RegExp(of) });
  });

  it("cannot be had twice in one pull request", async () => {
    const world = registry().writing("providers/acme/x.json", text).writing("providers/Acme/X.json", text);
    await expectExplained(world, { code: "address-unique", says: /providers\/acme\/x\.json/ });
  });

  it("cannot be had where an alias publishes another record", async () => {
    const world = registry()
      .withSettings({ aliases: { "hashicorp/dns": "acme/dns" } })
      .writing("providers/HashiCorp/dns.json", text);
    await expectExplained(world, { code: "address-unique", says: /acme\/dns/ });
  });
});
