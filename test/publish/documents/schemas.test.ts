import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { schemaOf, schemas } from "../support/document-schemas.ts";
import { published } from "../support/folders.ts";
import { readTextKeys } from "../support/read-text-keys.ts";
import { archive, memoryTree, version } from "../support/records.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** One of everything that a registry can hold. */
async function everything() {
  const root = join(await temporaryFolder(), "out");
  const targets = [
    archive("linux_amd64"),
    archive("darwin_arm64", { shasum: "AB".repeat(32) }),
    archive("linux_amd64"),
  ];
  await publish({
    tree: memoryTree({
      "keys/acme/a.asc": "one",
      "keys/acme/b.asc": "bad",
      "modules/Acme/Net/aws.json": { warnings: ["moved"], versions: [{ version: "v1.0.0" }, { version: "latest" }] },
      "providers/Acme/dns.json": {
        warnings: ["old"],
        withdrawn: [{ version: "1.1.0", reason: "leaks\u001b[31m", since: "2026-01-01T00:00:00Z" }],
        versions: [version("2.0.0-RC1"), version("1.1.0"), version("1.0.0", { targets }), version("0.9")],
      },
      "providers/globex/queue.json": { versions: [version("1.0.0")] },
      "providers/initech/dns.json": { versions: [version("latest")] },
      "providers/stray.json": { versions: [] },
    }),
    target: directoryTarget(root),
    settings: { layout: "plain", aliases: { "old/dns": "acme/dns", "older/dns": "nobody/dns" } },
    readKeys: readTextKeys,
  });
  return published(root);
}

describe("the JSON Schemas of published documents", () => {
  it("are there for each document, and each document fits its own and no other", async () => {
    const files = await everything();
    const met = new Set<string>();
    for (const [path, text] of Object.entries(files)) {
      const kind = schemaOf(path);
      const fitting = schemas.filter(({ is }) => is(JSON.parse(text))).map(({ name }) => name);
      expect(fitting, path).toEqual([kind]);
      met.add(kind ?? "");
    }
    expect([...met].sort()).toEqual(schemas.map(({ name }) => name).sort());
  });
});

describe("what is told beside the protocol", () => {
  it("is an index of each namespace, by the addresses that clients ask for", async () => {
    const files = await everything();
    const json = (path: string) => JSON.parse(files[path] ?? "null");
    expect(json("index/acme.json")).toEqual({
      namespace: "acme",
      providers: [{ address: "acme/dns", latest: "1.0.0", versions: 2, warnings: ["old"] }],
      modules: [{ address: "Acme/Net/aws", latest: "1.0.0", versions: 1, warnings: ["moved"] }],
    });
    const alias = { address: "old/dns", alias_of: "acme/dns", latest: "1.0.0", versions: 2, warnings: ["old"] };
    expect(json("index/old.json")).toEqual({ namespace: "old", providers: [alias], modules: [] });
    expect(json("index/_namespaces.json")).toEqual({
      namespaces: ["acme", "globex", "old"],
      status: ["acme", "globex", "initech", "older"],
    });
    // A namespace of which nothing can be installed has none.
    expect(files).not.toHaveProperty(["index/initech.json"]);
  });

  it("is what was left out or withdrawn, and why, as plain text", async () => {
    const files = await everything();
    const json = (path: string) => JSON.parse(files[path] ?? "null");
    const acme = json("status/acme.json");
    const told = acme.left_out.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`);
    expect(told.sort()).toEqual([
      "key-change keys/acme/b.asc",
      "version-syntax modules/Acme/Net/aws.json",
      "version-syntax providers/Acme/dns.json",
      "version-unique providers/Acme/dns.json",
    ]);
    expect(acme.withdrawn).toEqual([
      { path: "providers/Acme/dns.json", version: "1.1.0", reason: "leaks\\u001b[31m", since: "2026-01-01T00:00:00Z" },
    ]);
    expect(json("status/globex.json").notices).toEqual([
      expect.objectContaining({ code: "signature", message: expect.stringMatching(/No valid key is registered/) }),
    ]);
    expect(json("status/older.json").left_out).toEqual([expect.objectContaining({ pointer: "/aliases/older~1dns" })]);
    expect(json("status/_registry.json").left_out).toEqual([
      expect.objectContaining({ code: "record-place", path: "providers/stray.json" }),
    ]);
  });
});
