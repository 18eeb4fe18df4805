import { describe, expect, it } from "vitest";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { announceMerge } from "../../src/tasks/announce-merge.ts";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { publishableTree } from "../../src/tasks/publishable-tree.ts";
import { noProgress } from "../../src/tasks/reconcile.ts";
import { readReverts, settleReverts } from "../../src/tasks/reverts.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { pathOf } from "../support/stage/stage.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";
const other = "providers/globex/queue.json";
const merging = pathOf("/repos/{owner}/{repo}/pulls/{pull_number}/merge");

type Entry = Record<string, unknown>;

async function recordOf(stage: TaskStage, file = path): Promise<{ versions: Entry[] }> {
  const { content } = await stage.get<{ content: string }>(`contents/${file}`);
  return JSON.parse(Buffer.from(content, "base64").toString()) as { versions: Entry[] };
}

const print = (record: object) => `${JSON.stringify(record, null, 2)}\n`;

/** The record with one more version that its author has released, or with what is made of it. */
async function withVersion(stage: TaskStage, version: string, edit: (entry: Entry) => Entry = (entry) => entry) {
  const author = stage.authors.find(({ provider }) => provider.path === path);
  const published = new Date(Date.now() - 60_000).toISOString();
  const released = await author?.cutRelease({ version, published });
  const record = await recordOf(stage);
  return print({ ...record, versions: [edit(released?.entry ?? {}), ...record.versions] });
}

const wrongHashes = (entry: Entry): Entry => ({
  ...entry,
  targets: (entry.targets as Entry[]).map((target) => ({ ...target, shasum: "0123456789abcdef".repeat(4) })),
});

/** What would be published of two records, and what is said to be kept back: by a process that has just started. */
async function published(stage: TaskStage) {
  const publishable = await publishableTree(stage.context, await stage.readHistory(), noProgress());
  const tree = "files" in publishable.tree ? publishable.tree : await publishable.tree.read();
  const versions: Record<string, unknown[]> = {};
  const files = tree.files.filter((file) => [path, other].includes(file.path));
  for await (const { file, bytes } of tree.read(files)) {
    const record = JSON.parse(Buffer.from(bytes).toString()) as { versions: Entry[] };
    versions[file.path] = record.versions.map(({ version }) => version);
  }
  return { versions, withheld: publishable.withheld.map((one) => one.commit) };
}

const known = ["1.1.0", "1.0.0"];
const waitASecond = () => new Promise((resolve) => setTimeout(resolve, 1_100));

describe("a wrong push", () => {
  it("is kept from being published, with all else published, and is taken back when a maintainer approves that", async () => {
    const stage = await aTaskStage();
    const before = await published(stage);
    const text = await withVersion(stage, "1.2.0", wrongHashes);
    const right = await recordOf(stage, other);
    const commit = await pushToMain(stage, {
      [path]: text,
      [other]: print({ ...right, versions: right.versions.slice() }),
    });
    await inspectPush(stage.context, { commit, paths: [path, other] });
    const [pullRequest] = await stage.context.host.listOpenPullRequests();
    const number = pullRequest?.number ?? 0;
    expect(pullRequest).toMatchObject({
      headBranch: `registrar/revert/push/${commit}`,
      title: `Take back ${commit.slice(0, 12)}`,
    });
    expect(await published(stage)).toEqual({ versions: before.versions, withheld: [commit] });

    // What comes later goes its way, and the wrong version stays away.
    const bump = await propose(stage, { branch: "next", files: { [path]: await withVersion(stage, "1.3.0") } });
    expect((await reviewPullRequest(stage.context, bump.number))?.merged).toBe(true);
    expect((await recordOf(stage)).versions.map(({ version }) => version)).toEqual(["1.3.0", "1.2.0", ...known]);
    expect((await published(stage)).versions[path]).toEqual(["1.3.0", ...known]);

    // The branch is made anew on what came later, and then a maintainer approves it.
    expect(await settleReverts(stage.context.host)).toMatchObject({ ended: [], reopened: [] });
    const held = await reviewPullRequest(stage.context, number);
    expect(held).toMatchObject({ merged: false, decision: { kind: "ask-maintainers", liftable: true } });
    expect((await stage.comments(number)).join()).toContain("never published");
    await waitASecond();
    await stage.sandbox.as(people.maintainer).review({ repository: registryRepository, number, event: "APPROVE" });
    const outcome = await reviewPullRequest(stage.context, number);
    expect(outcome?.merged).toBe(true);
    if (outcome?.announce) await announceMerge(stage.context.host, outcome.announce);
    expect((await recordOf(stage)).versions.map(({ version }) => version)).toEqual(["1.3.0", ...known]);
    expect(await readReverts(stage.context.host)).toEqual([]);
    expect(await published(stage)).toMatchObject({ versions: { [path]: ["1.3.0", ...known] }, withheld: [] });
  });

  it("is accepted by a maintainer who closes what takes it back, and by nobody else", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, { [path]: await withVersion(stage, "1.2.0", wrongHashes) });
    await inspectPush(stage.context, { commit, paths: [path] });
    const [{ number } = { number: 0 }] = await stage.context.host.listOpenPullRequests();
    const { sandbox } = stage;
    sandbox.createAccount({ login: "will" });
    sandbox.setPermission({ repository: registryRepository, login: "will", permission: "write" });
    await sandbox.as("will").closePullRequest({ repository: registryRepository, number });
    expect(await settleReverts(stage.context.host)).toMatchObject({ ended: [], reopened: [number] });
    expect(await published(stage)).toMatchObject({ withheld: [commit] });
    await sandbox.as(people.maintainer).closePullRequest({ repository: registryRepository, number });
    expect(await settleReverts(stage.context.host)).toMatchObject({ ended: [{ commit }], open: [] });
    expect(await published(stage)).toMatchObject({ versions: { [path]: ["1.2.0", ...known] }, withheld: [] });
    // Nobody proposes again what is decided.
    await inspectPush(stage.context, { commit, paths: [path] });
    expect(await readReverts(stage.context.host)).toEqual([]);
  });

  it("that is mended otherwise needs nothing of this any more", async () => {
    const stage = await aTaskStage();
    const before = await recordOf(stage);
    const commit = await pushToMain(stage, { [path]: await withVersion(stage, "1.2.0", wrongHashes) });
    await inspectPush(stage.context, { commit, paths: [path] });
    const mended = await pushToMain(stage, { [path]: print(before) });
    await inspectPush(stage.context, { commit: mended, paths: [path] });
    expect((await settleReverts(stage.context.host)).ended).toMatchObject([{ commit }]);
  });

  it("is not published before it is judged, however long that takes", async () => {
    const stage = await aTaskStage();
    const before = await published(stage);
    const commit = await pushToMain(stage, { [path]: await withVersion(stage, "1.2.0") });
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 502, times: 10 });
    expect(await published(stage)).toEqual({ versions: before.versions, withheld: [commit] });
    await expect.poll(async () => (await published(stage)).withheld, { timeout: 20_000 }).toEqual([]);
    expect((await published(stage)).versions[path]).toEqual(["1.2.0", ...known]);
  });
});

