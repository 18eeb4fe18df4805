import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publish } from "../../src/publish/publish.ts";
import type { KeyReading } from "../../src/publish/published-keys.ts";
import type { PublishSettings } from "../../src/publish/settings.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { published } from "./support/folders.ts";
import { key, memoryTree, version } from "./support/records.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

/** Reads a key file that holds a word into a key of that name; "bad" is no key. */
const readKeys = async (files: readonly { path: string; text: string }[]): Promise<KeyReading[]> =>
  files.map(({ path, text }) => {
    if (text === "bad") return { kind: "unusable", path, problem: "The file has no key." };
    const { fingerprint, keyId, armor } = key(text);
    return {
      kind: "key",
      path,
      fingerprint,
      keyIds: [keyId, "0".repeat(16)],
      signingKeys: [],
      armor,
      revoked: text.startsWith("revoked"),
    };
  });

async function run(content: Record<string, unknown>, settings: PublishSettings = { layout: null }) {
  const root = join(await temporaryFolder(), "out");
  const progress: [number, number][] = [];
  const report = await publish({
    tree: memoryTree(content, "c".repeat(40)),
    target: directoryTarget(root),
    settings,
    readKeys,
    onProgress: (...args) => progress.push(args),
  });
  return { root, report, progress, files: published(root) };
}

const keysIn = (files: Record<string, string>, path: string): string[] =>
  JSON.parse(files[path] ?? "").signing_keys.gpg_public_keys.map((entry: { key_id: string }) => entry.key_id);

