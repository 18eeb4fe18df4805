import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { editRecord, propose } from "../../src/scenarios/proposal.ts";
import { aStage, people, pollUntil, registryRepository as repository, type TestStage } from "../support/stage/stage.ts";

const path = "providers/acme/dns.json";

/** An outsider's pull request that removes a published version. */
const removal = async (stage: TestStage) =>
  propose(stage, {
    branch: "tidy-up",
    title: "Remove acme/dns 1.0.0",
    files: { [path]: await editRecord(stage, path, (record) => record.versions.pop()) },
  });

const say = (stage: TestStage, number: number, body: string, by: string = people.maintainer) =>
  stage.sandbox.as(by).comment({ repository, number, body });

const answers = async (stage: TestStage, number: number) =>
  (await stage.ownComments(number)).filter((body) => body.startsWith("<!-- registrar:receipt"));

const answered = (stage: TestStage, number: number, count: number) =>
  pollUntil(`answer ${count} on ${number}`, async () => (await answers(stage, number)).length >= count);

describe("commands in comments", () => {
  it("are carried out once each and answered, on pull requests and on issues", async () => {
    const stage = await aStage();
    const { number } = await removal(stage);
    const { headSha } = await stage.judged(number, "fail");
    await say(stage, number, "/registrar explain", people.contributor);
    await answered(stage, number, 1);
    await say(stage, number, "> /registrar explain\n\nWhat does it mean?", people.contributor);
    await sleep(1_010 - (Date.now() % 1_000));
    await say(stage, number, `/registrar waive append-only @${headSha.slice(0, 7)} because it was malware`);
    await stage.merged(number);
    await stage.rest();
    expect(await answers(stage, number)).toHaveLength(2);
    expect(await stage.comment(number)).toMatch(/merged[\s\S]*waived by `mia` because `it was malware`/);
    expect(await stage.versions(stage.dns)).toEqual(["1.1.0"]);
    // The answer of a bump is its pull request.
    await stage.queue.cutRelease({ version: "9.9.9", published: new Date(Date.now() - 60_000).toISOString() });
    const issue = await stage.sandbox.as(people.contributor).openIssue({ repository, title: "Where is 9.9.9?" });
    await say(stage, issue, "/registrar bump globex/queue", people.contributor);
    await stage.merged((await stage.pullRequestOf("9.9.9")).number);
    await stage.rest();
    expect(await answers(stage, issue)).toHaveLength(1);
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("the button that runs a check again", () => {
  it("gives every pull request of that commit a fresh verdict, also from a fork, by the check and by its suite", async () => {
    const stage = await aStage();
    const { number } = await removal(stage);
    const { headSha } = await stage.judged(number, "fail");
    await stage.rest();
    const runs = async () =>
      (
        await stage.get<{ check_runs: { id: number; check_suite: { id: number } }[] }>(
          `commits/${headSha}/check-runs?filter=all`,
        )
      ).check_runs;
    const [first] = await runs();
    const mia = stage.sandbox.as(people.maintainer);
    await mia.rerequestCheck({ repository, id: first?.id ?? 0 });
    await pollUntil("a second run", async () => (await runs()).length === 2);
    await mia.rerequestCheck({ repository, suite: first?.check_suite.id ?? 0 });
    await pollUntil("a third run", async () => (await runs()).length === 3);
    await stage.rest();
    expect(await stage.verdict(headSha)).toBe("fail");
    expect(await stage.ownComments(number)).toHaveLength(1);
    expect(stage.sandbox.violations).toEqual([]);
  });
});
