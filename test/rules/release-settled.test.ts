import { describe, expect, it } from "vitest";
import { releaseSettled } from "../../src/rules/release-settled.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { registry } from "../support/builders/registry.ts";
import { missing, release } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

const publishedAt = "2026-03-01T12:00:00.000Z";
const fresh = release("1.1.0").withRelease({ publishedAt });
const seconds = (count: number) => new Date(Date.parse(publishedAt) + count * 1000).toISOString();
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const at = (now: string, of = fresh) => base.adding(of, release("1.1.0").entry).with({ now });

describe("releaseSettled", () => {
  it("waits until nothing has changed for two minutes, and says when that is", () => {
    const [finding, ...others] = findingsOf(releaseSettled, at(seconds(119)));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "retry", retryAt: seconds(120), version: "1.1.0" });
    expect(outcomesOf(releaseSettled, at(seconds(120)))).toEqual(["pass"]);
  });

  it("counts from the last change of any file", () => {
    const later = fresh.withAsset("darwin", { updatedAt: seconds(300) });
    expect(findingsOf(releaseSettled, at(seconds(400), later))[0]).toMatchObject({ retryAt: seconds(420) });
    expect(outcomesOf(releaseSettled, at(seconds(420), later))).toEqual(["pass"]);
  });

  it("waits as long as the configuration says", () => {
    expect(outcomesOf(releaseSettled, at(seconds(299)).withPolicy({ settleSeconds: 300 }))).toEqual(["retry"]);
    expect(outcomesOf(releaseSettled, at(seconds(300)).withPolicy({ settleSeconds: 300 }))).toEqual(["pass"]);
    expect(outcomesOf(releaseSettled, at(seconds(0)).withPolicy({ settleSeconds: 0 }))).toEqual(["pass"]);
  });

  it("does not wait for an immutable release, unless files are missing", () => {
    expect(outcomesOf(releaseSettled, at(seconds(1), fresh.withRelease({ immutable: true })))).toEqual(["pass"]);
    const cut = fresh.withRelease({ immutable: true }).withAsset("darwin", null);
    expect(outcomesOf(releaseSettled, at(seconds(1), cut))).toEqual(["retry"]);
  });

  it.each(["new", "starter", "open", ""])("waits for a file in the state %j, however old the release is", (state) => {
    const [finding] = findingsOf(releaseSettled, at(seconds(86_400), fresh.withAsset("linux", { state })));
    expect(finding).toMatchObject({ outcome: "retry", retryAt: seconds(86_400 + 120) });
    expect(finding?.message).toContain("linux_amd64.zip");
  });

  it.each(["linux_amd64.zip", "SHA256SUMS.sig"])("waits an hour for %s, then goes on without it", (name) => {
    const cut = fresh.withAsset(name, null);
    expect(outcomesOf(releaseSettled, at(seconds(3599), cut))).toEqual(["retry"]);
    expect(outcomesOf(releaseSettled, at(seconds(3600), cut))).toEqual(["pass", "notice"]);
    expect(findingsOf(releaseSettled, at(seconds(3600), cut))[1]?.message).toContain(name);
  });

  it("waits for SHA256SUMS that are not there yet", () => {
    const cut = fresh.withAsset("SHA256SUMS", null).with({ sums: missing() });
    const world = base.adding(cut, release("1.1.0").entry).with({ now: seconds(60) });
    expect(findingsOf(releaseSettled, world)).toEqual([
      expect.objectContaining({ outcome: "retry", message: expect.stringContaining("SHA256SUMS") }),
    ]);
  });

  it("does not wait for files that belong to something else", () => {
    const sums = fresh.withSums(
      (text) => `${text}${"ab".repeat(32)}  terraform-provider-other_1.1.0_linux_amd64.zip\n`,
    );
    expect(outcomesOf(releaseSettled, at(seconds(120), sums))).toEqual(["pass"]);
  });

  it.each(["", "yesterday"])("never passes a release that was published at %j", (odd) => {
    expect(outcomesOf(releaseSettled, at(seconds(0), fresh.withRelease({ publishedAt: odd })))).toEqual(["retry"]);
  });

  it("waits for a release from the future", () => {
    expect(outcomesOf(releaseSettled, at(seconds(-600)))).toEqual(["retry"]);
  });

  it("has nothing to wait for without a release, and in modules", () => {
    expect(outcomesOf(releaseSettled, at(seconds(0), fresh.with({ release: missing() })))).toEqual(["pass"]);
    const module = registry().withModule("acme/network/aws", ["v1.0.0"]).adding(tag("v1.1.0"));
    expect(findingsOf(releaseSettled, module)).toEqual([
      expect.objectContaining({ outcome: "pass", message: expect.stringContaining("no files") }),
    ]);
  });
});
