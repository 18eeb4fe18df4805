import { describe, expect, it } from "vitest";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { recordsOfRepository } from "../../src/tasks/notice-release.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const configuration = ".github/registrar.yml";
const old = "providers/acme/dns.json";
const path = "providers/tools/dns.json";
const mapping = "policy: {settle: 0s}\nnamespaces: {Tools: {owner: acme}}\n";

const dnsOf = ({ authors }: TaskStage) =>
  authors.find(({ provider }) => provider.path === old) ?? expect.unreachable("no acme/dns");

/** The record of acme/dns lies under the namespace tools instead, and names neither repository nor ids. */
async function aMappedStage(configured = mapping): Promise<TaskStage> {
  const stage = await aTaskStage();
  const { content } = await stage.get<{ content: string }>(`contents/${old}`);
  const { repository: _elsewhere, ...record } = JSON.parse(Buffer.from(content, "base64").toString());
  await pushToMain(stage, {
    [old]: null,
    [path]: `${JSON.stringify(record, null, 2)}\n`,
    [configuration]: configured,
  });
  return stage;
}

const upstream = { repository: "acme/terraform-provider-dns", repositoryId: null };

describe("a namespace that the configuration maps to another account", () => {
  it("takes repository and keys from that account: its releases are noticed, judged and merged", async () => {
    const stage = await aMappedStage();
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    expect(await recordsOfRepository(stage.context, upstream)).toEqual([path]);
    const { pullRequests } = await bumpRecord(stage.context, { path, tag: "v1.2.0" });
    expect(pullRequests).toEqual([1]);
    const outcome = await reviewPullRequest(stage.context, 1);
    expect(outcome).toMatchObject({ merged: true, verdict: { outcome: "pass" } });
    expect(Object.keys(outcome?.facts.pinned ?? {})).toContain("keys/acme/releases.asc");
  });

  it("has nothing to do with keys of its own name", async () => {
    const stage = await aMappedStage();
    const key = (await stage.get<{ content: string }>("contents/keys/acme/releases.asc")).content;
    await pushToMain(stage, {
      "keys/acme/releases.asc": null,
      "keys/tools/releases.asc": Buffer.from(key, "base64").toString(),
    });
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    await bumpRecord(stage.context, { path, tag: "v1.2.0" });
    expect(await reviewPullRequest(stage.context, 1)).toMatchObject({ merged: false, verdict: { outcome: "hold" } });
    expect((await stage.comments(1))[0]).toContain("keys/acme/NAME.asc");
  });

  it("that is not mapped any more takes nothing from there", async () => {
    const stage = await aMappedStage("policy: {settle: 0s}\n");
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    expect(await bumpRecord(stage.context, { path, tag: "v1.2.0" })).toMatchObject({ plan: null, pullRequests: [] });
    expect(await recordsOfRepository(stage.context, upstream)).toEqual([]);
  });

  it("that is mapped while its pull request is merged is judged again", async () => {
    const stage = await aMappedStage();
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    await bumpRecord(stage.context, { path, tag: "v1.2.0" });
    stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, () =>
      pushToMain(stage, { [configuration]: "policy: {settle: 0s}\nnamespaces: {tools: {owner: globex}}\n" }),
    );
    await expect(reviewPullRequest(stage.context, 1)).rejects.toMatchObject({ code: "github-conflict" });
    expect(await stage.get("pulls/1")).toMatchObject({ merged: false });
  });
});

describe("the configuration of bumps", () => {
  it.each([
    ["switched off", "bump: {enabled: false}\n", "switched off"],
    ["blocked", "blocked: {addresses: [acme/*]}\n", 'blocks "acme/*"'],
  ])("leaves a record whose bumps are %s, and says why", async (_, text, said) => {
    const stage = await aTaskStage();
    await pushToMain(stage, { [configuration]: text });
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const outcome = await bumpRecord(stage.context, { path: old, tag: null });
    expect(outcome).toMatchObject({ plan: null, lookAgain: null, skipped: expect.stringContaining(said) });
    expect(stage.writes()).toEqual([]);
  });
});

describe("what the configuration blocks", () => {
  it("fails in a pull request by hand as well, whatever its configuration says", async () => {
    const stage = await aTaskStage();
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const { content } = await stage.get<{ content: string }>(`contents/${old}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: object[]; owner_id: number };
    await pushToMain(stage, { [configuration]: `policy: {settle: 0s}\nblocked: {owners: [${record.owner_id}]}\n` });
    const text = `${JSON.stringify({ ...record, versions: [entry, ...record.versions] }, null, 2)}\n`;
    const { number } = await propose(stage, { branch: "mine", files: { [old]: text } });
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({
      merged: false,
      decision: { kind: "blocked" },
    });
    expect((await stage.comments(number))[0]).toContain(`id ${record.owner_id}`);
    await pushToMain(stage, { [configuration]: "policy: {settle: 0s}\n" });
    expect((await reviewPullRequest(stage.context, number))?.merged).toBe(true);
  });
});

describe("an account that was renamed", () => {
  it("is mentioned, and its release merged: it has the recorded ids", async () => {
    const stage = await aTaskStage();
    await dnsOf(stage).cutRelease({ version: "1.2.0" });
    stage.sandbox.renameAccount("acme", "acme-corp");
    await bumpRecord(stage.context, { path: old, tag: "v1.2.0" });
    const outcome = await reviewPullRequest(stage.context, 1);
    expect(outcome?.verdict.findings.filter(({ code }) => code === "repository-owner")).toMatchObject([
      { outcome: "pass", notice: true, message: expect.stringContaining('belongs to "acme-corp", not to "acme"') },
    ]);
    expect(outcome?.merged).toBe(true);
  });
});
