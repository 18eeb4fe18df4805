import { describe, expect, it } from "vitest";
import { signature } from "../../src/rules/signature.ts";
import type { SignatureProblem } from "../../src/upstream/signature-report.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, registeredKey, release, unavailable } from "../support/builders/release.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const stranger = { keyId: "B2".repeat(8), fingerprint: "B2".repeat(20) };
const refusedFor = (problem: SignatureProblem) => good.withSignature({ accepted: false, problem, verifiedBy: null });
const byStranger = good.withSignature({
  accepted: false,
  problem: "unknown-key",
  verifiedBy: null,
  signers: [stranger],
});
const noKeys = { usable: [], problems: [] };
const adding = (of: typeof good, world = base) => world.adding(of, good.entry);

describe("signature", () => {
  it("passes a signature by a registered key, and names it", () => {
    expect(findingsOf(signature, adding(good))).toEqual([
      expect.objectContaining({ outcome: "pass", version: "1.1.0", message: expect.stringContaining(registeredKey) }),
    ]);
  });

  const problems: Record<SignatureProblem, { outcome: string; says: string }> = {
    empty: { outcome: "fail", says: "is empty" },
    "signature-too-large": { outcome: "fail", says: "too large" },
    "sums-too-large": { outcome: "fail", says: "too large" },
    armoured: { outcome: "fail", says: "armoured" },
    "not-a-signature": { outcome: "fail", says: "no OpenPGP signature" },
    "no-issuer": { outcome: "fail", says: "by which key" },
    "no-keys": { outcome: "retry", says: "again" },
    "unknown-key": { outcome: "hold", says: "is not registered" },
    "unreadable-key": { outcome: "fail", says: "cannot be read" },
    "bad-signature": { outcome: "fail", says: "changed after signing" },
    "rejected-hash": { outcome: "fail", says: "digest" },
    unsupported: { outcome: "fail", says: "no client understands" },
    "revoked-key": { outcome: "fail", says: "revoked" },
    "key-cannot-sign": { outcome: "fail", says: "not allow it to sign" },
  };

  it.each(Object.entries(problems))("answers %s with %j, whatever the policy", (problem, { outcome, says }) => {
    const lax = { unsigned: "allow", expiredKeys: "pass", weakSignatures: "pass" } as const;
    for (const world of [base, base.withPolicy(lax), base.byRegistrar()]) {
      const [finding, ...others] = findingsOf(signature, adding(refusedFor(problem as SignatureProblem), world));
      expect(others).toEqual([]);
      expect(finding?.outcome).toBe(outcome);
      expect(finding?.message).toContain(says);
      expect(finding?.liftable ?? false).toBe(false);
    }
  });

  it("says of an unknown key who signed, whom the registry knows, and what to submit where", () => {
    const [finding] = findingsOf(signature, adding(byStranger));
    expect(finding?.message).toContain(stranger.fingerprint);
    expect(finding?.message).toContain(registeredKey);
    expect(finding?.next).toContain("keys/acme/NAME.asc");
    expect(finding?.next).toContain(`gpg --armor --export ${stranger.fingerprint}`);
  });

  it.each([
    ["plain", {}, "keys/acme/NAME.asc"],
    ["lettered", {}, "keys/a/acme/NAME.asc"],
    ["plain", { acme: { owner: "umbrella" } }, "keys/umbrella/NAME.asc"],
    ["lettered", { ACME: { owner: "umbrella" } }, "keys/u/umbrella/NAME.asc"],
  ] as const)("asks for keys where the registry looks for them: %s, %j", (layout, namespaces, place) => {
    const world = registry().with({ layout }).withSettings({ namespaces }).withProvider("acme/dns", ["1.0.0"]);
    expect(findingsOf(signature, adding(byStranger, world))[0]?.next).toContain(` ${place} `);
    const unsigned = adding(byStranger, world.withKeys({ usable: [] }));
    expect(findingsOf(signature, unsigned)[0]?.next).toContain(` ${place} `);
  });

  it("takes a key's id where the signature has no fingerprint", () => {
    const signers = [{ keyId: stranger.keyId, fingerprint: null }];
    const [finding] = findingsOf(
      signature,
      adding(byStranger.withSignature({ ...byStranger.evidence.signatureReport, signers })),
    );
    expect(finding?.next).toContain(`--export ${stranger.keyId}`);
  });

  it("holds a signature that was verified by a key which the base does not have", () => {
    const elsewhere = good.withSignature({
      verifiedBy: { path: "keys/acme/x.asc", fingerprint: stranger.fingerprint },
    });
    expect(outcomesOf(signature, adding(elsewhere))).toEqual(["hold"]);
  });

  it("fails a signature that expires, since clients then refuse the version", () => {
    for (const signatureExpires of ["2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"]) {
      expect(outcomesOf(signature, adding(good.withSignature({ signatureExpires })))).toEqual(["fail"]);
    }
  });

  it("mentions an expired key, or holds it where the policy says so", () => {
    const expired = good.withSignature({ expiredKey: "2025-01-01T00:00:00.000Z" });
    expect(findingsOf(signature, adding(expired))).toEqual([
      expect.objectContaining({ outcome: "pass", notice: true, message: expect.stringContaining("2025-01-01") }),
    ]);
    expect(outcomesOf(signature, adding(expired, base.withPolicy({ expiredKeys: "hold" })))).toEqual(["hold liftable"]);
  });

  it("holds a weak signature, or mentions it where the policy says so", () => {
    const weak = good.withSignature({ weak: ["RSA 1024", "SHA-1 digest"] });
    expect(findingsOf(signature, adding(weak))).toEqual([
      expect.objectContaining({
        outcome: "hold",
        liftable: true,
        message: expect.stringContaining("RSA 1024, SHA-1 digest"),
      }),
    ]);
    expect(outcomesOf(signature, adding(weak, base.withPolicy({ weakSignatures: "pass" })))).toEqual(["notice"]);
  });

  it("says both of a weak signature by an expired key", () => {
    const both = good.withSignature({ weak: ["DSA 2048"], expiredKey: "2025-01-01T00:00:00.000Z" });
    expect(outcomesOf(signature, adding(both))).toEqual(["hold liftable", "notice"]);
  });

  describe("when the registry has no key", () => {
    const bare = base.withKeys(noKeys);
    const unsigned = good.withSignature({ accepted: false, problem: "no-keys", verifiedBy: null, signers: [stranger] });

    it("holds, says who seems to have signed, and nothing but a key lifts that", () => {
      const [finding] = findingsOf(signature, adding(unsigned, bare));
      expect(finding).toMatchObject({ outcome: "hold", liftable: false });
      expect(finding?.message).toContain(stranger.fingerprint);
      expect(finding?.next).toContain("keys/acme/NAME.asc");
    });

    it("passes with a notice where the policy allows it", () => {
      expect(outcomesOf(signature, adding(unsigned, bare.withPolicy({ unsigned: "allow" })))).toEqual(["notice"]);
    });

    it("never passes when it has one that cannot be used: then it is not without keys", () => {
      const broken = base.withKeys({ usable: [], problems: ["The key file keys/acme/a.asc is unusable."] });
      for (const world of [broken, broken.withPolicy({ unsigned: "allow" })]) {
        expect(outcomesOf(signature, adding(unsigned, world))).toEqual(["hold", "notice"]);
      }
    });

    it.each(["empty", "signature-too-large", "armoured", "not-a-signature", "no-issuer"] as const)(
      "fails a signature that is %s all the same",
      (problem) => {
        expect(outcomesOf(signature, adding(refusedFor(problem), bare.withPolicy({ unsigned: "allow" })))).toEqual([
          "fail",
        ]);
      },
    );

    it("fails a release without signature all the same", () => {
      const without = good.with({ signature: missing("No signature."), signatureReport: null });
      expect(outcomesOf(signature, adding(without, bare.withPolicy({ unsigned: "allow" })))).toEqual(["fail"]);
    });
  });

  it("waits when nobody has said which keys there are, whatever the policy", () => {
    const input = adding(good, base.withPolicy({ unsigned: "allow" })).input;
    const [entry] = input.change.records[0]?.added ?? [];
    const [change] = input.change.records;
    if (signature.per !== "provider-version" || entry === undefined || change === undefined)
      throw new Error("No version.");
    const applied = { entries: [], conflicts: [] };
    const { address } = good;
    const subject = { change: { ...change, address }, tip: null, applied, entry, evidence: good.evidence };
    expect(signature.check(subject, { ...input, keys: {} })).toEqual([expect.objectContaining({ outcome: "retry" })]);
  });

  it("mentions unusable keys beside a good signature", () => {
    const world = base.withKeys({ problems: ["The key file keys/acme/old.asc is unusable: it is empty."] });
    expect(outcomesOf(signature, adding(good, world))).toEqual(["notice", "pass"]);
  });

  it("fails without a signature, and waits when it is not known whether there is one", () => {
    expect(outcomesOf(signature, adding(good.with({ signature: missing(), signatureReport: null })))).toEqual(["fail"]);
    expect(outcomesOf(signature, adding(good.with({ signature: unavailable, signatureReport: null })))).toEqual([
      "retry",
    ]);
  });

  it("fails without sums, and waits when it is not known whether there are any: that is no fault of the author", () => {
    expect(outcomesOf(signature, adding(good.with({ sums: missing(), signatureReport: null })))).toEqual(["fail"]);
    expect(outcomesOf(signature, adding(good.with({ sums: unavailable, signatureReport: null })))).toEqual(["retry"]);
  });

  it("waits for a signature that nobody has checked", () => {
    expect(outcomesOf(signature, adding(good.with({ signatureReport: null })))).toEqual(["retry"]);
  });

  it("waits without evidence, and in an own bump whose release is gone", () => {
    const world = base.editing(path, (record) => ({ ...record, versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(signature, world)).toEqual(["retry"]);
    const gone = good.with({ release: missing(), sums: missing(), signature: missing(), signatureReport: null });
    expect(outcomesOf(signature, adding(gone).byRegistrar())).toEqual(["retry"]);
  });

  it("is not asked about modules: what was not looked at has not passed", () => {
    const world = registry().editing(pathOf("acme/network/aws"), () => ({ versions: [moduleVersion("v1.0.0")] }));
    expect(outcomesOf(signature, world)).toEqual([]);
  });
});
