import { describe, expect, it } from "vitest";
import { aStage, registryRepository, type TestStage } from "../support/stage/stage.ts";

async function expectMergedOnce(stage: TestStage, version: string): Promise<void> {
  await stage.rest();
  const found = (await stage.pullRequests()).filter(({ title }) => title.endsWith(version));
  expect(found.map(({ merged }) => merged)).toEqual([true]);
  const [{ number, headSha } = expect.unreachable()] = found;
  expect(await stage.checkRuns(headSha)).toHaveLength(1);
  expect(await stage.ownComments(number)).toHaveLength(1);
  expect((await stage.versions(stage.dns)).filter((one) => one === version)).toEqual([version]);
  expect(await stage.isPublished("acme/dns", version)).toBe(true);
  expect(stage.sandbox.violations).toEqual([]);
}

describe("webhooks", () => {
  it("that come twice are worked on once", async () => {
    const stage = await aStage();
    stage.sandbox.faults.webhooks({ duplicate: 1_000 });
    const since = stage.sandbox.requests.length;
    await stage.dns.cutRelease({ version: "1.2.0" });
    await expectMergedOnce(stage, "1.2.0");
    const events = stage.sandbox.deliveries.filter(({ event }) => event === "pull_request");
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(new Set(events.map(({ guid }) => guid)).size).toBe(events.length / 2);
    expect(stage.writes(since)).toHaveLength(6);
  });

  it("that are lost one by one change nothing in the end: another event tells the same", async () => {
    const stage = await aStage();
    // Of a release GitHub tells `created`, `published` and `released`; the first two are lost.
    stage.sandbox.faults.webhooks({ drop: 2 });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await expectMergedOnce(stage, "1.2.0");
  });

  it("of our own pull request may be lost: whoever opened it looks at it", async () => {
    const stage = await aStage();
    const lost = new Promise<void>((resolve) => {
      stage.sandbox.faults.before({ method: "POST", path: /\/registry\/pulls$/ }, async () => {
        stage.sandbox.faults.webhooks({ drop: 3 });
        resolve();
      });
    });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await lost;
    const { number } = await stage.pullRequestOf("1.2.0");
    await stage.merged(number);
    const opened = stage.sandbox.deliveries.filter(
      ({ event, action }) => event === "pull_request" && action === "opened",
    );
    expect(opened).toHaveLength(0);
  });

  it("of a push may be lost: the next one publishes both", async () => {
    const stage = await aStage();
    stage.sandbox.faults.before({ method: "PUT", path: /\/merge$/ }, async () =>
      stage.sandbox.faults.webhooks({ drop: 10 }),
    );
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(await stage.versions(stage.dns)).toContain("1.2.0");
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(false);
    stage.sandbox.faults.webhooks({ drop: 0 });
    await stage.dns.cutRelease({ version: "1.3.0" });
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    expect(await stage.isPublished("acme/dns", "1.3.0")).toBe(true);
  });

  it("that did not reach us are in GitHub's list, and sent again they are worked on", async () => {
    const stage = await aStage();
    stage.sandbox.faults.webhooks({ fail: 100 });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(await stage.pullRequests()).toEqual([]);
    stage.sandbox.faults.webhooks({ fail: 0 });
    const failed = stage.sandbox.deliveries.filter(
      ({ event, action }) => event === "release" && action === "published",
    );
    expect(failed).toMatchObject([{ statusCode: 0 }]);
    // As the app's owner does with the button in its settings.
    const [delivery = expect.unreachable()] = failed;
    const { headers, payload } = delivery.request;
    const answer = await fetch(delivery.url, { method: "POST", headers, body: payload });
    expect(answer.status).toBe(202);
    await expectMergedOnce(stage, "1.2.0");
  });

  it("of a pull request by hand, sent twice and out of order, lead to one verdict", async () => {
    const stage = await aStage();
    stage.sandbox.faults.webhooks({ duplicate: 1_000 });
    const mia = stage.sandbox.as("mia");
    const files = { "providers/acme/dns.json": "{" };
    await mia.commit({ repository: registryRepository, branch: "broken", from: "main", files, message: "Broken" });
    const number = await mia.openPullRequest({ repository: registryRepository, head: "broken", title: "Broken" });
    await mia.closePullRequest({ repository: registryRepository, number });
    await mia.reopenPullRequest({ repository: registryRepository, number });
    await stage.rest();
    const [one = expect.unreachable()] = await stage.pullRequests();
    expect((await stage.checkRuns(one.headSha)).map(({ conclusion }) => conclusion)).toEqual(["failure"]);
    expect(await stage.ownComments(number)).toHaveLength(1);
  });
});
