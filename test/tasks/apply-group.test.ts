import { describe, expect, it } from "vitest";
import { planPullRequests } from "../../src/bump/group.ts";
import { applyGroup } from "../../src/tasks/apply-group.ts";
import { readBase } from "../../src/tasks/base.ts";
import { readAndPlanBump } from "../../src/tasks/plan-bump.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const paths = ["providers/acme/dns.json", "providers/globex/queue.json"];

/** What a sweep would apply: both providers have a new release. */
async function aWish(stage: TaskStage) {
  const published = new Date(Date.now() - 60_000).toISOString();
  for (const { cutRelease, provider } of stage.authors) {
    if (paths.includes(provider.path)) await cutRelease({ version: "9.0.0", published });
  }
  const base = await readBase(stage.context.host, "main");
  const members: Parameters<typeof applyGroup>[1]["members"][number][] = [];
  for (const path of paths) {
    const planned = await readAndPlanBump(stage.context, base, { path, tag: null });
    const branch = planned.kind === "planned" ? planned.plan.branches[0] : undefined;
    if (planned.kind !== "planned" || branch === undefined) throw new Error(`no bump of ${path}`);
    members.push({ record: planned.record, branch });
  }
  const found = members.map(({ record, branch }) => ({ path: record.path, branches: [branch] }));
  const [group] = planPullRequests(found, { groupAbove: 0, openBranches: new Set() }).groups;
  if (group === undefined) throw new Error("no group");
  stage.writes();
  return { base, defaultBranch: "main", group, members };
}

const versions = async (stage: TaskStage, path: string, ref: string) => {
  const { content } = await stage.get<{ content: string }>(`contents/${path}?ref=${ref}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as {
    versions: { version: string; discovered?: string }[];
  };
  return record.versions;
};

describe("applyGroup", () => {
  it("makes one commit with every record's new versions on top, in one pull request that names them", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    expect(await applyGroup(stage.context, wish)).toBe(1);
    expect(stage.writes()).toHaveLength(4);
    for (const path of paths) {
      const [newest, ...others] = await versions(stage, path, wish.group.branch);
      expect(newest).toMatchObject({ version: "9.0.0", discovered: expect.any(String) });
      expect(others).toEqual(await versions(stage, path, "main"));
    }
    const pull = await stage.get<{ title: string; body: string; commits: number; changed_files: number }>("pulls/1");
    expect(pull).toMatchObject({ title: "2 new versions of 2 records", commits: 1, changed_files: 2 });
    expect(pull.body).toMatch(/`acme\/dns`: `9\.0\.0`[\s\S]*`globex\/queue`: `9\.0\.0`/);
  });

  it("makes it once, however often it is applied", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    await applyGroup(stage.context, wish);
    stage.writes();
    expect(await applyGroup(stage.context, wish)).toBe(1);
    expect(stage.writes()).toEqual([]);
  });

  it("goes on where it was cut off after the branch was there", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    stage.sandbox.faults.add({ method: "POST", path: /\/pulls$/, status: 502 });
    await expect(applyGroup(stage.context, wish)).rejects.toMatchObject({ code: "github-unavailable" });
    expect(await applyGroup(stage.context, wish)).toBe(1);
    expect(await stage.get("pulls?state=all")).toHaveLength(1);
  });

  it("writes nothing in a dry run, and says 0 for the pull request that it would open", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    expect(await applyGroup({ ...stage.context, dryRun: true }, wish)).toBe(0);
    expect(stage.writes()).toEqual([]);
  });

  it("is not built upon a record that has changed since it was judged, and writes nothing then", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    await pushToMain(stage, { [paths[1] ?? ""]: '{"versions":[]}\n' });
    await expect(applyGroup(stage.context, wish)).rejects.toMatchObject({
      code: "github-conflict",
      message: expect.stringContaining("providers/globex/queue.json"),
    });
    expect(stage.writes()).toEqual([]);
  });

  it("is made all the same where only other files have changed", async () => {
    const stage = await aTaskStage();
    const wish = await aWish(stage);
    await pushToMain(stage, { "README.md": "# Other\n" });
    expect(await applyGroup(stage.context, wish)).toBe(1);
  });
});
