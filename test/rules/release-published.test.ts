import { describe, expect, it } from "vitest";
import { releasePublished } from "../../src/rules/release-published.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, release, unavailable } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

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

  describe("when both vX and X are released", () => {
    const { release: own } = good.evidence;
    const other = own.kind === "found" ? { ...own, id: 9001, tag: "1.1.0" } : expect.unreachable();

    it("mentions a twin with the same files", () => {
      expect(findingsOf(releasePublished, adding(good.with({ twin: other })))).toEqual([
        expect.objectContaining({
          outcome: "pass",
          notice: true,
          message: expect.stringContaining('"v1.1.0" is taken'),
        }),
      ]);
    });

    it.each([
      ["another archive", other.assets.map((asset, at) => (at === 0 ? { ...asset, sha256: "0".repeat(64) } : asset))],
      ["one file less", other.assets.slice(1)],
      ["files that nobody can compare", other.assets.map((asset) => ({ ...asset, sha256: null }))],
    ])("holds a twin with %s, for a maintainer to decide", (_what, assets) => {
      for (const world of [
        adding(good.with({ twin: { ...other, assets } })),
        adding(good.with({ twin: { ...other, assets } })).byRegistrar(),
      ]) {
        const [finding, ...others] = findingsOf(releasePublished, world);
        expect(others).toEqual([]);
        expect(finding).toMatchObject({
          outcome: "hold",
          liftable: true,
          message: expect.stringContaining("linux_amd64.zip"),
        });
      }
    });

    it("holds where neither has digests: files of one length may be anything", () => {
      const assets = other.assets.map((asset) => ({ ...asset, sha256: null }));
      const undigested = good.withRelease({ assets }).with({ twin: { ...other, assets } });
      expect(outcomesOf(releasePublished, adding(undigested))).toEqual(["hold liftable"]);
    });

    it("waits where it is not known, and passes where there is none", () => {
      expect(outcomesOf(releasePublished, adding(good.with({ twin: unavailable })))).toEqual(["retry"]);
      expect(outcomesOf(releasePublished, adding(good.with({ twin: missing() })))).toEqual(["pass"]);
    });
  });

  describe("of a module", () => {
    const modules = registry().withModule("acme/network/aws", ["v1.0.0"]);
    const made = tag("v1.1.0");
    const withTag = (changed: typeof made) => modules.adding(changed, made.entry);

    it("passes a tag that names a commit, and says no more than that", () => {
      const [finding, ...others] = findingsOf(releasePublished, withTag(made));
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ outcome: "pass", message: "The tag exists and names a commit." });
    });

    it.each(["repository", "tag"] as const)("fails without a %s, and waits for it in an own bump", (part) => {
      const world = withTag(made.with({ [part]: missing("Nothing there.") }));
      expect(findingsOf(releasePublished, world)).toEqual([
        expect.objectContaining({ outcome: "fail", version: "v1.1.0", message: "Nothing there." }),
      ]);
      expect(findingsOf(releasePublished, world)[0]?.next).toContain('push the tag "v1.1.0"');
      expect(outcomesOf(releasePublished, world.byRegistrar())).toEqual(["retry"]);
    });

    it.each(["repository", "tag"] as const)("waits when GitHub does not give the %s", (part) => {
      expect(outcomesOf(releasePublished, withTag(made.with({ [part]: unavailable })))).toEqual(["retry"]);
    });

    it("fails a private repository", () => {
      const repository = { ...made.evidence.repository, private: true } as typeof made.evidence.repository;
      expect(outcomesOf(releasePublished, withTag(made.with({ repository })))).toEqual(["fail"]);
    });

    it("waits for evidence that is not there", () => {
      const world = registry().writing(pathOf("acme/network/aws"), recordText("acme/network/aws", ["v1.0.0"]));
      expect(outcomesOf(releasePublished, world)).toEqual(["retry"]);
    });
  });
});
