import { describe, expect, it } from "vitest";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage } from "../support/stage/task-stage.ts";

const configuration = ".github/registrar.yml";
const broken = { [configuration]: "polcy: {}\npaused: 5\n" };

describe("inspectPush", () => {
  it("puts every problem of a broken configuration on the commit that brought it, once", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, broken);
    const push = { commit, paths: [configuration] };
    const { configurationProblems } = await inspectPush(stage.context, push);
    expect(configurationProblems).toHaveLength(2);
    const [run, ...others] = await stage.checkRuns(commit);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(run?.output.title).toBe("The configuration has 2 problem(s)");
    expect(run?.output.summary).toMatch(/judges and merges nothing until it is mended/);
    expect(run?.output.summary).toMatch(/polcy[\s\S]*paused/);
    stage.writes();
    await inspectPush(stage.context, push);
    expect(stage.writes()).toEqual([]);
  });

  it("also when the branch has moved on: the later push says nothing of this file", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, broken);
    const later = await pushToMain(stage, { "README.md": "# Later\n" });
    await inspectPush(stage.context, { commit, paths: [configuration] });
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
    expect(await stage.checkRuns(later)).toEqual([]);
  });

  it("says that a link is no configuration", async () => {
    const stage = await aTaskStage();
    const odd = [{ path: configuration, mode: "120000", text: "../README.md" }] as const;
    const { headSha } = await propose(stage, { branch: "link", odd });
    const { configurationProblems } = await inspectPush(stage.context, { commit: headSha, paths: [configuration] });
    expect(configurationProblems).toEqual([`${configuration}: it is no regular file (git mode 120000).`]);
  });

  it("finds nothing wrong with a right one, and has every open pull request judged again by it", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other\n" } });
    const commit = await pushToMain(stage, { [configuration]: "paused: true\n" });
    expect(await inspectPush(stage.context, { commit, paths: [configuration] })).toEqual({
      configurationProblems: [],
      reviewAgain: [number],
    });
    expect(stage.writes()).toEqual([]);
  });

  it("takes a push whose files nobody knows for one that touches everything", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other\n" } });
    const commit = await pushToMain(stage, broken);
    expect(await inspectPush(stage.context, { commit, paths: [] })).toMatchObject({ reviewAgain: [number] });
    expect(await stage.checkRuns(commit)).toHaveLength(1);
  });

  it("asks for nothing where records alone were touched", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, { "README.md": "# Other\n" });
    const since = stage.sandbox.requests.length;
    await inspectPush(stage.context, { commit, paths: ["providers/acme/dns.json"] });
    expect(stage.sandbox.requests.slice(since)).toEqual([]);
  });
});
