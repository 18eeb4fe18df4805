import { describe, expect, it } from "vitest";
import type { Author, ReleaseWish } from "../../src/scenarios/author.ts";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { pathOf } from "../support/stage/stage.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";
const job = { path, tag: null };
const ownBranch = "registrar/bump/provider/acme/dns";

const dnsOf = ({ authors }: TaskStage): Author => {
  const dns = authors.find(({ provider }) => provider.path === path);
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
};

const release = (stage: TaskStage, wish: ReleaseWish) => dnsOf(stage).cutRelease(wish);

type Listed = {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly head: { ref: string };
};
const pullRequests = (stage: TaskStage) => stage.get<readonly Listed[]>("pulls?state=all");

describe("a release that the record does not have", () => {
  it("becomes a branch and a pull request, and a second look writes nothing", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    const outcome = await bumpRecord(stage.context, job);
    expect(outcome).toMatchObject({ pullRequests: [1], skipped: null, lookAgain: null });
    expect(stage.writes()).toEqual([
      "POST /repos/{owner}/{repo}/git/refs",
      "PUT /repos/{owner}/{repo}/contents/{path}",
      "POST /repos/{owner}/{repo}/pulls",
    ]);
    expect(await pullRequests(stage)).toMatchObject([{ title: "acme/dns 1.2.0", head: { ref: ownBranch } }]);
    // Nothing is opened or updated any more, so nobody has to look at it again.
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [] });
    expect(stage.writes()).toEqual([]);
  });

  it("in a dry run becomes a plan and no write", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    const { plan } = await bumpRecord({ ...stage.context, dryRun: true }, job);
    expect(plan?.branches).toMatchObject([{ branch: ownBranch, title: "acme/dns 1.2.0" }]);
    expect(stage.writes()).toEqual([]);
    expect(await pullRequests(stage)).toEqual([]);
  });

  it("shares the open pull request with the next one, in one step", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    await bumpRecord(stage.context, job);
    await release(stage, { version: "1.3.0" });
    stage.writes();
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1] });
    expect(stage.writes()).toEqual([
      "POST /repos/{owner}/{repo}/git/trees",
      "POST /repos/{owner}/{repo}/git/commits",
      "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
    ]);
    expect(await pullRequests(stage)).toMatchObject([{ number: 1, state: "open" }]);
    expect((await reviewPullRequest(stage.context, 1))?.merged).toBe(true);
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const { versions } = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: { version: string }[] };
    expect(versions.slice(0, 2).map(({ version }) => version)).toEqual(["1.3.0", "1.2.0"]);
  });

  it("that is wrong gets a pull request of its own, and holds up no other", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0", tamper: "checksum" });
    await release(stage, { version: "1.3.0" });
    await bumpRecord(stage.context, job);
    expect((await pullRequests(stage)).map(({ title, head }) => [title, head.ref])).toEqual([
      ["acme/dns 1.2.0", `${ownBranch}@1.2.0`],
      ["acme/dns 1.3.0", ownBranch],
    ]);
  });

  it("that has to settle first is looked at again then, and nothing is written until then", async () => {
    const stage = await aTaskStage({ settle: "1h" });
    await release(stage, { version: "1.2.0" });
    const { lookAgain } = await bumpRecord(stage.context, job);
    const wait = Date.parse(lookAgain?.at ?? "") - Date.now();
    expect(wait).toBeGreaterThan(59 * 60_000);
    expect(wait).toBeLessThanOrEqual(60 * 60_000);
    expect(stage.writes()).toEqual([]);
  });
});

describe("when it broke off", () => {
  const steps = [
    ["creating the branch", "POST", "/repos/{owner}/{repo}/git/refs"],
    ["committing", "PUT", "/repos/{owner}/{repo}/contents/{path}"],
    ["opening the pull request", "POST", "/repos/{owner}/{repo}/pulls"],
  ] as const;

  it.each(steps)("at %s, the next look ends what was begun", async (_what, method, template) => {
    for (const tamper of [undefined, "checksum"] as const) {
      const stage = await aTaskStage();
      const version = "1.2.0";
      await release(stage, tamper === undefined ? { version } : { version, tamper });
      stage.sandbox.faults.add({ method, path: pathOf(template), status: 422, message: "Validation Failed" });
      await expect(bumpRecord(stage.context, job)).rejects.toMatchObject({ code: "github-invalid" });
      expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1] });
      expect(await pullRequests(stage)).toMatchObject([{ state: "open", title: "acme/dns 1.2.0" }]);
      stage.writes();
      await bumpRecord(stage.context, job);
      expect(stage.writes()).toEqual([]);
    }
  });
});

