import { describe, expect, it } from "vitest";
import { configurationPath, detectLayout, isIgnored, roleOf } from "../../src/registry/tree.ts";

describe("roleOf", () => {
  it.each([
    [
      "providers/acme/dns.json",
      "plain",
      { kind: "record", address: { kind: "provider", namespace: "acme", type: "dns" } },
    ],
    [
      "providers/a/acme/dns.json",
      "lettered",
      { kind: "record", address: { kind: "provider", namespace: "acme", type: "dns" } },
    ],
    [
      "modules/acme/net/aws.json",
      "plain",
      { kind: "record", address: { kind: "module", namespace: "acme", name: "net", system: "aws" } },
    ],
    [
      "modules/a/acme/net/aws.json",
      "lettered",
      { kind: "record", address: { kind: "module", namespace: "acme", name: "net", system: "aws" } },
    ],
    ["keys/acme/a.asc", "plain", { kind: "key", namespace: "acme", type: null }],
    ["keys/acme/dns/a.asc", "plain", { kind: "key", namespace: "acme", type: "dns" }],
    ["keys/a/acme/a.asc", "lettered", { kind: "key", namespace: "acme", type: null }],
    ["keys/a/acme/dns/a.asc", "lettered", { kind: "key", namespace: "acme", type: "dns" }],
    // Depth cannot tell the layouts apart, so the same path is another namespace's key in the other one.
    ["keys/a/acme/a.asc", "plain", { kind: "key", namespace: "a", type: "acme" }],
    [configurationPath, "plain", { kind: "configuration" }],
    [configurationPath, "lettered", { kind: "configuration" }],
  ] as const)("%s in the layout %s is a %j", (path, layout, role) => {
    expect(roleOf(path, layout)).toEqual(role);
  });

  it.each([
    ["providers/a/acme/dns.json", "plain"],
    ["providers/acme/dns.json", "lettered"],
    ["providers/b/acme/dns.json", "lettered"],
    ["providers/acme/dns.yaml", "plain"],
    ["providers/acme.json", "plain"],
    ["modules/acme/net.json", "plain"],
    ["keys/a.asc", "plain"],
    ["keys/acme/a.asc", "lettered"],
    ["keys/acme/a.gpg", "plain"],
    ["keys/acme/a.ASC", "plain"],
    ["keys/acme/dns/x/a.asc", "plain"],
    ["keys//a.asc", "plain"],
    ["providers", "plain"],
    ["keys", "lettered"],
    // A key of the namespace b in a letter's folder where nobody looks for it.
    ["keys/a/bcme/k.asc", "lettered"],
    ["keys/A/acme/k.asc", "lettered"],
  ] as const)("%s is misplaced in the layout %s", (path, layout) => {
    expect(roleOf(path, layout)).toEqual({ kind: "misplaced" });
  });

  it.each([
    "README.md",
    "LICENSE",
    ".github/workflows/x.yml",
    ".github/Registrar.yml",
    ".github/registrar.yaml",
    "Providers/acme/dns.json",
    "Keys/acme/a.asc",
    "provider/acme/dns.json",
    "x/providers/acme/dns.json",
    "__proto__",
  ])("%s is none of the registry's files", (path) => {
    expect(roleOf(path, "plain")).toEqual({ kind: "other" });
  });

  it.each(["providers/README.md", "providers/acme/.gitkeep", "keys/.DS_Store", "keys/acme/README", "modules/.json"])(
    "%s is no registry data either: nobody reads it",
    (path) => {
      expect(roleOf(path, "plain")).toEqual({ kind: "other" });
      expect(isIgnored(path)).toBe(true);
    },
  );

  it.each(["keys/acme/.hidden.asc", "keys/.acme/a.asc"])("%s is a key all the same", (path) => {
    expect(roleOf(path, "plain")).toMatchObject({ kind: "key" });
  });

  it("takes a hidden record for a record, whose address is then refused", () => {
    expect(roleOf("providers/acme/.dns.json", "plain")).toMatchObject({ kind: "record" });
  });
});

describe("isIgnored", () => {
  it.each(["README.md", "providers/readme.md", "keys/acme/README", ".DS_Store", "a/.gitkeep"])("%s is", (path) => {
    expect(isIgnored(path)).toBe(true);
  });

  it.each(["README.txt", "providers/acme/readme.json", "keys/.acme/a.asc", "keys/acme/a.asc", "READMEs"])(
    "%s is not",
    (path) => {
      expect(isIgnored(path)).toBe(false);
    },
  );
});

describe("detectLayout", () => {
  it.each([
    [[], "plain"],
    [["README.md", "keys/a/acme/k.asc"], "plain"],
    [["providers/acme/dns.json"], "plain"],
    [["modules/acme/net/aws.json"], "plain"],
    [["providers/a/acme/dns.json"], "lettered"],
    [["modules/a/acme/net/aws.json"], "lettered"],
    // One stray file turns nothing around, whether it comes first or last.
    [["providers/a/acme/x.json", "providers/acme/dns.json", "providers/acme/web.json"], "plain"],
    [["providers/a/acme/dns.json", "providers/b/bcme/x.json", "providers/z.json"], "lettered"],
    [["providers/a/acme/x.txt", "modules/a/acme/net/aws.yml", "providers/acme/dns.json"], "plain"],
    [["providers/a/acme/.x.json", "providers/a/acme/.y.json", "providers/acme/dns.json"], "plain"],
    [["package.json", "a/b/c/d/e.json", "providers/acme/dns.json"], "plain"],
  ] as const)("of %j is %s", (paths, layout) => {
    expect(detectLayout(paths)).toBe(layout);
  });
});
