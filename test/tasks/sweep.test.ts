import { describe, expect, it } from "vitest";
import type { Author, ReleaseWish } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { sweep } from "../../src/tasks/sweep.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { aModuleAuthor } from "../support/stage/module-author.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const dns = "providers/acme/dns.json";
const queue = "providers/globex/queue.json";
const network = "modules/acme/network/aws.json";
const all = { all: true };
const opening = [
  "POST /repos/{owner}/{repo}/git/trees",
  "POST /repos/{owner}/{repo}/git/commits",
  "POST /repos/{owner}/{repo}/git/refs",
  "POST /repos/{owner}/{repo}/pulls",
];

function authorOf({ authors }: TaskStage, path: string): Author {
  const author = authors.find(({ provider }) => provider.path === path);
  if (author === undefined) throw new Error(`no ${path}`);
  return author;
}

/** A minute ago, and nobody was told. */
const release = (stage: TaskStage, path: string, wish: Partial<ReleaseWish> & { readonly version: string }) =>
  authorOf(stage, path).cutRelease({ published: new Date(Date.now() - 60_000).toISOString(), ...wish });

const configure = (stage: TaskStage, text: string) =>
  pushToMain(stage, { ".github/registrar.yml": `policy: {settle: 0s}\n${text}` });

/** Both providers have a new release, and two are more than a few. */
async function aGroup(): Promise<TaskStage> {
  const stage = await aTaskStage();
  await configure(stage, "bump: {group_above: 1}\n");
  for (const path of [dns, queue]) await release(stage, path, { version: "9.0.0" });
  stage.writes();
  return stage;
}

interface Listed {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly head: { readonly ref: string };
}
const pullRequests = async (stage: TaskStage) => (await stage.get<readonly Listed[]>("pulls?state=all")).toReversed();
const branches = async (stage: TaskStage) =>
  (await stage.get<readonly { name: string }[]>("branches")).map(({ name }) => name).filter((name) => name !== "main");

/** Requests about upstreams over REST, which only comparing needs. */
async function comparisons(stage: TaskStage, work: () => Promise<unknown>): Promise<number> {
  const since = stage.sandbox.requests.length;
  await work();
  return stage.sandbox.requests.slice(since).filter(({ path }) => path.includes("terraform-provider")).length;
}

/** The sweep at a later time. */
const later = (stage: TaskStage, hours: number) => ({
  ...stage.sweeping,
  now: () => new Date(Date.now() + hours * 3_600_000),
});

describe("sweep", () => {
  it("finds nothing where nothing is new: one request for all upstreams, no comparison, no write", async () => {
    const stage = await aTaskStage();
    const since = stage.sandbox.requests.length;
    expect(await comparisons(stage, () => sweep(stage.sweeping, all))).toBe(0);
    expect(stage.sandbox.requests.slice(since).filter(({ graphql }) => graphql !== null)).toHaveLength(1);
    expect(stage.writes()).toEqual([]);
    expect(await stage.sweeping.memory.read()).toMatchObject({ records: { [dns]: {}, [queue]: {} } });
  });

  it("opens a pull request of its own for each of a few records", async () => {
    const stage = await aTaskStage();
    for (const path of [dns, queue]) await release(stage, path, { version: "9.0.0" });
    const outcome = await sweep(stage.sweeping, all);
    expect(outcome).toMatchObject({ skipped: null, glanced: 3, unknown: [], refused: [], again: [], left: [] });
    expect(outcome.looks).toEqual([
      { path: dns, reason: "new" },
      { path: queue, reason: "new" },
    ]);
    expect([...outcome.pullRequests].sort()).toEqual([1, 2]);
    expect((await pullRequests(stage)).map(({ title }) => title).sort()).toEqual([
      "acme/dns 9.0.0",
      "globex/queue 9.0.0",
    ]);
  });

  it("finds a backport that is not among the newest, by its count", async () => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "0.0.9", published: "2020-01-01T00:00:00Z" });
    const { looks, pullRequests } = await sweep(stage.sweeping, all);
    expect(looks).toMatchObject([{ path: dns }]);
    expect(pullRequests).toEqual([1]);
  });

  it("brings an open bump of a record up to date, and groups it with no other", async () => {
    const stage = await aGroup();
    await bumpRecord(stage.context, { path: dns, tag: null });
    await release(stage, dns, { version: "9.1.0" });
    stage.writes();
    const { pullRequests: numbers, plan } = await sweep(stage.sweeping, all);
    expect(plan.groups).toEqual([]);
    expect(numbers).toEqual([1, 2]);
    expect((await pullRequests(stage)).map(({ head }) => head.ref)).toEqual([
      "registrar/bump/provider/acme/dns",
      "registrar/bump/provider/globex/queue",
    ]);
  });
});

