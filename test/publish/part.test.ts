import { describe, expect, it } from "vitest";
import { readPart } from "../../src/publish/part.ts";
import type { PublishSettings } from "../../src/publish/settings.ts";
import type { Layout } from "../../src/registry/address.ts";
import type { Files } from "./support/files.ts";
import { memoryRegistry } from "./support/memory-registry.ts";

const plain: Files = {
  "providers/acme/dns.json": {},
  "providers/globex/dns.json": {},
  "modules/Hooli/net/aws.json": {},
  "keys/acme/a.asc": "one",
  ".github/registrar.yml": "",
};
const lettered: Files = {
  "providers/a/acme/dns.json": {},
  "modules/g/globex/net/aws.json": {},
  "keys/k/keyring/k.asc": "one",
};
const settings: PublishSettings = {
  layout: null,
  aliases: { "old/dns": "acme/dns", "Older/dns": "Globex/dns", "hooli/net/aws": "globex/net/aws" },
  namespaces: { umbrella: { owner: "initech" }, Initech: { owner: "KeyRing" } },
};
const none: PublishSettings = { layout: null };
const many = (count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`providers/n${index}/dns.json`, {}]));

interface Given {
  readonly from: Files;
  readonly change: Files;
  readonly settings?: PublishSettings;
  /** What was published; default: as all records are there. */
  readonly layout?: Layout;
}

/** What a publication after one change looks at, and what it reads. */
async function partOf({ from, change, settings: of = none, layout = from === lettered ? "lettered" : "plain" }: Given) {
  const registry = memoryRegistry();
  const { commit } = await registry.commit(from);
  const history = await registry.commit(change);
  const part = await readPart(history, { settings: of, published: { commit, begun: [], layout } });
  return {
    namespaces: part.namespaces === null ? null : [...part.namespaces].sort(),
    read: part.tree.files.map(({ path }) => path),
    settings: part.settings,
  };
}

describe("what a publication looks at after a change", () => {
  it.each<[string, Given, readonly string[] | null]>([
    ["nothing", { from: plain, change: {} }, []],
    ["what is no part of the registry", { from: plain, change: { "README.md": "1" } }, []],
    ["a file that says nothing", { from: plain, change: { "providers/README.md": "1", "keys/acme/.gitkeep": "" } }, []],
    ["a record", { from: plain, change: { "providers/acme/dns.json": { a: 1 } } }, ["acme"]],
    ["a record that is gone", { from: plain, change: { "providers/acme/dns.json": null } }, ["acme"]],
    ["a record in capitals", { from: plain, change: { "modules/Hooli/net/aws.json": "{" } }, ["hooli"]],
    [
      "a record that moves",
      { from: plain, change: { "providers/acme/dns.json": null, "providers/globex/new.json": {} } },
      ["acme", "globex"],
    ],
    ["a key of a namespace", { from: plain, change: { "keys/acme/a.asc": "two" } }, ["acme"]],
    ["a key of a provider", { from: plain, change: { "keys/Globex/dns/b.asc": "two" } }, ["globex"]],
    ["the configuration", { from: plain, change: { ".github/registrar.yml": "{}" } }, null],
    ["the configuration, which is gone", { from: plain, change: { ".github/registrar.yml": null } }, null],
    ["a file in no place", { from: plain, change: { "keys/acme/notes.txt": "1" } }, null],
    ["a file of the other layout", { from: plain, change: { "providers/a/acme/dns.json": {} } }, null],
    ["a file in no namespace", { from: plain, change: { "providers/-x/dns.json": {} } }, null],
    ["an alias's record", { from: plain, change: { "providers/acme/dns.json": "{" }, settings }, ["acme", "old"]],
    [
      "what takes an alias's place",
      { from: plain, change: { "providers/OLD/dns.json": {} }, settings },
      ["acme", "old"],
    ],
    [
      "the record of one that has another's",
      { from: plain, change: { "providers/older/net.json": {} }, settings },
      ["globex", "hooli", "older"],
    ],
    [
      "the key of an owner",
      { from: plain, change: { "keys/keyring/k.asc": "1" }, settings },
      ["initech", "keyring", "umbrella"],
    ],
    [
      "a record of a mapped namespace",
      { from: plain, change: { "providers/initech/dns.json": {} }, settings },
      ["initech", "keyring", "umbrella"],
    ],
    ["the layout that is configured anew", { from: plain, change: {}, settings: { layout: "lettered" } }, null],
    [
      "a hundred namespaces",
      { from: plain, change: many(100) },
      Object.keys(many(100))
        .map((path) => path.split("/")[1] ?? "")
        .sort(),
    ],
    ["more than that", { from: plain, change: many(101) }, null],
    ["a record below its letter", { from: lettered, change: { "providers/a/acme/dns.json": "{" } }, ["acme"]],
    ["a key below its letter", { from: lettered, change: { "keys/a/acme/k.asc": "1" } }, ["acme"]],
    ["a record below another letter", { from: lettered, change: { "providers/b/acme/x.json": {} } }, null],
    ["perhaps the last record", { from: lettered, change: { "providers/a/acme/dns.json": null } }, null],
    [
      "perhaps the last record, of a layout that is configured",
      { from: lettered, change: { "providers/a/acme/dns.json": null }, settings: { layout: "lettered" } },
      ["acme"],
    ],
    ["nothing of records below letters", { from: lettered, change: { "README.md": "1" } }, []],
  ])("which is %s", async (_, given, expected) => {
    expect((await partOf(given)).namespaces).toEqual(expected);
  });

  it("is read with the configuration and without what others have", async () => {
    const change = { "providers/old/net.json": {} };
    const { read, settings: of } = await partOf({
      from: { ...plain, "modules/a/acme/aws.json": {} },
      change,
      settings,
    });
    expect(read).toEqual([
      ".github/registrar.yml",
      "keys/acme/a.asc",
      "providers/acme/dns.json",
      "providers/old/net.json",
    ]);
    expect(of).toMatchObject({ layout: "plain", aliases: { "old/dns": "acme/dns" } });
    expect(Object.keys(of.aliases ?? {})).toEqual(["old/dns"]);
  });

  it("includes what differs from each publication that was begun, and is everything where one is not known", async () => {
    const registry = memoryRegistry();
    const { commit } = await registry.commit(plain);
    const { commit: begun } = await registry.commit({ "providers/globex/dns.json": null });
    const history = await registry.commit({ "providers/globex/dns.json": {}, "providers/acme/dns.json": "{" });
    const look = async (...more: readonly string[]) =>
      (await readPart(history, { settings: none, published: { commit, begun: more, layout: "plain" } })).namespaces;
    expect(await look()).toEqual(new Set(["acme"]));
    expect(await look(begun)).toEqual(new Set(["acme", "globex"]));
    expect(await look("f".repeat(40))).toBeNull();
    expect((await readPart(history, { settings: none, published: null })).namespaces).toBeNull();
  });
});
