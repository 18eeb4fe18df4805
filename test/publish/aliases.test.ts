import { describe, expect, it } from "vitest";
import { planPublish } from "../../src/publish/plan.ts";
import type { TreeFile } from "../../src/registry/tree.ts";

const file = (path: string, more: Partial<TreeFile> = {}): TreeFile => ({
  path,
  mode: "100644",
  size: 10,
  id: "1",
  ...more,
});

function plan(files: readonly (string | TreeFile)[], aliases: Record<string, string>) {
  const { records, findings } = planPublish(
    files.map((item) => (typeof item === "string" ? file(item) : item)),
    { layout: null, aliases },
  );
  return {
    folders: Object.fromEntries(records.map((record) => [record.file.path, record.folders])),
    findings: findings.map(({ code, path, pointer, outcome }) => [code, path, pointer, outcome]),
    messages: findings.map(({ message }) => message),
  };
}

describe("the aliases of a registry", () => {
  it("publish a provider in lower case, a module as written and in lower case, at the folders of their records", () => {
    expect(
      plan(["providers/Cloudflare/cloudflare.json", "modules/acme/network/aws.json"], {
        "Hashicorp/Cloudflare": "cloudflare/cloudflare",
        "opentofu/cloudflare": "Cloudflare/cloudflare",
        "Old/Net/aws": "acme/network/aws",
      }),
    ).toEqual({
      folders: {
        "providers/Cloudflare/cloudflare.json": [
          "v1/providers/cloudflare/cloudflare",
          "v1/providers/hashicorp/cloudflare",
          "v1/providers/opentofu/cloudflare",
        ],
        "modules/acme/network/aws.json": [
          "v1/modules/acme/network/aws",
          "v1/modules/Old/Net/aws",
          "v1/modules/old/net/aws",
        ],
      },
      findings: [],
      messages: [],
    });
  });

  it("prefer the record that is written exactly so, where names differ in case alone", () => {
    const { folders } = plan(["modules/Acme/net/aws.json", "modules/acme/net/aws.json"], {
      "old/one/aws": "acme/net/aws",
      "old/two/aws": "Acme/net/aws",
    });
    expect(folders).toEqual({
      "modules/Acme/net/aws.json": ["v1/modules/Acme/net/aws", "v1/modules/old/two/aws"],
      "modules/acme/net/aws.json": ["v1/modules/acme/net/aws", "v1/modules/old/one/aws"],
    });
  });

  const dns = "providers/acme/dns.json";
  it.each<[string, readonly (string | TreeFile)[], Record<string, string>, RegExp]>([
    ["no such record", [dns], { "old/dns": "other/dns" }, /no record of "other\/dns" is published/],
    ["another alias", [dns], { "old/dns": "acme/dns", "older/dns": "old/dns" }, /no record of "old\/dns" is published/],
    ["a module for a provider", [dns], { "old/dns/aws": "acme/dns" }, /it is a module, and "acme\/dns" is a provider/],
    ["no address", [dns], { dns: "acme/dns" }, /it is no address/],
    ["no address to stand for", [dns], { "old/dns": "acme" }, /"acme", which it stands for, is no address/],
    ["a name that no client asks for", [dns], { "o_ld/dns": "acme/dns" }, /no client can ask for it/],
    ["another type", [dns], { "old/names": "acme/dns" }, /clients look for terraform-provider-names in the archives/],
    ["its own record", [dns], { "ACME/dns": "acme/dns" }, /"providers\/acme\/dns.json" has that place/],
    [
      "the place of another record",
      [dns, "providers/Old/dns.json"],
      { "old/dns": "acme/dns" },
      /"providers\/Old\/dns.json" has that place/,
    ],
    [
      "the place of a record that cannot be read",
      [dns, file("providers/old/dns.json", { mode: "120000" })],
      { "old/dns": "acme/dns" },
      /"providers\/old\/dns.json" has that place/,
    ],
    [
      "the place of another alias",
      [dns],
      { "old/dns": "acme/dns", "OLD/dns": "acme/dns" },
      /"old\/dns" has that place/,
    ],
    ["a record in no place", ["providers/dns.json", dns], { "old/dns": "dns" }, /is no address/],
  ])("are findings where they name %s", (_, files, aliases, message) => {
    const without = plan(files, {});
    const { folders, findings, messages } = plan(files, aliases);
    const wrong = Object.keys(aliases).at(-1) ?? "";
    expect(findings.slice(without.findings.length)).toEqual([
      ["configuration", ".github/registrar.yml", `/aliases/${wrong.replaceAll("/", "~1")}`, "fail"],
    ]);
    expect(messages.at(-1)).toMatch(message);
    // Records keep what they have without any alias.
    for (const [path, own] of Object.entries(without.folders))
      expect(folders[path]).toEqual(expect.arrayContaining([...own]));
  });

  it("do not take a Kelvin sign for a k: that file stands for no place that a client asks for", () => {
    const kelvin = "providers/\u212Aelvin/dns.json";
    const { folders, findings } = plan([dns, kelvin], { "kelvin/dns": "acme/dns" });
    expect(folders).toEqual({ [dns]: ["v1/providers/acme/dns", "v1/providers/kelvin/dns"] });
    expect(findings).toEqual([["record-place", kelvin, undefined, "fail"]]);
  });

  it("take what is free where one of a module's two folders is taken", () => {
    const { folders, findings } = plan(["modules/acme/net/aws.json", "modules/old/net/aws.json"], {
      "Old/net/aws": "acme/net/aws",
    });
    expect(folders["modules/acme/net/aws.json"]).toEqual(["v1/modules/acme/net/aws", "v1/modules/Old/net/aws"]);
    expect(folders["modules/old/net/aws.json"]).toEqual(["v1/modules/old/net/aws"]);
    expect(findings).toHaveLength(1);
  });
});