describe("a sweep that finds more than a few", () => {
  it("opens one pull request for all of them, which is merged as a whole, and then nothing is left", async () => {
    const stage = await aGroup();
    const outcome = await sweep(stage.sweeping, all);
    expect(outcome.pullRequests).toEqual([1]);
    expect(stage.writes()).toEqual(opening);
    const [one, ...others] = await pullRequests(stage);
    expect(others).toEqual([]);
    expect(one?.title).toBe("2 new versions of 2 records");
    expect(await reviewPullRequest(stage.context, 1)).toMatchObject({ merged: true });
    stage.writes();
    expect(await sweep(stage.sweeping, all)).toMatchObject({ looks: [], pullRequests: [] });
    expect(stage.writes()).toEqual([]);
  });

  it("makes it once: while it is open nobody looks at its records, however often one sweeps", async () => {
    const stage = await aGroup();
    await sweep(stage.sweeping, all);
    stage.writes();
    // Also where everything that was remembered is lost.
    await stage.sweeping.memory.write({ sweptAt: null, records: {} });
    expect(await comparisons(stage, () => sweep(stage.sweeping, all))).toBe(0);
    expect(stage.writes()).toEqual([]);
    expect(await pullRequests(stage)).toHaveLength(1);
  });

  it("looks at all other records meanwhile", async () => {
    const stage = await aGroup();
    await sweep(stage.sweeping, all);
    const author = await aModuleAuthor(stage, ["v1.0.0"]);
    await author.commit("more");
    await author.tag("v1.1.0");
    const { looks, pullRequests: numbers } = await sweep(stage.sweeping, all);
    expect(looks).toEqual([{ path: author.path, reason: "new" }]);
    expect(numbers).toEqual([2]);
    expect((await pullRequests(stage)).map(({ title }) => title)).toEqual([
      "2 new versions of 2 records",
      "acme/storage/aws v1.1.0",
    ]);
  });

  it("that is cut off before its pull request is there is made good by the next one", async () => {
    const stage = await aGroup();
    stage.sandbox.faults.add({ method: "POST", path: /\/pulls$/, status: 502 });
    await expect(sweep(stage.sweeping, all)).rejects.toMatchObject({ code: "github-unavailable" });
    const [left, ...others] = await branches(stage);
    expect([left?.startsWith("registrar/bump/group/"), others]).toEqual([true, []]);
    stage.writes();
    expect(await sweep(stage.sweeping, all)).toMatchObject({ pullRequests: [1] });
    expect(stage.writes()).toEqual(["DELETE /repos/{owner}/{repo}/git/refs/{ref}", ...opening]);
    expect(await pullRequests(stage)).toMatchObject([{ state: "open", head: { ref: left } }]);
  });

  it("whose branch was left behind, and whose versions are no longer missing, leaves nothing", async () => {
    const stage = await aGroup();
    stage.sandbox.faults.add({ method: "POST", path: /\/pulls$/, status: 502 });
    await expect(sweep(stage.sweeping, all)).rejects.toThrow();
    for (const path of [dns, queue]) {
      const { pullRequests: numbers } = await bumpRecord(stage.context, { path, tag: null });
      for (const number of numbers)
        expect(await reviewPullRequest(stage.context, number)).toMatchObject({ merged: true });
    }
    expect(await sweep(stage.sweeping, all)).toMatchObject({ looks: [], pullRequests: [] });
    expect(await branches(stage)).toEqual([]);
  });

  it("gives a version that does not pass a pull request of its own, so that it holds up no other", async () => {
    const stage = await aTaskStage();
    await configure(stage, "bump: {group_above: 0}\n");
    await release(stage, dns, { version: "9.0.0", tamper: "checksum" });
    await release(stage, queue, { version: "9.0.0" });
    await sweep(stage.sweeping, all);
    expect(
      (await pullRequests(stage)).map(({ title, head }) => [title, head.ref.replace(/[0-9a-f]{16}$/, "…")]),
    ).toEqual([
      ["1 new versions of 1 records", "registrar/bump/group/…"],
      ["acme/dns 9.0.0", "registrar/bump/provider/acme/dns@9.0.0"],
    ]);
  });

  it("does not take a stranger's pull request from a branch of such a name for its own", async () => {
    const stage = await aGroup();
    const carl = stage.sandbox.as(people.contributor);
    const fork = await carl.fork(registryRepository);
    const branch = "registrar/bump/group/0123456789abcdef";
    const files = { [dns]: "{}\n", [queue]: "{}\n" };
    await carl.commit({ repository: fork.fullName, branch, from: "main", files, message: "Mine" });
    await carl.openPullRequest({
      repository: registryRepository,
      head: `${people.contributor}:${branch}`,
      title: "Mine",
    });
    const { looks, pullRequests: numbers } = await sweep(stage.sweeping, all);
    expect(looks).toHaveLength(2);
    expect(numbers).toEqual([2]);
  });
});

