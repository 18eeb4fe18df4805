import { describe, expect, it } from "vitest";
import { turnLabels } from "../../src/policy/messages.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";

interface RecordJson {
  readonly versions: object[];
}

async function read(stage: TaskStage): Promise<RecordJson> {
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  return JSON.parse(Buffer.from(content, "base64").toString()) as RecordJson;
}

const print = (record: RecordJson): string => `${JSON.stringify(record, null, 2)}\n`;
const onTop = (record: RecordJson, entry: object): string =>
  print({ ...record, versions: [entry, ...record.versions] });

/** A release whose version nobody has added yet. */
async function released(stage: TaskStage, version: string): Promise<object> {
  const dns = stage.authors.find(({ provider }) => provider.path === path) ?? expect.unreachable();
  const published = new Date(Date.now() - 60_000).toISOString();
  return (await dns.cutRelease({ version, published })).entry;
}

/** GitHub computes in the background whether it can merge, when somebody asks. */
const mergeable = (stage: TaskStage, number: number): Promise<boolean> =>
  pollUntil(`whether ${number} can be merged`, async () => {
    const { mergeable } = await stage.get<{ mergeable: boolean | null }>(`pulls/${number}`);
    return mergeable === null ? null : { mergeable };
  }).then(({ mergeable }) => mergeable);

describe("when the base changes the same lines as an open pull request", () => {
  it("an outsider is told how to resolve it, and that it is the contributor's turn", async () => {
    const stage = await aTaskStage();
    const [mine, theirs] = [await released(stage, "1.2.0"), await released(stage, "1.3.0")];
    const record = await read(stage);
    const { number, headSha } = await propose(stage, { branch: "mine", files: { [path]: onTop(record, mine) } });
    await pushToMain(stage, { [path]: onTop(record, theirs) });
    expect(await mergeable(stage, number)).toBe(false);
    const outcome = await reviewPullRequest(stage.context, number);
    expect(outcome).toMatchObject({
      merged: false,
      decision: { kind: "outdated", because: "conflict", rebuild: false },
    });
    expect(await stage.checkRuns(headSha)).toMatchObject([{ conclusion: "action_required" }]);
    const [comment] = await stage.comments(number);
    expect(comment).toMatch(
      /conflicts with the base[\s\S]*Merge the base into your branch, keep the versions of both sides/,
    );
    expect(await stage.get(`pulls/${number}`)).toMatchObject({ labels: [{ name: turnLabels.author.name }] });
    expect((await reviewPullRequest(stage.context, number))?.done).toEqual([]);
  });

  it("a pull request of Registrar's is made anew, and merged", async () => {
    const stage = await aTaskStage();
    const record = await read(stage);
    const mine = released(stage, "1.2.0");
    await mine;
    const [number = 0] = (await bumpRecord(stage.context, { path, tag: null })).pullRequests;
    await pushToMain(stage, { [path]: onTop(record, await released(stage, "1.3.0")) });
    expect(await mergeable(stage, number)).toBe(false);
    const outcome = await reviewPullRequest(stage.context, number);
    expect(outcome).toMatchObject({ decision: { kind: "outdated", because: "conflict" }, rebuild: [path] });
    expect(await bumpRecord(stage.context, { path, tag: null })).toMatchObject({ pullRequests: [number] });
    expect((await reviewPullRequest(stage.context, number))?.merged).toBe(true);
    const versions = (await read(stage)).versions as { version: string }[];
    expect(versions.slice(0, 2).map(({ version }) => version)).toEqual(["1.3.0", "1.2.0"]);
  });

  it("elsewhere in the file, an outsider is told to update the branch", async () => {
    const stage = await aTaskStage();
    const mine = await released(stage, "1.2.0");
    const record = await read(stage);
    const { number } = await propose(stage, { branch: "mine", files: { [path]: onTop(record, mine) } });
    await pushToMain(stage, { [path]: print({ ...record, versions: record.versions.slice(0, -1) }) });
    expect(await mergeable(stage, number)).toBe(true);
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ decision: { because: "base-moved" } });
    expect((await stage.comments(number))[0]).toContain("Update the branch");
  });

  it("is not taken for a conflict as long as GitHub does not know", async () => {
    const stage = await aTaskStage();
    const [mine, theirs] = [await released(stage, "1.2.0"), await released(stage, "1.3.0")];
    const record = await read(stage);
    const { number } = await propose(stage, { branch: "mine", files: { [path]: onTop(record, mine) } });
    await pushToMain(stage, { [path]: onTop(record, theirs) });
    // The first read after a change says null.
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ decision: { because: "base-moved" } });
  });
});

describe("where the registry rebases", () => {
  it("a pull request of several commits is not merged: each would come to the default branch by itself", async () => {
    const stage = await aTaskStage();
    await pushToMain(stage, { ".github/registrar.yml": "merge_method: rebase\npolicy: {settle: 0s}\n" });
    const text = onTop(await read(stage), await released(stage, "1.2.0"));
    const { number } = await propose(stage, { branch: "steps", files: { [path]: text } });
    const step = async (content: string) =>
      stage.sandbox
        .as(people.maintainer)
        .commit({ repository: registryRepository, branch: "steps", files: { [path]: content }, message: "Step" });
    await step("{}\n");
    await step(text);
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({
      merged: false,
      decision: { kind: "outdated", because: "history" },
    });
    const one = await propose(stage, { branch: "one", files: { [path]: text } });
    expect(await reviewPullRequest(stage.context, one.number)).toMatchObject({ merged: true, unlike: null });
  });
});
