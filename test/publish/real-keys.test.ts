import * as openpgp from "openpgp";
import { expect, it } from "vitest";
import { planPublish } from "../../src/publish/plan.ts";
import { readPublishedKeys } from "../../src/publish/published-keys.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { author, extended } from "../support/openpgp-author.ts";
import { memoryTree } from "./support/records.ts";

const year = 365 * 24 * 3600;
const before = new Date(Date.now() - 2 * year * 1000);

/** What a provider's documents would carry. */
async function keysOf(files: Readonly<Record<string, string>>) {
  const tree = memoryTree({ ...files, "providers/acme/dns.json": { versions: [] } });
  const settings = { layout: null };
  const plan = planPublish(tree.files, settings);
  const { keysOf, findings } = await readPublishedKeys(tree, plan.keys, { plan, settings, readKeys });
  return { keys: keysOf({ namespace: "acme", type: "dns" }), findings };
}

it("a key tells until when the first of its signing keys is good, which decides between two exports of it", async () => {
  const expired = await author("expired", { date: before, keyExpirationTime: year });
  const subkey = await author("subkey", { date: before, signingSubkey: year });
  const { keys } = await keysOf({
    "keys/acme/a.asc": expired.text,
    "keys/acme/b.asc": await extended(expired, 0),
    "keys/acme/c.asc": subkey.text,
  });
  const until = new Date(Math.floor(before.getTime() / 1000) * 1000 + year * 1000).toISOString();
  expect(keys.map(({ goodUntil }) => goodUntil)).toEqual([until, null, until]);
  expect(keys[2]?.keyIds).toHaveLength(2);
});

it("each key is published by itself, one block each, whatever file it came in", async () => {
  const [one, two, three] = await Promise.all([author("one"), author("two"), author("three")]);
  const both = new openpgp.PacketList<openpgp.AnyPacket>();
  both.push(...two.key.toPacketList(), ...three.key.toPacketList());
  const block = openpgp.armor(openpgp.enums.armor.publicKey, both.write());
  const { keys, findings } = await keysOf({
    "keys/acme/a.asc": `${one.text}\n${two.text}`,
    "keys/acme/b.asc": block,
    "keys/acme/c.asc": one.secret.armor(),
    "keys/acme/dns/d.asc": one.text.replaceAll("\n", "\r\n"),
  });
  expect(keys.map(({ path, keyId }) => [path, keyId.toLowerCase()])).toEqual([
    ["keys/acme/a.asc", one.key.getKeyID().toHex()],
    ["keys/acme/b.asc", two.key.getKeyID().toHex()],
    ["keys/acme/b.asc", three.key.getKeyID().toHex()],
    ["keys/acme/dns/d.asc", one.key.getKeyID().toHex()],
  ]);
  for (const { armor, fingerprint } of keys) {
    expect(armor.match(/-----BEGIN /g)).toHaveLength(1);
    const read = await openpgp.readKeys({ armoredKeys: armor });
    expect(read.map((key) => key.getFingerprint().toUpperCase())).toEqual([fingerprint]);
  }
  expect(findings.map(({ path, code }) => [path, code])).toEqual([
    ["keys/acme/a.asc", "key-change"],
    ["keys/acme/c.asc", "key-change"],
  ]);
  expect(findings[1]?.message).toMatch(/private key/);
});