describe("publish", () => {
  it("publishes records and discovery, and reports what it did", async () => {
    const { root, report, progress, files } = await run({
      "keys/acme/k.asc": "one",
      "modules/acme/network/aws.json": { versions: [{ version: "v1.0.0" }] },
      "providers/Acme/dns.json": { versions: [version("1.0.0"), version("0.9")] },
      "README.md": "hello",
    });
    expect(Object.keys(files)).toEqual([
      ".well-known/terraform.json",
      "index/_namespaces.json",
      "index/acme.json",
      "status/acme.json",
      "v1/modules/acme/network/aws/1.0.0/download",
      "v1/modules/acme/network/aws/versions",
      "v1/providers/acme/dns/1.0.0/download/linux/amd64",
      "v1/providers/acme/dns/versions",
    ]);
    expect(report).toEqual({
      to: `dir:${root}`,
      commit: "c".repeat(40),
      namespaces: null,
      documents: 8,
      written: 8,
      unchanged: 0,
      deleted: 0,
      findings: [
        expect.objectContaining({
          code: "version-syntax",
          outcome: "fail",
          path: "providers/Acme/dns.json",
          version: "0.9",
        }),
      ],
      ms: expect.any(Number),
    });
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it("gives each provider the keys of its namespace and its own, whatever the case", async () => {
    const { files } = await run({
      "keys/ACME/a.asc": "one",
      "keys/acme/DNS/b.asc": "two",
      "keys/acme/other/c.asc": "three",
      "keys/bcme/d.asc": "four",
      "providers/Acme/dns.json": { versions: [version("1.0.0")] },
    });
    expect(keysIn(files, "v1/providers/acme/dns/1.0.0/download/linux/amd64")).toEqual([
      key("one").keyId,
      key("two").keyId,
    ]);
  });

  it("gives a mapped namespace the keys of its owner, and not its own", async () => {
    const { files } = await run(
      {
        "keys/hashicorp/a.asc": "one",
        "keys/opentofu/b.asc": "two",
        "providers/hashicorp/dns.json": { versions: [version("1.0.0")] },
      },
      { layout: null, namespaces: { hashicorp: { owner: "opentofu" } } },
    );
    expect(keysIn(files, "v1/providers/hashicorp/dns/1.0.0/download/linux/amd64")).toEqual([key("two").keyId]);
  });

  it("publishes an alias with the documents and keys of its record", async () => {
    const { files, report } = await run(
      {
        "keys/acme/a.asc": "one",
        "keys/old/b.asc": "two",
        "modules/acme/network/aws.json": { versions: [{ version: "v1.0.0" }] },
        "providers/acme/dns.json": { versions: [version("1.0.0")] },
      },
      { layout: null, aliases: { "old/dns": "acme/dns", "old/network/aws": "acme/network/aws" } },
    );
    expect(report.findings).toEqual([]);
    for (const [alias, own] of [
      ["v1/providers/old/dns", "v1/providers/acme/dns"],
      ["v1/modules/old/network/aws", "v1/modules/acme/network/aws"],
    ] as const) {
      const below = (folder: string) =>
        Object.entries(files).flatMap(([path, text]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length), text]] : [],
        );
      expect(below(alias)).toHaveLength(2);
      expect(below(alias)).toEqual(below(own));
    }
  });

  it("reads the lettered layout", async () => {
    const { files } = await run({
      "keys/a/acme/k.asc": "one",
      "providers/a/acme/dns.json": { versions: [version("1.0.0")] },
    });
    expect(keysIn(files, "v1/providers/acme/dns/1.0.0/download/linux/amd64")).toEqual([key("one").keyId]);
  });

  it("says which key files are of no use, and publishes without them", async () => {
    const { report, files } = await run({
      "keys/acme/a.asc": "bad",
      "keys/acme/b.asc": "one",
      "keys/acme/c.asc": "revoked",
      "providers/acme/dns.json": {
        versions: [version("1.1.0", { signed_by: key("revoked").fingerprint }), version("1.0.0")],
      },
    });
    expect(report.findings.map(({ code, path, version: text }) => [code, path, text])).toEqual([
      ["key-change", "keys/acme/a.asc", undefined],
      ["signature", "providers/acme/dns.json", "1.1.0"],
    ]);
    expect(keysIn(files, "v1/providers/acme/dns/1.0.0/download/linux/amd64")).toEqual([key("one").keyId]);
    expect(Object.keys(files).some((path) => path.includes("1.1.0"))).toBe(false);
  });

  it("removes what the next tree no longer has, and repeats without a write", async () => {
    const { root } = await run({
      "providers/acme/dns.json": { versions: [version("1.0.0")] },
      "providers/acme/net.json": { versions: [version("1.0.0")] },
    });
    const next = () =>
      publish({
        tree: memoryTree({
          "providers/acme/dns.json": {
            versions: [version("1.0.0")],
            withdrawn: [{ version: "1.0.0", reason: "leaks" }],
          },
          "providers/acme/net.json": { versions: [version("1.0.0")] },
        }),
        target: directoryTarget(root),
        settings: { layout: null },
        readKeys,
      });
    // What is written tells of it: the index and the status of the namespace.
    expect(await next()).toMatchObject({ written: 2, unchanged: 4, deleted: 2, documents: 6 });
    expect(Object.keys(published(root))).toEqual([
      ".well-known/terraform.json",
      "index/_namespaces.json",
      "index/acme.json",
      "status/acme.json",
      "v1/providers/acme/net/1.0.0/download/linux/amd64",
      "v1/providers/acme/net/versions",
    ]);
    expect(await next()).toMatchObject({ written: 0, unchanged: 6, deleted: 0 });
  });

  it.each(["throws", "ends"])("removes nothing when the tree %s in the middle", async (how) => {
    const content = {
      "providers/acme/dns.json": { versions: [version("1.0.0")] },
      "providers/acme/net.json": { versions: [version("1.0.0")] },
    };
    const { root, files } = await run(content);
    const tree = memoryTree(content);
    const broken = {
      ...tree,
      read: async function* (wanted: typeof tree.files) {
        for await (const item of tree.read(wanted.slice(0, 1))) yield item;
        if (how === "throws") throw new Error("gone");
      },
    };
    await expect(
      publish({ tree: broken, target: directoryTarget(root), settings: { layout: null }, readKeys }),
    ).rejects.toThrow(how === "throws" ? "gone" : "Only 1 of 2 records could be read.");
    expect(published(root)).toEqual(files);
    // The lock is free again.
    await publish({ tree, target: directoryTarget(root), settings: { layout: null }, readKeys });
  });
});
