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

function plan(files: readonly (string | TreeFile)[], layout: "plain" | "lettered" | null = null) {
  const { records, keys, findings, ...rest } = planPublish(
    files.map((item) => (typeof item === "string" ? file(item) : item)),
    { layout },
  );
  return {
    ...rest,
    records: records.map((record) => record.file.path),
    folders: records.flatMap((record) => record.folders),
    keys: keys.map((key) => key.path),
    findings: findings.map((finding) => `${finding.code} ${finding.path}`),
    messages: findings.map((finding) => finding.message),
  };
}

describe("planPublish", () => {
  it("finds records and keys, and passes over what is none of its business", () => {
    expect(
      plan([
        "keys/acme/a.asc",
        "keys/acme/dns/b.asc",
        "modules/acme/network/aws.json",
        "providers/acme/dns.json",
        "providers/.gitkeep",
        ".github/registrar.yml",
        "providers/README.md",
      ]),
    ).toEqual({
      layout: "plain",
      records: ["modules/acme/network/aws.json", "providers/acme/dns.json"],
      folders: ["v1/modules/acme/network/aws", "v1/providers/acme/dns"],
      keys: ["keys/acme/a.asc", "keys/acme/dns/b.asc"],
      findings: [],
      messages: [],
    });
  });

  it("reads the lettered layout", () => {
    expect(plan(["keys/a/acme/k.asc", "providers/a/Acme/dns.json"])).toMatchObject({
      layout: "lettered",
      folders: ["v1/providers/acme/dns"],
      keys: ["keys/a/acme/k.asc"],
    });
  });

  it("follows the configured layout, and says what is in no place of it", () => {
    expect(plan(["providers/acme/dns.json"], "lettered")).toMatchObject({
      records: [],
      findings: ["record-place providers/acme/dns.json"],
    });
  });

  it("publishes providers in lower case, modules as they are and in lower case", () => {
    expect(
      plan(["modules/Acme/Network/aws.json", "modules/acme/dns/aws.json", "providers/Acme/DNS.json"]).folders,
    ).toEqual([
      "v1/modules/Acme/Network/aws",
      "v1/modules/acme/network/aws",
      "v1/modules/acme/dns/aws",
      "v1/providers/acme/dns",
    ]);
  });

  it("gives a folder that two records want to the one in small letters, else to the first in path order", () => {
    const { records, findings, messages } = plan(["providers/Acme/dns.json", "providers/acme/dns.json"]);
    expect(records).toEqual(["providers/acme/dns.json"]);
    expect(findings).toEqual(["address-unique providers/Acme/dns.json"]);
    expect(messages[0]).toContain('"providers/acme/dns.json" has that place');
    expect(plan(["providers/ACME/dns.json", "providers/Acme/dns.json"]).records).toEqual(["providers/ACME/dns.json"]);
  });

  it("leaves a module its own folder where only the lower-case one is taken", () => {
    const { folders, findings } = plan([
      "modules/ACME/net/aws.json",
      "modules/Acme/net/aws.json",
      "modules/acme/net/aws.json",
    ]);
    expect(folders).toEqual(["v1/modules/ACME/net/aws", "v1/modules/Acme/net/aws", "v1/modules/acme/net/aws"]);
    expect(findings).toEqual(["address-unique modules/ACME/net/aws.json", "address-unique modules/Acme/net/aws.json"]);
  });

  it.each([
    ["a symbolic link", file("providers/acme/dns.json", { mode: "120000" }), "scope"],
    ["a submodule", file("providers/acme/dns.json", { mode: "160000" }), "scope"],
    ["a key that is a symbolic link", file("keys/acme/k.asc", { mode: "120000" }), "scope"],
    ["the whole folder as a symbolic link", file("providers", { mode: "120000" }), "scope"],
    ["a name that is not UTF-8", file("keys/acme/\uFFFD.asc"), "record-place"],
    ["a record too large to read", file("providers/acme/dns.json", { size: 2 ** 26 }), "record-shape"],
    ["a key too large to read", file("keys/acme/k.asc", { size: 2 ** 21 }), "record-shape"],
    ["a namespace that no client can ask for", file("providers/ac_me/dns.json"), "record-place"],
    ["a type that clients refuse", file("providers/acme/terraform-dns.json"), "record-place"],
    ["a system in capitals", file("modules/acme/net/AWS.json"), "record-place"],
    ["a file in no place", file("providers/dns.json"), "record-place"],
    ["another file", file("providers/acme/notes.txt"), "record-place"],
  ])("reads nothing of %s, and says so", (_, odd, code) => {
    const result = plan([odd, "providers/zzz/good.json"]);
    expect(result).toMatchObject({ records: ["providers/zzz/good.json"], keys: [], findings: [`${code} ${odd.path}`] });
  });

  it("reads an executable file as any other", () => {
    expect(plan([file("providers/acme/dns.json", { mode: "100755" })])).toMatchObject({
      records: ["providers/acme/dns.json"],
      findings: [],
    });
  });
});
