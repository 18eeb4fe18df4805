import { describe, expect, it } from "vitest";
import { publish } from "../../../src/publish/publish.ts";
import type { PublishSettings } from "../../../src/publish/settings.ts";
import type { RegistryTree } from "../../../src/registry/tree.ts";
import { branchTarget } from "../support/branch-target.ts";
import { bareRepository, commitTo, committed, git } from "../support/git.ts";
import { readTextKeys } from "../support/read-text-keys.ts";
import { memoryTree, version } from "../support/records.ts";

/** Publishes, and says which files were read and which keys were parsed for it. */
async function run(
  path: string,
  content: Record<string, unknown>,
  { settings = { layout: null } as PublishSettings, commit = "c".repeat(40) as string | null, dryRun = false } = {},
) {
  const read: string[] = [];
  const parsed: string[] = [];
  const tree = memoryTree(content, commit);
  const watched: RegistryTree = {
    ...tree,
    read: async function* (files) {
      for await (const item of tree.read(files)) {
        read.push(item.file.path);
        yield item;
      }
    },
  };
  const readKeys: typeof readTextKeys = (files) => {
    parsed.push(...files.map((file) => file.path));
    return readTextKeys(files);
  };
  const report = await publish({ tree: watched, target: branchTarget(path), settings, readKeys, dryRun });
  return { read, parsed, report };
}

const registry = {
  "keys/acme/a.asc": "one",
  "keys/globex/b.asc": "bad",
  "modules/Acme/net/aws.json": { versions: [{ version: "v1.0.0" }, { version: "latest" }] },
  "providers/acme/dns.json": { versions: [version("1.0.0"), version("0.9")] },
  "providers/globex/queue.json": { versions: [version("1.0.0")] },
  "providers/globex/empty.json": { versions: [] },
};
const changed = { ...registry, "providers/globex/queue.json": { versions: [version("1.1.0"), version("1.0.0")] } };

/** What a publication to a new place makes of it: the truth to compare with. */
async function fresh(content: Record<string, unknown>, settings?: PublishSettings) {
  const path = await bareRepository();
  const { report } = await run(path, content, settings === undefined ? {} : { settings });
  return { files: committed(path, "host"), findings: report.findings, documents: report.documents };
}

