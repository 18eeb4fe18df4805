import { describe, expect, it } from "vitest";
import { releasePublished } from "../../src/rules/release-published.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, release, unavailable } from "../support/builders/release.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const adding = (changed: typeof good) => base.adding(changed, good.entry);

describe("releasePublished", () => {
  it("passes a published release", () => {
    expect(outcomesOf(releasePublished, adding(good))).toEqual(["pass"]);
  });

  it.each(["repository", "release", "tagCommit"] as const)(
    "fails without a %s, and waits for it in an own bump",
    (part) => {
      const world = adding(good.with({ [part]: missing("Nothing there.") }));
      expect(findingsOf(releasePublished, world)).toEqual([
        expect.objectContaining({ outcome: "fail", version: "1.1.0", message: "Nothing there." }),
      ]);
      expect(outcomesOf(releasePublished, world.byRegistrar())).toEqual(["retry"]);
    },
  );

  it.each(["repository", "release", "tagCommit"] as const)("waits when GitHub does not give the %s", (part) => {
    const retryAt = "2026-03-01T12:05:00.000Z";
    const [finding] = findingsOf(releasePublished, adding(good.with({ [part]: { ...unavailable, retryAt } })));
    expect(finding).toMatchObject({ outcome: "retry", retryAt, message: expect.stringContaining("not your fault") });
  });

  it("fails a private repository", () => {
    const repository = { ...good.evidence.repository, private: true } as typeof good.evidence.repository;
    expect(outcomesOf(releasePublished, adding(good.with({ repository })))).toEqual(["fail"]);
  });

  it("waits for evidence that is not there", () => {
    const world = base.editing(pathOf("acme/dns"), (record) => ({ versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(releasePublished, world)).toEqual(["retry"]);
  });

  it("leaves every version of a module to a maintainer, by Registrar, too", () => {
    const world = registry().writing(
      "modules/acme/network/aws.json",
      recordText("acme/network/aws", ["v1.0.0", "v0.9.0"]),
    );
    expect(outcomesOf(releasePublished, world)).toEqual(["hold liftable", "hold liftable"]);
    expect(outcomesOf(releasePublished, world.byRegistrar())).toEqual(["hold liftable", "hold liftable"]);
  });
});