describe("a merge that brings something else than what was judged", () => {
  /** Between the last look and the merge the base moves, so that git merges both texts. */
  async function unlike(stage: TaskStage) {
    const { number, headSha } = await propose(stage, {
      branch: "bump",
      files: { [path]: await withVersion(stage, "1.2.0") },
    });
    const record = await recordOf(stage);
    const without = print({ ...record, versions: record.versions.slice(0, 1) });
    stage.sandbox.faults.before({ method: "PUT", path: merging }, () => pushToMain(stage, { [path]: without }));
    const outcome = await reviewPullRequest(stage.context, number);
    return { number, headSha, outcome, commit: outcome?.unlike ?? "" };
  }

  it("is reported, kept from being published, and halts all merging until a maintainer has decided", async () => {
    const stage = await aTaskStage();
    const { number, headSha, outcome, commit } = await unlike(stage);
    expect(outcome).toMatchObject({ merged: true });
    expect(commit).toBe(await stage.context.host.readTip("main"));
    expect(await stage.checkRuns(commit)).toMatchObject([
      { conclusion: "failure", output: { title: `The merge of pull request ${number} is not what was judged` } },
    ]);
    expect((await stage.checkRuns(headSha))[0]).toMatchObject({ conclusion: "failure" });
    if (outcome?.announce) await announceMerge(stage.context.host, outcome.announce);
    expect((await stage.comments(number)).join()).toContain("Merged, but not as it was judged");
    expect((await published(stage)).withheld).toContain(commit);
    expect((await published(stage)).versions[path]).not.toContain("1.2.0");

    // Another pull request: right, and not merged, by any process.
    const next = await propose(stage, { branch: "next", files: { [path]: await withVersion(stage, "1.3.0") } });
    expect(await reviewPullRequest(stage.context, next.number)).toMatchObject({
      merged: false,
      decision: { kind: "ready", because: "halted" },
    });
    expect((await stage.comments(next.number)).join()).toContain("Take back");

    const [revert] = (await readReverts(stage.context.host)).filter(({ kind }) => kind === "merge");
    expect(revert?.commit).toBe(commit);
    const proposal = await stage.context.host.findPullRequest(revert?.branch ?? "", "open");
    const mia = stage.sandbox.as(people.maintainer);
    await mia.closePullRequest({ repository: registryRepository, number: proposal?.number ?? 0 });
    await settleReverts(stage.context.host);
    expect((await reviewPullRequest(stage.context, next.number))?.merged).toBe(true);
  });
});
