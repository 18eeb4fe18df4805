import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryQueue } from "../../src/jobs/memory-queue.ts";
import { createWorker } from "../../src/jobs/worker.ts";
import type { Author } from "../../src/scenarios/author.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { sweep } from "../../src/tasks/sweep.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

function authorOf({ authors }: TaskStage, type: string): Author {
  const author = authors.find(({ provider }) => provider.type === type);
  if (author === undefined) throw new Error(`no ${type}`);
  return author;
}

/** Two providers have released, nobody was told, and a sweep has opened one pull request for both. */
async function aGroup() {
  const stage = await aTaskStage();
  await pushToMain(stage, { ".github/registrar.yml": "policy: {settle: 0s}\nbump: {group_above: 1}\n" });
  const published = new Date(Date.now() - 60_000).toISOString();
  for (const type of ["dns", "queue"]) await authorOf(stage, type).cutRelease({ version: "9.0.0", published });
  await sweep(stage.sweeping, { all: true });
  stage.writes();
  return { ...stage, ...serviceOf(stage) };
}

/** A real queue and worker, which do what follows of a job. */
function serviceOf(stage: TaskStage) {
  const queue: MemoryQueue = new MemoryQueue({
    handler: createWorker({
      ...stage.context,
      ...stage.sweeping,
      bumpUpstream: stage.context.upstream,
      queue: () => queue,
      publisher: null,
      log: () => undefined,
    }),
    onEvent: () => undefined,
    pausesMs: [20, 50, 100],
  });
  onTestFinished(() => queue.stop());
  const rest = () => pollUntil("the end of all work", () => queue.size === 0, { everyMs: 20 });
  return { queue, rest };
}

interface Listed {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly merged_at: string | null;
  readonly head: { readonly ref: string; readonly sha: string };
}
async function pullRequests(stage: TaskStage): Promise<Readonly<Record<string, string>>> {
  const all = await stage.get<readonly Listed[]>("pulls?state=all");
  const ends = all.map(({ title, state, merged_at }) => [title, merged_at === null ? state : "merged"] as const);
  return Object.fromEntries(ends);
}
const branches = async (stage: TaskStage) =>
  (await stage.get<readonly { name: string }[]>("branches")).map(({ name }) => name).filter((name) => name !== "main");

/** The archive that the author signed is replaced by another one of that name. */
async function replaceArchive(stage: TaskStage): Promise<void> {
  const { repository, provider } = authorOf(stage, "dns");
  const acme = stage.sandbox.as("acme");
  const name = `terraform-provider-dns_9.0.0_${provider.platforms[0]}.zip`;
  await acme.deleteAsset({ repository, tag: "v9.0.0", name });
  const asset = { name, bytes: Buffer.from("not what was signed") };
  await acme.uploadAsset({ repository, tag: "v9.0.0", asset });
}

describe("a grouped bump", () => {
  it("in which one version has become wrong is closed, and each record gets a pull request of its own", async () => {
    const stage = await aGroup();
    await replaceArchive(stage);
    await stage.queue.send({ kind: "review", number: 1 });
    await stage.rest();
    expect(await pullRequests(stage)).toEqual({
      "2 new versions of 2 records": "closed",
      "globex/queue 9.0.0": "merged",
      "acme/dns 9.0.0": "open",
    });
    expect(await branches(stage)).toEqual(["registrar/bump/provider/acme/dns@9.0.0"]);
    const [own] = (await stage.get<readonly Listed[]>("pulls")).map(({ head }) => head.sha);
    expect(await stage.checkRuns(own ?? "")).toMatchObject([{ conclusion: "failure" }]);
    // The closed one says what was wrong, and who goes on.
    const [said, ...others] = await stage.comments(1);
    expect(others).toEqual([]);
    expect(said).toMatch(/SHA256SUMS says/);
    expect(said).toContain("it closes this pull request and makes one for each record");
    expect(stage.queue.dead).toEqual([]);
  });

  it("in which one version was made anew is closed, and each record's own bump is merged", async () => {
    const stage = await aGroup();
    await authorOf(stage, "dns").uploadAgain("9.0.0");
    await stage.queue.send({ kind: "review", number: 1 });
    await stage.rest();
    expect(await pullRequests(stage)).toEqual({
      "2 new versions of 2 records": "closed",
      "globex/queue 9.0.0": "merged",
      "acme/dns 9.0.0": "merged",
    });
    expect(await branches(stage)).toEqual([]);
  });

  it("of which somebody has changed one record meanwhile is closed likewise", async () => {
    const stage = await aGroup();
    const path = "providers/acme/dns.json";
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as object;
    await pushToMain(stage, {
      [path]: `${JSON.stringify({ ...record, warnings: ["Soon to be renamed."] }, null, 2)}\n`,
    });
    await stage.queue.send({ kind: "review", number: 1 });
    await stage.rest();
    expect(await pullRequests(stage)).toEqual({
      "2 new versions of 2 records": "closed",
      "globex/queue 9.0.0": "merged",
      "acme/dns 9.0.0": "merged",
    });
  });

  it("that waits is not closed: what waits may still settle", async () => {
    const stage = await aGroup();
    stage.sandbox.faults.add({ path: /terraform-provider-dns\/releases\/tags\//, status: 502, times: 2 });
    await stage.queue.send({ kind: "review", number: 1 });
    await stage.rest();
    expect(await pullRequests(stage)).toEqual({ "2 new versions of 2 records": "merged" });
  });

  it("whose branch cannot be deleted still gives each record its own; the next sweep deletes it", async () => {
    const stage = await aGroup();
    await replaceArchive(stage);
    stage.sandbox.faults.add({ method: "DELETE", path: /git\/refs\/heads/, status: 502, times: 2 });
    await stage.queue.send({ kind: "review", number: 1 });
    await stage.rest();
    expect(await pullRequests(stage)).toMatchObject({ "globex/queue 9.0.0": "merged", "acme/dns 9.0.0": "open" });
    expect((await branches(stage)).some((name) => name.startsWith("registrar/bump/group/"))).toBe(true);
    await sweep(stage.sweeping, { all: true });
    expect(await branches(stage)).toEqual(["registrar/bump/provider/acme/dns@9.0.0"]);
  });
});