describe("what the branch knows of its sources", () => {
  it("saves reading and rendering what has not changed, and says of it what was said before", async () => {
    const path = await bareRepository();
    const first = await run(path, registry);
    expect(first.read).toHaveLength(6);
    expect(first.report.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["key-change", "version-syntax", "signature"]),
    );
    const second = await run(path, registry);
    expect(second.read).toEqual([]);
    expect(second.parsed).toEqual([]);
    expect(second.report).toMatchObject({
      documents: first.report.documents,
      findings: first.report.findings,
      ...{ written: 0, deleted: 0, unchanged: first.report.documents },
    });
    const third = await run(path, changed);
    // The record, and the keys that it may need.
    expect(third.read).toEqual(["keys/globex/b.asc", "providers/globex/queue.json"]);
    // A document, the list, and the index, which names the newest.
    expect(third.report).toMatchObject({ written: 3, deleted: 0 });
    expect({
      files: committed(path, "host"),
      findings: third.report.findings,
      documents: third.report.documents,
    }).toEqual(await fresh(changed));
    expect((await run(path, changed)).read).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, PublishSettings, readonly string[]]>([
    [
      "a key",
      { ...registry, "keys/acme/a.asc": "two" },
      { layout: null },
      ["keys/acme/a.asc", "providers/acme/dns.json"],
    ],
    [
      "a new key",
      { ...registry, "keys/acme/dns/c.asc": "two" },
      { layout: null },
      ["keys/acme/a.asc", "keys/acme/dns/c.asc", "providers/acme/dns.json"],
    ],
    [
      "whose keys a namespace has",
      registry,
      { layout: null, namespaces: { globex: { owner: "acme" } } },
      ["keys/acme/a.asc", "providers/globex/empty.json", "providers/globex/queue.json"],
    ],
    [
      "the aliases",
      registry,
      { layout: null, aliases: { "old/dns": "acme/dns" } },
      ["keys/acme/a.asc", "providers/acme/dns.json"],
    ],
  ])("does not hide a change of %s", async (_, content, settings, expected) => {
    const path = await bareRepository();
    await run(path, registry);
    const { read, report } = await run(path, content, { settings });
    expect(read).toEqual(expected);
    const { files, findings, documents } = await fresh(content, settings);
    expect(committed(path, "host")).toEqual(files);
    expect(report.findings).toEqual(findings);
    expect(report.documents).toBe(documents);
    expect((await run(path, content, { settings })).read).toEqual([]);
  });

  it("forgets a record that is gone, and knows nothing of it when it comes back", async () => {
    const path = await bareRepository();
    await run(path, registry);
    const { "providers/acme/dns.json": _gone, ...less } = registry;
    expect((await run(path, less)).report).toMatchObject({ deleted: 2 });
    expect(Object.keys(committed(path, "host")).some((name) => name.includes("/dns/"))).toBe(false);
    expect((await run(path, registry)).read).toContain("providers/acme/dns.json");
    expect(committed(path, "host")).toEqual((await fresh(registry)).files);
  });

  it.each<[string, Record<string, string | null>]>([
    ["a document was changed by hand", { "v1/providers/acme/dns/versions": "mine" }],
    ["a document was added by hand", { "v1/providers/acme/dns/more": "mine" }],
    ["the whole index was lost", { ".registrar/index": null }],
    ["an address was added by hand", { "v1/providers/evil/dns/versions": "mine" }],
  ])("is not believed where %s", async (_, files) => {
    const path = await bareRepository();
    await run(path, registry);
    await commitTo(path, "host", files);
    await run(path, registry);
    expect(committed(path, "host")).toEqual((await fresh(registry)).files);
  });

  it("is not believed where somebody wrote it, and is no way to a terminal", async () => {
    const path = await bareRepository();
    await run(path, registry);
    for (const [name, make] of [
      ["nonsense", () => "{"],
      ["another form", (text: string) => text.replace('"documents":', '"count":')],
      ["a claim on a folder that is not so", (text: string) => text.replace(/"tree":"[0-9a-f]{8}/, '"tree":"00000000')],
    ] as const) {
      const buckets = git(path, "ls-tree", "--name-only", "host:.registrar/index").split("\n");
      const files = buckets.map((bucket) => {
        const text = git(path, "show", `host:.registrar/index/${bucket}`);
        return [`.registrar/index/${bucket}`, make(text)];
      });
      await commitTo(path, "host", Object.fromEntries(files));
      const { report } = await run(path, changed);
      expect(report.written, name).toBe(3);
      expect(committed(path, "host")).toEqual((await fresh(changed)).files);
      await run(path, registry);
    }
    const bucket = git(path, "grep", "-l", "version-syntax", "host", "--", ".registrar/index").split("\n")[0] ?? "";
    const file = bucket.slice("host:".length);
    const text = git(path, "show", bucket).replace(/"message":"/g, '"message":"\\u001b[31m');
    await commitTo(path, "host", { [file]: text });
    const { report } = await run(path, registry);
    const messages = report.findings.map(({ message }) => message);
    expect(messages.some((message) => message.includes("\\u001b[31m"))).toBe(true);
    expect(messages.join("")).not.toContain("\u001b");
  });

  it("holds for a folder without git too, where the contents themselves are compared", async () => {
    const path = await bareRepository();
    await run(path, registry, { commit: null });
    const again = await run(path, registry, { commit: null });
    // All are read, none is rendered.
    expect(again.read).toHaveLength(6);
    expect(again.parsed).toEqual([]);
    const { report, parsed } = await run(path, changed, { commit: null });
    expect(parsed).toEqual(["keys/globex/b.asc"]);
    expect(report).toMatchObject({ written: 3, deleted: 0 });
    expect(committed(path, "host")).toEqual((await fresh(changed)).files);
  });

  it("serves a dry run, which foretells the counts", async () => {
    const path = await bareRepository();
    await run(path, registry);
    const dry = await run(path, changed, { dryRun: true });
    const { report } = await run(path, changed);
    expect({ ...dry.report, ms: 0 }).toEqual({ ...report, ms: 0 });
  });
});
