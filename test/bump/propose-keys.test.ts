import { describe, expect, it } from "vitest";
import { batchProposals, mostKeysAtOnce, type NamespaceLook, proposeKeys } from "../../src/bump/propose-keys.ts";
import { pickNewest } from "../../src/bump/signed-versions.ts";
import { parsedKey } from "../support/builders/key-facts.ts";

const one = parsedKey({ armor: "one" });
const two = parsedKey({ fingerprint: "D4".repeat(20), armor: "two" });
const signedBy = (name: string, ...keys: readonly (typeof one)[]) => ({
  name,
  signers: keys.map(({ fingerprint }) => ({ keyId: fingerprint.slice(-16), fingerprint })),
  verifiedBy: keys.map(({ fingerprint }) => fingerprint),
});
const look = (more: Partial<NamespaceLook>): NamespaceLook => ({
  owner: "Acme",
  folder: "keys/Acme",
  versions: [],
  candidates: [],
  ...more,
});

describe("proposeKeys", () => {
  it("proposes each key once, under the end of its fingerprint", () => {
    const versions = [signedBy("acme/dns 1.1.0", one), signedBy("acme/dns 1.0.0", two)];
    const candidates = [one, two, one].map((key) => ({ key, from: "a file" }));
    const { proposals, missing } = proposeKeys(look({ versions, candidates }), []);
    expect(proposals.map(({ path, text, verifies, looked }) => ({ path, text, verifies, looked }))).toEqual([
      { path: `keys/Acme/${"c3".repeat(8)}.asc`, text: "one", verifies: ["acme/dns 1.1.0"], looked: 2 },
      { path: `keys/Acme/${"d4".repeat(8)}.asc`, text: "two", verifies: ["acme/dns 1.0.0"], looked: 2 },
    ]);
    expect(missing).toEqual([]);
  });

  it.each([
    ["that imitates a key id", one, [], /does not verify what names it \(a file\)/],
    ["that is revoked", parsedKey({ revoked: true }), [], /is revoked/],
    ["that is blocked", one, [one.fingerprint], /is blocked/],
  ])("never proposes a key %s, and says so of its signer", (_, key, blocked, why) => {
    const version = signedBy("acme/dns 1.0.0", one);
    const versions = [blocked.length > 0 || key.revoked ? version : { ...version, verifiedBy: [] }];
    const found = proposeKeys(look({ versions, candidates: [{ key, from: "a file" }] }), blocked);
    expect(found.proposals).toEqual([]);
    expect(found.missing).toEqual([
      { signer: one.fingerprint, versions: ["acme/dns 1.0.0"], why: expect.stringMatching(why) },
    ]);
  });

  it("misses nobody where another signature of the same version is verified", () => {
    const both = { ...signedBy("acme/dns 1.0.0", one, two), verifiedBy: [one.fingerprint] };
    const found = proposeKeys(look({ versions: [both], candidates: [{ key: one, from: "" }] }), []);
    expect(found).toMatchObject({ proposals: [{ text: "one" }], missing: [] });
  });
});

describe("batchProposals", () => {
  const proposalOf = (owner: string, key: typeof one) => {
    const found = proposeKeys(
      look({ owner, folder: `keys/${owner}`, versions: [signedBy("x", key)], candidates: [{ key, from: "" }] }),
      [],
    ).proposals[0];
    if (found === undefined) throw new Error("nothing proposed");
    return found;
  };

  it("keeps the keys of a namespace together, and within what one maintainer compares", () => {
    const proposals = Array.from({ length: mostKeysAtOnce - 1 }, (_, index) => proposalOf(`n${index}`, one));
    const batches = batchProposals([...proposals, proposalOf("last", one), proposalOf("LAST", two)]);
    expect(batches.map((batch) => batch.proposals.length)).toEqual([mostKeysAtOnce - 1, 2]);
    expect(batches[1]?.title).toBe("2 signing keys of 1 namespace");
    expect(batchProposals(proposals)[0]?.branch).toBe(batches[0]?.branch);
    expect(batches[1]?.branch).not.toBe(batches[0]?.branch);
    expect(batchProposals([])).toEqual([]);
  });
});

describe("pickNewest", () => {
  it("takes the newest of each before the second newest of any", () => {
    expect(pickNewest([["a1", "a2", "a3"], [], ["b1", "b2"]], 4)).toEqual(["a1", "b1", "a2", "b2"]);
    expect(pickNewest([["a1"]], 0)).toEqual([]);
  });
});
