import { describe, expect, it } from "vitest";
import { groupPrefix, planPullRequests, type RecordBranches } from "../../src/bump/group.ts";
import type { BumpBranch } from "../../src/bump/plan.ts";

const branch = (name: string, passes = true, version = "1.2.0"): BumpBranch =>
  ({ branch: name, title: name, passes, versions: [{ version }] }) as unknown as BumpBranch;

const found = (count: number, passes = true): RecordBranches[] =>
  Array.from({ length: count }, (_unused, index) => {
    const name = `r${String(index).padStart(4, "0")}`;
    return { path: name, branches: [branch(name, passes)] };
  });

const plan = (records: readonly RecordBranches[], openBranches: readonly string[] = []) =>
  planPullRequests(records, { groupAbove: 5, openBranches: new Set(openBranches) });

describe("planPullRequests", () => {
  it.each([0, 1, 5])("gives each of %i records a pull request of its own", (count) => {
    const { single, groups, left } = plan(found(count));
    expect([single.length, groups.length, left.length]).toEqual([count, 0, 0]);
  });

  it.each([
    [6, [6]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])("groups %i records", (count, sizes) => {
    const { single, groups, left } = plan(found(count));
    expect(groups.map(({ members }) => members.length)).toEqual(sizes);
    expect([single, left]).toEqual([[], []]);
  });

  it("gives the same set the same branch, and another set another", () => {
    const [names, again, other] = [found(6), found(6).reverse(), found(7)].map((records) =>
      plan(records).groups.map((group) => group.branch),
    );
    expect(names).toEqual(again);
    expect(names).not.toEqual(other);
    const newer = found(6).map(({ path }) => ({ path, branches: [branch(path, true, "1.3.0")] }));
    expect(plan(newer).groups[0]?.branch).not.toEqual(names?.[0]);
    expect(names?.[0]).toMatch(new RegExp(`^${groupPrefix}[0-9a-f]{16}$`));
  });

  it("never groups what does not pass", () => {
    const { single, groups } = plan([...found(6), { path: "x", branches: [branch("x@1.2.0", false)] }]);
    expect(single.map(({ path }) => path)).toEqual(["x"]);
    expect(groups[0]?.members).toHaveLength(6);
  });

  it("opens twenty pull requests at most, and names what is left", () => {
    const { single, groups, left } = plan([
      ...found(60),
      ...found(30, false).map((one) => ({ ...one, path: `z${one.path}` })),
    ]);
    expect(groups).toHaveLength(2);
    expect(single).toHaveLength(18);
    expect(left).toHaveLength(12);
    const many = plan(found(1100));
    expect([many.groups.length, many.single.length, many.left.length]).toEqual([20, 0, 100]);
  });

  it("brings an open branch up to date beside that", () => {
    const { single, groups } = plan(found(7), ["r0000"]);
    expect(single.map(({ path }) => path)).toEqual(["r0000"]);
    expect(groups[0]?.members.map(({ path }) => path)).not.toContain("r0000");
  });
});
