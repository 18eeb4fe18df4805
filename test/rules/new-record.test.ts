import { describe, expect, it } from "vitest";
import { newRecord } from "../../src/rules/new-record.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, release } from "../support/builders/release.ts";
import { tag, taggedCommit } from "../support/builders/tag.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);

describe("newRecord", () => {
  it("passes a bump and a removal", () => {
    expect(outcomesOf(newRecord, base.adding(release("1.1.0")))).toEqual(["pass"]);
    expect(outcomesOf(newRecord, base.writing(path, null))).toEqual(["pass"]);
  });

  it("holds a new address, shows whose repository it is, and lets a maintainer lift it", () => {
    const [finding] = findingsOf(newRecord, registry().adding(release("1.0.0")));
    expect(finding).toMatchObject({ outcome: "hold", liftable: true, path });
    expect(finding?.message).toContain("acme/dns is new");
    expect(finding?.message).toContain("acme/terraform-provider-dns, created 2020-01-01, licence MPL-2.0");
  });

  it("holds one by Registrar, one of a module, and one of which nothing is known", () => {
    const unknown = release("1.0.0").with({ repository: { kind: "missing", reason: "gone" } });
    expect(outcomesOf(newRecord, registry().adding(release("1.0.0")).byRegistrar())).toEqual(["hold liftable"]);
    expect(outcomesOf(newRecord, registry().adding(unknown, release("1.0.0").entry))).toEqual(["hold liftable"]);
    const module = registry().writing("modules/acme/network/aws.json", recordText("acme/network/aws", ["v1.0.0"]));
    expect(outcomesOf(newRecord, module)).toEqual(["hold liftable"]);
  });

  it("shows the repository of a module, and what its tags name", () => {
    const [finding] = findingsOf(newRecord, registry().adding(tag("v1.0.0")).adding(tag("v1.1.0")));
    expect(finding).toMatchObject({ outcome: "hold", liftable: true });
    expect(finding?.message).toContain("acme/terraform-aws-network, created 2021-01-01, licence Apache-2.0");
    expect(finding?.message).toContain(`v1.0.0 is commit ${taggedCommit}, v1.1.0 is commit ${taggedCommit}`);
    const untagged = tag("v1.0.0").with({ tag: missing() });
    const [without] = findingsOf(newRecord, registry().adding(untagged, tag("v1.0.0").entry));
    expect(without?.message).not.toContain("tags");
  });

  it("holds an address of another case than the base's", () => {
    expect(outcomesOf(newRecord, base.adding(release("1.0.0", { of: "Acme/dns" })))).toEqual(["hold liftable"]);
  });

  it("holds a record that has been removed from the base since, and takes one that has come there since", () => {
    const bump = base.adding(release("1.1.0"));
    expect(outcomesOf(newRecord, bump.movedOn(path, null))).toEqual(["hold liftable"]);
    const added = registry().adding(release("1.1.0"));
    expect(outcomesOf(newRecord, added.movedOn(path, recordText("acme/dns", ["1.0.0"])))).toEqual(["pass"]);
  });

  it("shows hostile names safely", () => {
    const [finding] = findingsOf(newRecord, registry().writing("providers/a\u202eb/x\ny.json", "{}"));
    expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("shows the owner, and the first release that a registered key verifies", () => {
    const versions = ["1.2.0", "1.1.0"].map((version, index) =>
      release(version).withRelease({ publishedAt: `2026-01-0${2 - index}T00:00:00Z` }),
    );
    const unsigned = release("1.0.0")
      .withRelease({ publishedAt: "2025-01-01T00:00:00Z" })
      .withSignature({ accepted: false, verifiedBy: null });
    const world = [...versions, unsigned].reduce((one, next) => one.adding(next), registry());
    const [finding] = findingsOf(newRecord, world);
    expect(finding?.message).toContain("its owner is the account acme (id 501)");
    expect(finding?.message).toContain("first verified release here is 1.1.0 of 2026-01-01.");
    const [none] = findingsOf(newRecord, registry().adding(unsigned));
    expect(none?.message).toContain("No registered key verifies a release of it.");
  });

  it("shows what the address could be taken for, as evidence that decides nothing", () => {
    const similar = [
      {
        name: "acrne/dns",
        how: "the namespace looks the same",
        path: "providers/acrne/dns.json",
        owner: "acrne",
        since: "2020-01-02",
      },
      { name: "acne", how: "the namespace differs in one letter", path: null, owner: "acne", since: null },
    ];
    const input = { ...registry().adding(release("1.0.0")).input, similar: { [path]: similar } };
    const [finding, ...others] = judge(input, [newRecord]).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "hold", liftable: true });
    expect(finding?.message).toContain(
      'It could be taken for "acrne/dns" (the namespace looks the same; of the account "acrne", first version of 2020-01-02), "acne" (the namespace differs in one letter).',
    );
  });
});
