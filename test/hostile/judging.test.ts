import { describe, expect, it } from "vitest";
import { findCandidates } from "../../src/bump/candidates.ts";
import { planPublish } from "../../src/publish/plan.ts";
import { compareTrees } from "../../src/registry/change.ts";
import { type ProviderRecord, parseRecord, repositoryOn } from "../../src/registry/record.ts";
import { configurationPath } from "../../src/registry/tree.ts";
import { judge } from "../../src/rules/verdict.ts";
import { pathOf, type RegistryBuilder, registry } from "../support/builders/registry.ts";
import { address, type Json, release } from "../support/builders/release.ts";

const dns = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", [release("1.0.0").entry]);
const outcomeOf = (of: RegistryBuilder) => judge(of.input).outcome;
const text = (record: Json) => JSON.stringify(record, null, 2);

describe("a change of nothing but form", () => {
  it("swaps no twins, of which the first recorded is published", () => {
    const path = pathOf("acme/network/aws");
    const [tag, bare] = [
      { version: "v3.0.0", commit: "a".repeat(40) },
      { version: "3.0.0", commit: "b".repeat(40) },
    ];
    const swapped = registry()
      .withFile(path, text({ versions: [tag, bare] }))
      .writing(path, text({ versions: [bare, tag] }));
    expect(outcomeOf(swapped)).not.toBe("pass");
  });

  it("hides no second value of a key in a published version", () => {
    const twice = `"shasum": "${"e".repeat(64)}", "shasum":`;
    const bump = base.adding(release("1.1.0"));
    const hidden = bump.editing(dns, (record) => {
      const at = text(record).lastIndexOf('"shasum":');
      return `${text(record).slice(0, at)}${twice}${text(record).slice(at + '"shasum":'.length)}`;
    });
    expect(outcomeOf(bump)).toBe("pass");
    expect(outcomeOf(hidden)).not.toBe("pass");
  });

  it("adds no key that every object inherits", () => {
    const added = base.editing(dns, (record) => text(record).replace("{", '{ "__proto__": {},'));
    expect(outcomeOf(added)).not.toBe("pass");
  });

  it("does not fill a record with white space beside a right version", () => {
    const bump = base.adding(release("1.1.0"));
    const padded = bump.editing(dns, (record) => text(record).replace("{", `{${" ".repeat(2_000_000)}`));
    expect(outcomeOf(bump)).toBe("pass");
    expect(outcomeOf(padded)).not.toBe("pass");
  });

  it("deletes no file that lies in no place of the layout by itself", () => {
    const gone = registry().withFile("providers/a/acme/dns.json", "{}").writing("providers/a/acme/dns.json", null);
    expect(outcomeOf(gone)).not.toBe("pass");
  });
});

describe("a release that clients cannot use", () => {
  const adding = (of: ReturnType<typeof release>) => outcomeOf(base.adding(of));

  it("has no empty line in its sums: clients crash on it", () => {
    expect(adding(release("1.1.0").withSums((sums) => `${sums}\n`))).toBe("fail");
  });

  it("has no longer hash in its sums: clients crash on it", () => {
    const name = "terraform-provider-dns_1.1.0_linux_amd64.zip";
    expect(adding(release("1.1.0").withSums((sums) => `${"a".repeat(128)}  ${name}\n${sums}`))).toBe("fail");
  });

  it("speaks a protocol that clients speak", () => {
    expect(adding(release("1.1.0").withProtocols("4.0"))).toBe("fail");
  });
});

describe("keys", () => {
  it("that are there but unusable are not taken for none at all", () => {
    const report = { accepted: false, problem: "no-keys", verifiedBy: null } as const;
    const input = base
      .withPolicy({ unsigned: "allow" })
      .withKeys({ usable: [], problems: ["The key file is unusable."] })
      .adding(release("1.1.0").withSignature(report));
    expect(outcomeOf(input)).not.toBe("pass");
  });

  it.each([
    ["a private key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxcBN\n-----END PGP PRIVATE KEY BLOCK-----\n"],
    ["nothing that is a key", "hello\n"],
  ])("are refused outright when the file holds %s", (_, key) => {
    expect(outcomeOf(registry().writing("keys/acme/new.asc", key))).toBe("fail");
  });

  it("never come together with versions", () => {
    expect(outcomeOf(base.adding(release("1.1.0")).writing("keys/acme/new.asc", "key"))).toBe("fail");
  });
});

describe("an address in other letters", () => {
  const capital = release("1.0.0", { of: "ACME/dns" });

  it("is not offered to a maintainer as a new one", () => {
    const adding = base.adding(capital);
    expect(outcomeOf(adding)).toBe("fail");
  });

  it("does not take the published place of the one that was there before", () => {
    const file = (path: string) => ({ path, mode: "100644", size: 10, id: path });
    const files = [file("modules/ACME/network/aws.json"), file("modules/acme/network/aws.json")];
    const plan = planPublish(files, { layout: "plain" });
    const owner = plan.records.find(({ folders }) => folders.includes("v1/modules/acme/network/aws"));
    expect(owner?.file.path).toBe("modules/acme/network/aws.json");
  });
});

describe("a record's repository", () => {
  it.each([
    "https://evil@github.com/acme/terraform-provider-dns",
    "https://github.com@evil.example/acme/terraform-provider-dns",
    "https://github.com.evil.example/acme/terraform-provider-dns",
    "https://github.com:444/acme/terraform-provider-dns",
    "https://github.com/acme/..",
    "https://github.com/acme/terraform-provider-dns/../../evil/x",
    "https://github.com/acme/x?y",
    "https://github.com/acme/x#y",
    "https://github.com/acme%2Fevil/x",
    "//github.com/acme/x",
    "javascript:alert(1)",
  ])("is never looked for under %s", (repository) => {
    const record = parseRecord({ path: dns, address: address("acme/dns"), text: text({ repository, versions: [] }) });
    expect(repositoryOn("https://github.com", record, {})).toBeUndefined();
  });
});

describe("the configuration", () => {
  it("is no symbolic link: nothing at all works once that is merged", () => {
    const files = [{ path: configurationPath, before: "", after: null, mode: "120000" }];
    const change = compareTrees(files, "plain");
    const { findings } = judge({ ...registry().input, change });
    // Only a failure of this rule keeps the check of such a pull request from being a success.
    expect(findings.some(({ code, outcome }) => code === "configuration" && outcome === "fail")).toBe(true);
  });
});

describe("a release that an event names", () => {
  it("is looked at even when twenty others stand before it that never pass", () => {
    const record = parseRecord({ path: dns, address: address("acme/dns"), text: text({ versions: [] }) });
    const summary = (tag: string, id: number) => ({
      id,
      tag,
      prerelease: false,
      publishedAt: "2026-03-01T00:00:00Z",
    });
    const broken = Array.from({ length: 20 }, (_, index) => summary(`v9.0.${index}`, index));
    const found = findCandidates(record as ProviderRecord, [...broken, summary("v1.0.1", 99)], "v1.0.1");
    expect(found.map(({ tag }) => tag)).toContain("v1.0.1");
  });
});
