import { describe, expect, it } from "vitest";
import { keyChange } from "../../src/rules/key-change.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";

const block = (label: string, inner = "\n\nmDMEZAAA\n") => `-----BEGIN ${label}-----${inner}-----END ${label}-----\n`;
const key = block("PGP PUBLIC KEY BLOCK");
const path = "keys/acme/new.asc";
const base = registry().withProvider("acme/dns", ["1.0.0"]).withFile("keys/acme/old.asc", key);

describe("keyChange", () => {
  it.each([
    ["added", base.writing(path, key)],
    ["added for one provider", base.writing("keys/acme/dns/new.asc", key)],
    ["replaced", base.writing("keys/acme/old.asc", `Comment\n${key}`)],
    ["removed", base.writing("keys/acme/old.asc", null)],
    ["touched", base.writing("keys/acme/old.asc", key)],
    ["added by Registrar", base.writing(path, key).byRegistrar()],
    ["added by a hidden name", base.writing("keys/acme/.x.asc", key)],
  ])("holds a key that is %s, for a maintainer to lift", (_, world) => {
    expect(outcomesOf(keyChange, world)).toEqual(["hold liftable"]);
  });

  it("holds each key by itself", () => {
    expect(outcomesOf(keyChange, base.writing(path, key).writing("keys/acme/x.asc", key))).toEqual([
      "hold liftable",
      "hold liftable",
    ]);
  });

  it("fails a key together with a record, whichever and whoever brings it", () => {
    const bump = base.adding(release("1.1.0"));
    expect(outcomesOf(keyChange, bump.writing(path, key))).toEqual(["fail", "hold liftable"]);
    expect(outcomesOf(keyChange, bump.writing("keys/acme/old.asc", null))).toEqual(["fail", "hold liftable"]);
    expect(outcomesOf(keyChange, bump.writing(path, key).byRegistrar())).toEqual(["fail", "hold liftable"]);
    expect(outcomesOf(keyChange, base.writing(pathOf("acme/dns"), null).writing(path, key))).toContain("fail");
  });

  it.each([
    ["a private key", block("PGP PRIVATE KEY BLOCK"), "private key"],
    ["a private key behind a public one", key + block("PGP PRIVATE KEY BLOCK"), "private key"],
    ["a private key of another kind", block("OPENSSH PRIVATE KEY"), "private key"],
    ["two keys", key + key, "more than one key"],
    ["no key", "acme's key\n", "no key"],
    ["a signature", block("PGP SIGNATURE"), "no public key"],
    ["half a key", key.slice(0, 50), "cannot be read"],
  ])("fails a file with %s, which no approval lifts", (_, text, said) => {
    const findings = findingsOf(keyChange, base.writing(path, text));
    expect(findings.map(({ outcome }) => outcome)).toEqual(["fail", "hold"]);
    expect(findings[0]).toMatchObject({ path, message: expect.stringContaining(said) });
  });

  it("tells the owner and the maintainers what to do about a private key", () => {
    const [finding] = findingsOf(keyChange, base.writing(path, block("PGP PRIVATE KEY BLOCK")));
    expect(finding?.next).toMatch(/Revoke that key at once.*Maintainers: close.*blocked\.fingerprints/s);
  });

  it("says nothing of other files", () => {
    expect(outcomesOf(keyChange, registry().writing("README.md", "x"))).toEqual(["pass"]);
  });
});
