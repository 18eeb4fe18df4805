import { describe, expect, it } from "vitest";
import { keyChange } from "../../src/rules/key-change.ts";
import type { Standing } from "../../src/rules/key-facts.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { keyFacts, parsedKey } from "../support/builders/key-facts.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const block = (label: string, inner = "\n\nmDMEZAAA\n") => `-----BEGIN ${label}-----${inner}-----END ${label}-----\n`;
const key = block("PGP PUBLIC KEY BLOCK");
const path = "keys/acme/new.asc";
const base = registry().withProvider("acme/dns", ["1.0.0"]).withFile("keys/acme/old.asc", key);
const adding = base.writing(path, key);
const other = parsedKey({ fingerprint: "D4".repeat(20) });

describe("keyChange", () => {
  it.each([
    ["added", adding],
    ["added for one provider", base.writing("keys/acme/dns/new.asc", key)],
    ["replaced", base.writing("keys/acme/old.asc", `Comment\n${key}`)],
    ["removed", base.writing("keys/acme/old.asc", null)],
    ["touched", base.writing("keys/acme/old.asc", key)],
    ["added by Registrar", adding.byRegistrar()],
  ])("holds a key that is %s, for a maintainer to lift", (_, world) => {
    expect(outcomesOf(keyChange, world)).toEqual(["hold liftable", "notice"]);
  });

  it("holds each key by itself", () => {
    expect(outcomesOf(keyChange, adding.writing("keys/acme/x.asc", key)).toSorted()).toEqual([
      "hold liftable",
      "hold liftable",
      "notice",
      "notice",
    ]);
  });

  it("fails a key together with a record, whichever and whoever brings it", () => {
    const bump = base.adding(release("1.1.0"));
    const together = ["fail", "notice", "notice"];
    expect(outcomesOf(keyChange, bump.writing(path, key))).toEqual(together);
    expect(outcomesOf(keyChange, bump.writing("keys/acme/old.asc", null))).toEqual(together);
    expect(outcomesOf(keyChange, bump.writing(path, key).byRegistrar())).toEqual(together);
    expect(outcomesOf(keyChange, base.writing(pathOf("acme/dns"), null).writing(path, key))).toContain("fail");
  });

  it.each([
    ["a private key", block("PGP PRIVATE KEY BLOCK"), "private key"],
    ["a private key behind a public one", key + block("PGP PRIVATE KEY BLOCK"), "private key"],
    ["a private key of another kind", block("OPENSSH PRIVATE KEY"), "private key"],
    ["two blocks", key + key, "more than one key"],
    ["no key", "acme's key\n", "no key"],
    ["a signature", block("PGP SIGNATURE"), "no public key"],
    ["half a key", key.slice(0, 50), "cannot be read"],
  ])("fails a file with %s, which no approval lifts", (_, text, said) => {
    const findings = findingsOf(keyChange, base.writing(path, text));
    expect(findings.map(({ outcome }) => outcome)).toEqual(["fail", "pass", "pass"]);
    expect(findings[0]).toMatchObject({ path, message: expect.stringContaining(said) });
  });

  const unusable = { kind: "unusable" as const, path, problem: "Its primary key (ElGamal 2048) cannot sign." };
  const onlyCertifies = parsedKey({ signingKeys: parsedKey().signingKeys.map((one) => ({ ...one, signs: false })) });
  it.each([
    ["that no client can read", [unusable], /cannot sign/],
    ["of several keys in one block", [parsedKey(), other], /2 keys in one block: C3C3.*D4D4/],
    ["that may not sign data", [onlyCertifies], /may not sign/],
    ["that is revoked", [parsedKey({ revoked: true })], /revoked/],
  ])("fails a well-formed block %s", (_, after, says) => {
    const [finding, ...others] = findingsOf(keyChange, adding.withKeyFacts(path, keyFacts({ after })));
    expect(finding).toMatchObject({ outcome: "fail", message: expect.stringMatching(says) });
    expect(others.map(({ outcome }) => outcome)).toEqual(["pass", "pass"]);
  });

  it.each(["keys/acme/.x.asc", "keys/acme/a b.asc", "keys/acme/ключ.asc", `keys/acme/${"x".repeat(97)}.asc`])(
    "fails the name %s for a new file, and leaves an old one alone",
    (odd) => {
      expect(outcomesOf(keyChange, base.writing(odd, key))[0]).toBe("fail");
      expect(outcomesOf(keyChange, base.withFile(odd, key).writing(odd, null))).toEqual(["hold liftable", "notice"]);
    },
  );

  it("fails a folder that no provider's namespace can have", () => {
    expect(outcomesOf(keyChange, base.writing("keys/ac me/new.asc", key))[0]).toBe("fail");
  });

  it("fails a key that is blocked, by itself or by one that signs for it", () => {
    const blocked = (fingerprint: string) =>
      adding.withSettings({ blocked: { addresses: [], owners: [], fingerprints: [fingerprint] } });
    expect(outcomesOf(keyChange, blocked("C3".repeat(20)))[0]).toBe("fail");
    expect(outcomesOf(keyChange, blocked("D4".repeat(20)))[0]).toBe("hold liftable");
    const subkey = {
      ...parsedKey().signingKeys[0],
      fingerprint: "D4".repeat(20),
    } as (typeof other.signingKeys)[number];
    const after = [parsedKey({ signingKeys: [...parsedKey().signingKeys, subkey] })];
    expect(outcomesOf(keyChange, blocked("D4".repeat(20)).withKeyFacts(path, keyFacts({ after })))[0]).toBe("fail");
    // Taking it out is what has to be done.
    const removing = base.writing("keys/acme/old.asc", null);
    const settings = { blocked: { addresses: [], owners: [], fingerprints: ["C3".repeat(20)] } };
    expect(outcomesOf(keyChange, removing.withSettings(settings))).toEqual(["hold liftable", "notice"]);
  });

  it("tells the owner and the maintainers what to do about a private key", () => {
    const [finding] = findingsOf(keyChange, base.writing(path, block("PGP PRIVATE KEY BLOCK")));
    expect(finding?.next).toMatch(/Revoke that key at once.*Maintainers: close.*blocked\.fingerprints/s);
  });

  it("shows which key it is, whom it signs for, what it verifies and who proposes it", () => {
    const [held, known] = findingsOf(keyChange, adding);
    expect(held?.message).toContain(
      `adds the key ${"C3".repeat(20)} (Ed25519, made on 2026-01-01, never expires) of "Acme <releases@acme.example>".`,
    );
    expect(known?.message).toContain("It signs for one address: acme/dns.");
    expect(known?.message).toContain("It verifies 1 of the 1 published versions: acme/dns 1.0.0.");
    expect(known?.message).toContain("carl, who is neither the account acme nor publicly a member of it");
  });

  it.each<[Standing, RegExp]>([
    [{ kind: "owner", login: "acme" }, /by acme, the account that the namespace is named after/],
    [{ kind: "member", login: "olga", organization: "acme" }, /olga, a public member of the organisation acme/],
    [{ kind: "no-account", account: "acme" }, /Nobody has the account acme/],
    [{ kind: "registrar" }, /by Registrar itself/],
  ])("says of the contributor: %j", (standing, says) => {
    const findings = findingsOf(keyChange, adding.withKeyFacts(path, keyFacts({ standing })));
    expect(findings.map(({ outcome }) => outcome)).toEqual(["hold", "pass"]);
    expect(findings[1]?.message).toMatch(says);
  });

  it("says when the account is another one than the records were made for", () => {
    const findings = findingsOf(keyChange, adding.withKeyFacts(path, keyFacts({ otherOwners: [77] })));
    expect(findings[1]?.message).toMatch(/recorded owner 77\): the name may have changed hands/);
  });

  it("names the versions that a removal or replacement would take from users", () => {
    const look = { ...keyFacts().look, verified: [], lost: ["acme/dns 1.0.0", "acme/dns 0.9.0"] };
    const removed = base.writing("keys/acme/old.asc", null);
    const [gone] = findingsOf(
      keyChange,
      removed.withKeyFacts("keys/acme/old.asc", keyFacts({ before: [parsedKey()], after: [], look })),
    );
    expect(gone).toMatchObject({ outcome: "hold", liftable: true });
    expect(gone?.message).toMatch(
      /is removed, and with it the key C3C3.*2 published versions can then no longer be verified.*acme\/dns 1\.0\.0, acme\/dns 0\.9\.0/,
    );
    expect(gone?.next).toContain("keep the old key beside the new one");
    const [swapped] = findingsOf(
      keyChange,
      base
        .writing("keys/acme/old.asc", `x\n${key}`)
        .withKeyFacts("keys/acme/old.asc", keyFacts({ before: [parsedKey()], after: [other], look })),
    );
    expect(swapped?.message).toMatch(/puts the key D4D4.* in place of C3C3.*no longer be verified/);
  });

  it.each([
    [
      "a longer life",
      { expiresAt: "2027-01-01T00:00:00.000Z" },
      {},
      /it never expires, and expires on 2027-01-01 before/,
    ],
    ["a revocation", {}, { revoked: true }, /it is revoked now/],
    ["nothing", {}, {}, /nothing that clients see differs/],
  ])("says what another export of the same key brings: %s", (_, was, is, says) => {
    const facts = keyFacts({ before: [parsedKey(was)], after: [parsedKey(is)] });
    const world = base.writing("keys/acme/old.asc", `x\n${key}`).withKeyFacts("keys/acme/old.asc", facts);
    expect(findingsOf(keyChange, world)[0]).toMatchObject({ outcome: "hold", message: expect.stringMatching(says) });
  });

  it("waits for what could not be read, and for a key that nobody has looked at", () => {
    const unavailable = { reason: "GitHub did not answer.", retryAt: "2026-03-01T12:05:00.000Z" };
    const [finding] = findingsOf(keyChange, adding.withKeyFacts(path, keyFacts({ unavailable })));
    expect(finding).toMatchObject({ outcome: "retry", retryAt: unavailable.retryAt });
    expect(outcomesOf(keyChange, adding.withKeyFacts(path, undefined))).toEqual(["retry", "hold liftable"]);
  });

  it("says nothing of other files", () => {
    expect(outcomesOf(keyChange, registry().writing("README.md", "x"))).toEqual(["pass"]);
  });
});
