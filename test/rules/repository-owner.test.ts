import { describe, expect, it } from "vitest";
import { repositoryOwner } from "../../src/rules/repository-owner.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, type Release, release, unavailable, upstreamIds } from "../support/builders/release.ts";
import { tag } from "../support/builders/tag.ts";

/** The same release, as GitHub shows it under another name or other ids. */
function ownedBy(owner: string, ids: { readonly id?: number; readonly ownerId?: number } = {}): Release {
  const good = release("1.1.0");
  const { repository } = good.evidence;
  if (repository.kind !== "found") throw new Error("no repository");
  return good.with({ repository: { ...repository, fullName: `${owner}/terraform-provider-dns`, ...ids } });
}

const old = (head: Record<string, unknown> = upstreamIds) => registry().withProvider("acme/dns", ["1.0.0"], head);
const mapped = { namespaces: { acme: { owner: "acme-corp" } } };

describe("repositoryOwner", () => {
  it.each([
    ["the namespace's account", old().adding(ownedBy("acme"))],
    ["the account in other capitals", old().adding(ownedBy("ACME"))],
    ["the account of a new record", registry().adding(ownedBy("acme"))],
    ["the account that the namespace is mapped to", old().withSettings(mapped).adding(ownedBy("acme-corp"))],
    ["the mapped account of a new record", registry().withSettings(mapped).adding(ownedBy("Acme-Corp"))],
  ])("passes a repository of %s", (_, world) => {
    expect(outcomesOf(repositoryOwner, world)).toEqual(["pass"]);
  });

  it.each([
    ["another account", registry().adding(ownedBy("globex")), "globex", "acme"],
    [
      "the namespace's account, where it is mapped to another",
      registry().withSettings(mapped).adding(ownedBy("acme")),
      "acme",
      "acme-corp",
    ],
    ["an account of a similar name", registry().adding(ownedBy("acme-corp")), "acme-corp", "acme"],
    ["another account, by Registrar", registry().adding(ownedBy("globex")).byRegistrar(), "globex", "acme"],
  ])("fails a new record whose repository belongs to %s", (_, world, owner, expected) => {
    expect(findingsOf(repositoryOwner, world)).toEqual([
      expect.objectContaining({
        outcome: "fail",
        message: expect.stringMatching(`belongs to "${owner}", not to "${expected}"`),
        next: expect.stringContaining(`repository of "${expected}"`),
      }),
    ]);
  });

  it("believes nothing that a new record says of itself", () => {
    const claims = registry()
      .adding(ownedBy("globex"))
      .editing(pathOf("acme/dns"), (record) => ({ ...upstreamIds, ...record }));
    expect(outcomesOf(repositoryOwner, claims)).toEqual(["fail"]);
  });

  it("only mentions a renamed account, which has the recorded ids", () => {
    expect(findingsOf(repositoryOwner, old().adding(ownedBy("acme-corp")))).toEqual([
      expect.objectContaining({
        outcome: "pass",
        notice: true,
        message: expect.stringMatching(/belongs to "acme-corp", not to "acme".*ids that the record knows/),
      }),
    ]);
  });

  it.each([
    ["records no ids", old({}).adding(ownedBy("globex"))],
    ["records one of them", old({ repository_id: upstreamIds.repository_id }).adding(ownedBy("globex"))],
    ["records another owner", old().adding(ownedBy("globex", { ownerId: 1 }))],
    ["records another repository", old().adding(ownedBy("globex", { id: 1 }))],
    ["records ids as texts", old({ repository_id: "7001", owner_id: "501" }).adding(ownedBy("globex"))],
    [
      "records ids in the pull request alone",
      old({})
        .adding(ownedBy("globex"))
        .editing(pathOf("acme/dns"), (record) => ({ ...upstreamIds, ...record })),
    ],
    [
      "came into being meanwhile",
      registry()
        .adding(ownedBy("globex"))
        .movedOn(pathOf("acme/dns"), recordText("acme/dns", ["1.0.0"], {})),
    ],
  ])("holds a record that is there and %s, for a maintainer to lift", (_, world) => {
    expect(outcomesOf(repositoryOwner, world)).toEqual(["hold liftable"]);
  });

  it("judges modules by the same rule", () => {
    const good = tag("v1.1.0");
    const { repository } = good.evidence;
    if (repository.kind !== "found") throw new Error("no repository");
    const foreign = good.with({ repository: { ...repository, fullName: "globex/terraform-aws-network" } });
    expect(outcomesOf(repositoryOwner, registry().adding(good))).toEqual(["pass"]);
    expect(outcomesOf(repositoryOwner, registry().adding(foreign))).toEqual(["fail"]);
    const globex = { namespaces: { acme: { owner: "globex" } } };
    expect(outcomesOf(repositoryOwner, registry().withSettings(globex).adding(foreign))).toEqual(["pass"]);
    const there = registry().withModule("acme/network/aws", ["v1.0.0"], {});
    expect(outcomesOf(repositoryOwner, there.adding(foreign))).toEqual(["hold liftable"]);
  });

  it("has nothing to say where there is no repository; another rule has", () => {
    for (const repository of [missing(), unavailable]) {
      const world = old().adding(release("1.1.0").with({ repository }), release("1.1.0").entry);
      expect(outcomesOf(repositoryOwner, world)).toEqual(["pass"]);
      expect(judge(world.input).outcome).not.toBe("pass");
    }
  });
});