describe("a dry run", () => {
  it("says what would be opened, and writes nothing anywhere", async () => {
    const stage = await aGroup();
    const outcome = await sweep({ ...stage.sweeping, dryRun: true }, all);
    expect(outcome.plan.groups).toMatchObject([{ title: "2 new versions of 2 records" }]);
    expect(outcome.pullRequests).toEqual([0]);
    expect(stage.writes()).toEqual([]);
    expect(await branches(stage)).toEqual([]);
    expect(await stage.sweeping.memory.read()).toEqual({ sweptAt: null, records: {} });
  });

  it("leaves also what a sweep that was cut off has left", async () => {
    const stage = await aGroup();
    stage.sandbox.faults.add({ method: "POST", path: /\/pulls$/, status: 502 });
    await expect(sweep(stage.sweeping, all)).rejects.toThrow();
    stage.writes();
    await sweep({ ...stage.sweeping, dryRun: true }, all);
    expect(stage.writes()).toEqual([]);
    expect(await branches(stage)).toHaveLength(1);
  });

  it("of single pull requests likewise", async () => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "9.0.0" });
    expect(await sweep({ ...stage.sweeping, dryRun: true }, all)).toMatchObject({
      pullRequests: [0],
      plan: { single: [{ path: dns, branch: { title: "acme/dns 9.0.0" } }], groups: [] },
    });
    expect(stage.writes()).toEqual([]);
  });
});

describe("a version that cannot get in", () => {
  it("is said with the reason, and looked at again only when its pause is over", async () => {
    const stage = await aTaskStage();
    // Older than what is recorded: nobody expects an answer about it.
    await release(stage, dns, { version: "0.0.9", published: "2020-01-01T00:00:00Z", tamper: "checksum" });
    const outcome = await sweep(stage.sweeping, all);
    expect(outcome.refused).toMatchObject([
      { path: dns, version: "0.0.9", reason: expect.stringContaining("SHA256SUMS") },
    ]);
    expect(outcome.pullRequests).toEqual([]);
    expect(await stage.sweeping.memory.read()).toMatchObject({
      records: { [dns]: { tried: { "0.0.9": { times: 1, next: expect.any(String) } } } },
    });
    expect(await comparisons(stage, () => sweep(stage.sweeping, all))).toBe(0);
    expect(await comparisons(stage, () => sweep(later(stage, 2), all))).toBeGreaterThan(0);
    expect((await stage.sweeping.memory.read()).records[dns]?.tried["0.0.9"]?.times).toBe(2);
    expect(stage.writes()).toEqual([]);
  });

  it("that has a pull request of its own is not looked at in every sweep either", async () => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "9.0.0", tamper: "checksum" });
    expect(await sweep(stage.sweeping, all)).toMatchObject({ pullRequests: [1], refused: [] });
    expect(await comparisons(stage, () => sweep(stage.sweeping, all))).toBe(0);
  });
});