describe("a pull request for a wrong release", () => {
  it("that somebody closed stays closed, also when the release is looked at again", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0", tamper: "checksum" });
    await bumpRecord(stage.context, job);
    await stage.sandbox.as("mia").closePullRequest({ repository: registryRepository, number: 1 });
    stage.writes();
    expect(await bumpRecord(stage.context, { path, tag: "v1.2.0" })).toMatchObject({ pullRequests: [] });
    expect(stage.writes()).toEqual([]);
    expect(await pullRequests(stage)).toHaveLength(1);
  });
});

describe("a pull request of ours of which nothing is left", () => {
  it("because somebody else merged its version is closed, and its branch goes", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    await bumpRecord(stage.context, job);
    const { content } = await stage.get<{ content: string }>(`contents/${path}?ref=${ownBranch}`);
    await pushToMain(stage, { [path]: Buffer.from(content, "base64").toString() });
    stage.writes();
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [] });
    expect(stage.writes()).toEqual([
      "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
      "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
    ]);
    expect(await pullRequests(stage)).toMatchObject([{ state: "closed" }]);
    await bumpRecord(stage.context, job);
    expect(stage.writes()).toEqual([]);
  });

  it("as long as GitHub does not say what is released, it stays", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    await bumpRecord(stage.context, job);
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 502, times: 10 });
    stage.writes();
    expect(await bumpRecord(stage.context, job)).toMatchObject({ lookAgain: { at: null } });
    expect(stage.writes()).toEqual([]);
  });

  it("and one whose base moved under it while it was looked at is not made: it is looked at again", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    const published = new Date(Date.now() - 60_000).toISOString();
    const { entry } = await release(stage, { version: "1.1.5", published });
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
    record.versions.unshift(entry);
    // When the branch is looked for, everything has been read.
    stage.sandbox.faults.before({ path: /git\/ref\/heads%2Fregistrar/ }, () =>
      pushToMain(stage, { [path]: `${JSON.stringify(record, null, 2)}\n` }),
    );
    await expect(bumpRecord(stage.context, job)).rejects.toMatchObject({ code: "github-conflict" });
    expect(stage.writes()).toEqual([]);
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1] });
  });
});

describe("when nothing can be done", () => {
  it("because GitHub does not list the releases, it is looked at again: nobody tells of them twice", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    stage.sandbox.faults.add({ path: /\/releases\?per_page=100/, status: 502, times: 2 });
    expect(await bumpRecord(stage.context, job)).toMatchObject({
      skipped: expect.stringContaining("GitHub answered 502 while listing the releases"),
      lookAgain: { at: null },
    });
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1] });
  });

  it("because GitHub limits us, it is looked at again when the limit ends", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    const headers = { "retry-after": "120" };
    stage.sandbox.faults.add({ path: /\/releases\?per_page=100/, status: 429, headers });
    const { lookAgain } = await bumpRecord(stage.context, job);
    expect(Math.abs(Date.parse(lookAgain?.at ?? "") - Date.now() - 120_000)).toBeLessThan(10_000);
  });

  it("because the configuration is broken, it is looked at again", async () => {
    const stage = await aTaskStage();
    await release(stage, { version: "1.2.0" });
    await pushToMain(stage, { ".github/registrar.yml": "polcy: {}\n" });
    expect(await bumpRecord(stage.context, job)).toMatchObject({
      skipped: expect.stringContaining("polcy"),
      lookAgain: { at: null },
    });
    expect(stage.writes()).toEqual([]);
  });

  it("because the repository is gone, it is left, with the reason", async () => {
    const stage = await aTaskStage();
    stage.sandbox.deleteRepository(dnsOf(stage).repository);
    expect(await bumpRecord(stage.context, job)).toMatchObject({
      skipped: expect.stringContaining("GitHub has nothing there"),
      lookAgain: null,
    });
  });

  it.each([
    ["there is no such record", "providers/acme/none.json", "has no record"],
    ["the module's repository is not there", "modules/acme/none/aws.json", "GitHub has nothing there"],
  ])("because %s, it is left, with the reason", async (_what, other, said) => {
    const stage = await aTaskStage();
    if (other.startsWith("modules")) await pushToMain(stage, { [other]: '{"versions":[]}\n' });
    expect(await bumpRecord(stage.context, { path: other, tag: null })).toMatchObject({
      skipped: expect.stringContaining(said),
      lookAgain: null,
    });
  });
});
