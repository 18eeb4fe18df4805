import { describe, expect, it } from "vitest";
import { repositoryIdentity } from "../../src/rules/repository-identity.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, release, upstreamIds } from "../support/builders/release.ts";

const good = release("1.1.0");
const bump = (head: Record<string, unknown>) => registry().withProvider("acme/dns", ["1.0.0"], head).adding(good);

describe("repositoryIdentity", () => {
  it("passes the repository that the record knows", () => {
    expect(outcomesOf(repositoryIdentity, bump(upstreamIds))).toEqual(["pass"]);
  });

  it.each([
    ["another repository", { ...upstreamIds, repository_id: 1 }, "made again"],
    ["another repository of another owner", { repository_id: 1, owner_id: 1 }, "made again"],
    ["another owner", { ...upstreamIds, owner_id: 1 }, "transferred"],
    ["another owner, where the record knows no more", { owner_id: 1 }, "transferred"],
    ["an id that cannot be read", { repository_id: "7001" }, "made again"],
    ["an owner that cannot be read", { owner_id: null }, "transferred"],
  ])("holds %s, and no approval lifts that", (_, head, says) => {
    expect(findingsOf(repositoryIdentity, bump(head))).toEqual([
      expect.objectContaining({
        outcome: "hold",
        liftable: false,
        version: "1.1.0",
        message: expect.stringContaining(says),
      }),
    ]);
  });

  it.each([
    ["no ids", {}],
    ["no owner", { repository_id: upstreamIds.repository_id }],
    ["no repository", { owner_id: upstreamIds.owner_id }],
  ])("holds a bump of a record that has %s, until a maintainer says otherwise", (_, head) => {
    expect(findingsOf(repositoryIdentity, bump(head))).toEqual([
      expect.objectContaining({
        outcome: "hold",
        liftable: true,
        message: expect.stringContaining("does not hold the ids"),
      }),
    ]);
  });

  it("believes the base's tip, never the pull request", () => {
    const path = pathOf("acme/dns");
    const world = bump({ ...upstreamIds, owner_id: 1 }).editing(path, (record) => ({ ...record, ...upstreamIds }));
    expect(outcomesOf(repositoryIdentity, world)).toEqual(["hold"]);
    const moved = bump(upstreamIds).movedOn(path, recordText("acme/dns", ["1.0.0"], { owner_id: 1 }));
    expect(outcomesOf(repositoryIdentity, moved)).toEqual(["hold"]);
  });

  it("mentions a repository that has another name now, by the same account", () => {
    const { repository } = good.evidence;
    const renamed = (fullName: string) => good.with({ repository: { ...repository, fullName } as typeof repository });
    const world = (fullName: string, head: Record<string, unknown> = upstreamIds) =>
      registry().withProvider("acme/dns", ["1.0.0"], head).adding(renamed(fullName), good.entry);
    expect(findingsOf(repositoryIdentity, world("acme/dns-provider"))).toEqual([
      expect.objectContaining({
        outcome: "pass",
        notice: true,
        message: expect.stringContaining('"acme/dns-provider" now'),
      }),
    ]);
    // A renamed account is told by repository-owner; capitals are no other name.
    expect(outcomesOf(repositoryIdentity, world("acme-inc/terraform-provider-dns"))).toEqual(["pass"]);
    expect(outcomesOf(repositoryIdentity, world("ACME/terraform-provider-dns"))).toEqual(["pass"]);
    expect(outcomesOf(repositoryIdentity, world("acme/dns-provider", {}))).toEqual(["hold liftable"]);
  });

  it("compares what a new record claims", () => {
    const claims = (head: Record<string, unknown>) =>
      registry()
        .adding(good)
        .editing(pathOf("acme/dns"), (record) => ({ ...head, ...record }));
    expect(outcomesOf(repositoryIdentity, claims({ owner_id: 1 }))).toEqual(["hold"]);
    expect(outcomesOf(repositoryIdentity, claims(upstreamIds))).toEqual(["pass"]);
  });

  it("has nothing to compare where GitHub has no repository, which is another rule's", () => {
    const world = registry()
      .withProvider("acme/dns", ["1.0.0"])
      .adding(good.with({ repository: missing() }), good.entry);
    expect(outcomesOf(repositoryIdentity, world)).toEqual(["pass"]);
  });
});
