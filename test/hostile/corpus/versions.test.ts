import { describe, it } from "vitest";
import { moduleVersion, version } from "../../support/builders/records.ts";
import { pathOf, registry } from "../../support/builders/registry.ts";
import { release } from "../../support/builders/release.ts";
import { expectExplained } from "./support.ts";

// Client contract, sections 2, 3, 6 and 7: what clients cannot parse, read as something else, or crash on.
const never: readonly string[] = [
  ...[
    "latest",
    "1",
    "1.1",
    "1.1.0.0",
    "01.1.0",
    "1.01.0",
    "1.1.0-",
    "1.1.0-01",
    "1.1.x",
    "-1.0.0",
    "1.1.0-BETA_1",
    "1,1,0",
  ],
  ...[" 1.1.0", "1.1.0 ", "1.1.0\n", "1.1.0\t", "\u00a01.1.0", "1.1.0\u200b", "1.1.0\u202e", "1.1.0\0", "\ufeff1.1.0"],
  ...["１.１.０", "١.١.٠", "1․1․0", "1.1.0–rc1", "1.1.0-rс1"],
  ...["1.1.0+build", "1.1.0-rc1+1", "1.1.0+", "1.1.0++"],
  ...["9007199254740992.0.0", "18446744073709551616.0.0", "1.18446744073709551616.0", "1.1.0-18446744073709551616"],
  ...["1e3.0.0", "0x1.0.0", "1_000.0.0", "Infinity.0.0", "NaN.0.0"],
  ...[
    "../1.1.0",
    "1.1.0/../..",
    "1.1.0%2f",
    "1.1.0?x",
    "1.1.0#x",
    "1.1.0\\x",
    "$(id).0.0",
    "`id`",
    "1.1.0;id",
    "--help",
  ],
  ...["<b>1.1.0</b>", "1.1.0](https://evil.example)", "@everyone", "#1", "__proto__", "constructor", "toString"],
  ...[`1.1.0-${"a".repeat(123)}`, `1.1.0-${"a.".repeat(100)}a`, "1.".repeat(120), "v".repeat(250)],
];

describe("a provider's version", () => {
  it.each([...never, "v1.1.0", "V1.1.0", "=1.1.0", "vv1.1.0"])("%j is explained", async (text) => {
    const world = registry()
      .withProvider("acme/dns", ["1.0.0"])
      .adding(release("1.1.0"), version("1.1.0", { version: text }));
    await expectExplained(world, { code: "version-syntax", says: /./ });
  });

  it("0.0.0, which no client installs, is explained", async () => {
    const world = registry().withProvider("acme/dns", ["1.0.0"]).adding(release("0.0.0"));
    await expectExplained(world, { code: "version-syntax", says: /0\.0\.0/ });
  });
});

describe("a module's version", () => {
  const path = pathOf("acme/network/aws");
  it.each([...never, "V1.1.0", "=1.1.0", "vv1.1.0", "v 1.1.0", "v"])("%j is explained", async (text) => {
    const world = registry()
      .withModule("acme/network/aws", ["v1.0.0"])
      .editing(path, (record) => ({ ...record, versions: [moduleVersion(text), ...record.versions] }));
    await expectExplained(world, { code: "version-syntax", says: /./ });
  });

  it.each(["1.0.0", "v1.0.0"])("%s beside v1.0.0 is explained", async (text) => {
    const world = registry()
      .withModule("acme/network/aws", ["v1.0.0"])
      .editing(path, (record) => ({ ...record, versions: [moduleVersion(text), ...record.versions] }));
    await expectExplained(world, { code: "version-unique", says: /v1\.0\.0/ });
  });
});

describe("two versions that differ in letters alone", () => {
  it("are explained", async () => {
    const world = registry().withProvider("acme/dns", ["1.1.0-RC1"]).adding(release("1.1.0-rc1"));
    await expectExplained(world, { code: "version-unique", says: /1\.1\.0-RC1/ });
  });
});
