import { describe, expect, it } from "vitest";
import { KeyRing } from "../../../src/publish/usable/keys.ts";
import { key } from "../support/records.ts";

const [one, two] = [key("one"), key("two")];
const revoked = key("one", { revoked: true, path: "keys/acme/dns/one.asc" });

/** Paths of the keys chosen, or why there are none. */
function choose(keys: readonly ReturnType<typeof key>[], signedBy?: string) {
  const choice = new KeyRing(keys).choose(signedBy);
  return choice.ok ? choice.keys.map(({ path }) => path) : choice.problem;
}

describe("KeyRing", () => {
  it("gives all keys in their order where it is not recorded who signed", () => {
    expect(choose([two, one])).toEqual([two.path, one.path]);
  });

  it("gives each key once", () => {
    expect(choose([one, { ...one, path: "keys/acme/dns/one.asc" }])).toEqual([one.path]);
  });

  const old = { ...one, path: "old", goodUntil: "2025-01-01T00:00:00.000Z" };
  const fresh = { ...one, path: "fresh", goodUntil: "2030-01-01T00:00:00.000Z" };
  const [subkey, otherSubkey] = ["A".repeat(16), "B".repeat(16)];
  it.each([
    ["the one that is good for longer", [old, two, fresh], [two.path, "fresh"]],
    ["the one that never expires", [one, fresh], [one.path]],
    ["the one with a subkey more", [{ ...old, keyIds: [...old.keyIds, subkey] }, fresh], ["old"]],
    [
      "both, where each has a subkey of its own",
      [
        { ...old, keyIds: [...old.keyIds, subkey] },
        { ...fresh, keyIds: [...fresh.keyIds, otherSubkey] },
      ],
      ["old", "fresh"],
    ],
  ])("gives of several exports of a key %s", (_, keys, expected) => {
    for (const some of [keys, keys.toReversed()]) {
      expect(choose(some)).toEqual(some.map(({ path }) => path).filter((path) => expected.includes(path)));
      expect(choose(some, one.fingerprint)).toEqual(
        some.map(({ path }) => path).filter((path) => expected.includes(path) && path !== two.path),
      );
    }
  });

  it("leaves out revoked keys, also where another file has the same key from before", () => {
    expect(choose([one, two, revoked])).toEqual([two.path]);
  });

  it("gives the key that signed", () => {
    expect(choose([one, two], two.fingerprint)).toEqual([two.path]);
  });

  it.each([
    ["gone", [two], /does not have/],
    ["revoked", [two, revoked], /is revoked \("keys\/acme\/dns\/one\.asc"\)/],
    ["revoked in one of two files", [one, two, revoked], /is revoked/],
  ])("gives none where the key that signed is %s", (_, keys, problem) => {
    expect(choose(keys, one.fingerprint)).toMatch(problem);
  });
});
