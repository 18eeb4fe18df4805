import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGoodEnding } from "../support/stage/good-ending.ts";
import { type LossyDoor, openLossyDoor } from "../support/stage/lossy-door.ts";
import { aStage, isOwnWrite, operation, pathOf, type TestStage } from "../support/stage/stage.ts";

describe("when GitHub does what it is asked and its answer is lost", () => {
  let stage: TestStage;
  let door: LossyDoor;
  let minor = 2;

  beforeAll(async () => {
    stage = await aStage({
      keep: true,
      environment: async ({ sandbox }) => {
        sandbox.setSettings("example/registry", { deleteBranchOnMerge: false });
        door = await openLossyDoor(sandbox.apiUrl);
        return { apiUrl: door.apiUrl };
      },
    });
  });
  afterAll(async () => {
    const { violations } = stage.sandbox;
    await stage.stop();
    await door.stop();
    expect(violations).toEqual([]);
  });

  it("at each write in turn, nothing is done twice and nothing is left over", async () => {
    await stage.dns.cutRelease({ version: `1.${minor}.0` });
    await expectGoodEnding(stage, `1.${minor}.0`);
    const writes = [...new Set(stage.sandbox.requests.filter(isOwnWrite).map(operation))];
    expect(writes).toHaveLength(7);
    for (const write of writes) {
      minor += 1;
      const [method = "", template = ""] = write.split(" ");
      door.lose({ method, path: pathOf(template) });
      await stage.dns.cutRelease({ version: `1.${minor}.0` });
      await expectGoodEnding(stage, `1.${minor}.0`);
      expect(door.lost.at(-1), `${write} was to be lost`).toMatch(new RegExp(`^${method} .* 20\\d$`));
    }
    expect(door.lost).toHaveLength(writes.length);
  });

  it("at what a wrong release gets as well", async () => {
    const version = "2.0.0";
    for (const path of [
      "/repos/{owner}/{repo}/pulls",
      "/repos/{owner}/{repo}/check-runs",
      "/repos/{owner}/{repo}/issues/{n}/comments",
    ]) {
      door.lose({ method: "POST", path: pathOf(path) });
    }
    await stage.dns.cutRelease({ version, tamper: "checksum" });
    await stage.rest();
    const found = (await stage.pullRequests()).filter(({ title }) => title.endsWith(version));
    expect(found.map(({ merged }) => merged)).toEqual([false]);
    const [{ number, headSha } = expect.unreachable()] = found;
    expect((await stage.checkRuns(headSha)).map(({ conclusion }) => conclusion)).toEqual(["failure"]);
    expect(await stage.ownComments(number)).toHaveLength(1);
  });
});

describe("when an answer breaks off while the comments are read", () => {
  it("no second comment is made", async () => {
    const stage = await aStage();
    await stage.dns.cutRelease({ version: "1.2.0", tamper: "signature" });
    await stage.rest();
    const { number } = await stage.pullRequestOf("1.2.0");
    expect(await stage.ownComments(number)).toHaveLength(1);
    // The check is asked for again by hand, and the list of comments is lost for as long as the client tries.
    const path = new RegExp(`/issues/${number}/comments`);
    stage.sandbox.faults.add({ method: "GET", path, dropConnection: true, times: 2 });
    const { check_runs: runs } = await stage.get<{ check_runs: { id: number }[] }>(
      `commits/${(await stage.pullRequestOf("1.2.0")).headSha}/check-runs`,
    );
    await stage.sandbox.as("mia").rerequestCheck({ repository: "example/registry", id: runs[0]?.id ?? 0 });
    await stage.rest();
    expect(await stage.ownComments(number)).toHaveLength(1);
    expect(stage.sandbox.violations).toEqual([]);
  });
});
