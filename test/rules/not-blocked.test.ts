import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/registry/settings.ts";
import { notBlocked } from "../../src/rules/not-blocked.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { registeredKey, release, upstreamIds } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const blocking = (blocked: Partial<Settings["blocked"]>) =>
  registry()
    .withProvider("acme/dns", ["1.0.0"])
    .withModule("acme/network/aws", ["v1.0.0"])
    .withSettings({ blocked: { addresses: [], owners: [], fingerprints: [], ...blocked } });
const good = release("1.1.0");
const subkey = "5B".repeat(20);
const signedWith = (fingerprint: string | null, keyId = subkey.slice(-16)) =>
  good.withSignature({ accepted: false, problem: "unknown-key", verifiedBy: null, signers: [{ keyId, fingerprint }] });

describe("notBlocked", () => {
  it("passes where nothing is blocked, and where other things are", () => {
    expect(outcomesOf(notBlocked, blocking({}).adding(good))).toEqual(["pass"]);
    const others = { addresses: ["acme/web", "globex/*"], owners: [1], fingerprints: ["00".repeat(20)] };
    expect(outcomesOf(notBlocked, blocking(others).adding(good))).toEqual(["pass"]);
  });

  it.each([
    ["an address", { addresses: ["Acme/DNS"] }, '"Acme/DNS"'],
    ["everything of a namespace", { addresses: ["acme/*"] }, '"acme/*"'],
    ["the owner of the repository", { owners: [7, upstreamIds.owner_id] }, "id 501"],
    ["the key that verified the signature", { fingerprints: [registeredKey] }, registeredKey],
  ])("fails a version of %s that is blocked, whoever brings it", (_, blocked, says) => {
    const expected = [expect.objectContaining({ outcome: "fail", message: expect.stringContaining(says) })];
    expect(findingsOf(notBlocked, blocking(blocked).adding(good))).toEqual(expected);
    expect(findingsOf(notBlocked, blocking(blocked).adding(good).byRegistrar())).toEqual(expected);
  });

  it("says all of it at once", () => {
    const all = { addresses: ["acme/*"], owners: [upstreamIds.owner_id], fingerprints: [registeredKey] };
    expect(outcomesOf(notBlocked, blocking(all).adding(good))).toEqual(["fail", "fail", "fail"]);
  });

  it.each([
    ["names by its fingerprint", signedWith(subkey)],
    ["names by its id alone", signedWith(null)],
    ["is claimed to be by", good.withSignature({ signers: [] })],
  ])("fails a blocked key that the signature %s", (what, signed) => {
    const entry = what.startsWith("is claimed") ? { ...signed.entry, signed_by: subkey } : { ...good.entry };
    expect(outcomesOf(notBlocked, blocking({ fingerprints: [subkey] }).adding(signed, entry))).toEqual(["fail"]);
    expect(outcomesOf(notBlocked, blocking({ fingerprints: ["00".repeat(20)] }).adding(signed, entry))).toEqual([
      "pass",
    ]);
  });

  it("fails an owner whom the base has recorded, or whom the pull request would record", () => {
    const path = pathOf("acme/dns");
    const head = { ...upstreamIds, owner_id: 99 };
    const world = blocking({ owners: [99] });
    expect(outcomesOf(notBlocked, world.adding(good).movedOn(path, recordText("acme/dns", ["1.0.0"], head)))).toEqual([
      "fail",
    ]);
    const claims = world.adding(good).editing(path, (record) => ({ ...record, owner_id: 99 }));
    expect(outcomesOf(notBlocked, claims)).toEqual(["fail"]);
  });

  it("fails modules as well, by address and by owner", () => {
    const good = tag("v1.1.0");
    expect(outcomesOf(notBlocked, blocking({ owners: [upstreamIds.owner_id] }).adding(good))).toEqual(["fail"]);
    expect(outcomesOf(notBlocked, blocking({ fingerprints: [registeredKey] }).adding(good))).toEqual(["pass"]);
    const world = blocking({ addresses: ["acme/network/*"] }).editing(pathOf("acme/network/aws"), (record) => {
      record.versions.unshift({ version: "v1.1.0" });
    });
    expect(outcomesOf(notBlocked, world)).toEqual(["fail"]);
  });

  it("lets go what is there: removals are another rule's", () => {
    const world = blocking({ addresses: ["acme/*"] }).editing(pathOf("acme/dns"), (record) => {
      record.versions.pop();
    });
    expect(outcomesOf(notBlocked, world)).toEqual([]);
  });
});