describe("what is not known now", () => {
  it("because GitHub does not answer is never taken for nothing new: the next sweep finds it", async () => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "9.0.0" });
    stage.sandbox.faults.add({ path: /graphql$/, status: 502, times: 2 });
    const { unknown, pullRequests: numbers } = await sweep(stage.sweeping, all);
    expect(unknown.map(({ path }) => path)).toEqual([network, dns, queue]);
    expect(unknown[0]?.reason).toContain("502");
    expect(numbers).toEqual([]);
    expect((await stage.sweeping.memory.read()).records).toEqual({});
    expect(await sweep(stage.sweeping, all)).toMatchObject({ unknown: [], pullRequests: [1] });
  });

  it("because the repository is gone is said of that one alone", async () => {
    const stage = await aTaskStage();
    await release(stage, queue, { version: "9.0.0" });
    stage.sandbox.deleteRepository(authorOf(stage, dns).repository);
    expect(await sweep(stage.sweeping, all)).toMatchObject({
      unknown: [{ path: dns, reason: expect.stringContaining("does not exist or is not public") }],
      pullRequests: [1],
    });
  });

  it("because the releases cannot be listed is looked at again by itself, and by the next sweep", async () => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "9.0.0" });
    stage.sandbox.faults.add({ path: /\/releases\?per_page=100/, status: 502, times: 2 });
    expect(await sweep(stage.sweeping, all)).toMatchObject({
      unknown: [{ path: dns, reason: expect.stringContaining("502") }],
      again: [{ path: dns, at: null }],
    });
    expect((await stage.sweeping.memory.read()).records).not.toHaveProperty([dns]);
    expect(await sweep(stage.sweeping, all)).toMatchObject({ unknown: [], pullRequests: [1] });
  });

  it("because one record cannot be read keeps the sweep from no other", async () => {
    const stage = await aTaskStage();
    for (const path of [dns, queue]) await release(stage, path, { version: "9.0.0" });
    const { sha } = await stage.get<{ sha: string }>(`contents/${dns}`);
    stage.sandbox.faults.add({ path: new RegExp(`/git/blobs/${sha}`), status: 502, times: 2 });
    const outcome = await sweep(stage.sweeping, all);
    expect(outcome).toMatchObject({
      unknown: [{ path: dns, reason: expect.stringContaining("502") }],
      again: [{ path: dns, at: null }],
    });
    expect((await pullRequests(stage)).map(({ title }) => title)).toEqual(["globex/queue 9.0.0"]);
    expect(await sweep(stage.sweeping, all)).toMatchObject({ unknown: [], pullRequests: expect.arrayContaining([2]) });
  });

  it("because files are still arriving is looked at again at the named time", async () => {
    const stage = await aTaskStage({ settle: "1h" });
    await release(stage, dns, { version: "9.0.0", published: new Date().toISOString() });
    const { again, pullRequests: numbers } = await sweep(stage.sweeping, all);
    expect(again).toMatchObject([{ path: dns, at: expect.any(String) }]);
    expect(Date.parse(again[0]?.at ?? "")).toBeGreaterThan(Date.now());
    expect(numbers).toEqual([]);
  });
});

describe("whose turn it is", () => {
  const due = { all: false };

  it("is asked only when the last sweep is long enough ago, as the configuration says", async () => {
    const stage = await aTaskStage();
    await configure(stage, "bump: {every: 2h}\n");
    expect(await sweep(stage.sweeping, due)).toMatchObject({ skipped: null, glanced: 3 });
    await release(stage, dns, { version: "9.0.0" });
    const soon = await sweep(later(stage, 1), due);
    expect(soon).toMatchObject({ skipped: "The last sweep is not long enough ago.", glanced: 0, pullRequests: [] });
    expect(await sweep(later(stage, 3), due)).toMatchObject({ skipped: null, glanced: 0 });
    expect(await sweep(later(stage, 30), due)).toMatchObject({ skipped: null, glanced: 3, pullRequests: [1] });
  });

  it("does not matter where all are asked for", async () => {
    const stage = await aTaskStage();
    await sweep(stage.sweeping, due);
    expect(await sweep(stage.sweeping, all)).toMatchObject({ skipped: null, glanced: 3 });
  });

  it.each([
    ["bumps are switched off", "bump: {enabled: false}\n", /bump\.enabled: false/],
    ["the configuration is wrong", "polcy: {}\n", /polcy/],
  ])("is nobody's while %s, also where all are asked for", async (_what, text, said) => {
    const stage = await aTaskStage();
    await release(stage, dns, { version: "9.0.0" });
    await configure(stage, text);
    for (const wish of [due, all]) {
      const outcome = await sweep(stage.sweeping, wish);
      expect(outcome.skipped).toMatch(said);
      expect(outcome).toMatchObject({ glanced: 0, looks: [], unknown: [], pullRequests: [] });
    }
    expect(stage.writes()).toEqual([]);
    // Nothing was swept, so the next one need not wait.
    expect((await stage.sweeping.memory.read()).sweptAt).toBeNull();
  });

  it("is never a blocked record's", async () => {
    const stage = await aTaskStage();
    for (const path of [dns, queue]) await release(stage, path, { version: "9.0.0" });
    await configure(stage, "blocked: {addresses: [acme/*]}\n");
    expect(await sweep(stage.sweeping, all)).toMatchObject({ glanced: 1, unknown: [], pullRequests: [1] });
    expect((await pullRequests(stage)).map(({ title }) => title)).toEqual(["globex/queue 9.0.0"]);
  });
});
