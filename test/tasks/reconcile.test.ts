import { describe, expect, it } from "vitest";
import type { PostedCheckRun, RegistryReader } from "../../src/github/port.ts";
import type { Author } from "../../src/scenarios/author.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { announceMerge } from "../../src/tasks/announce-merge.ts";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { findUncovered } from "../../src/tasks/find-uncovered.ts";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { findUnfinished, noProgress, standingOf } from "../../src/tasks/reconcile.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { pathOf } from "../support/stage/stage.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const path = "providers/acme/dns.json";
const merging = pathOf("/repos/{owner}/{repo}/pulls/{pull_number}/merge");
const nothing = { reviews: [], commanded: [], announcements: [], pushes: [] };

function dnsOf({ authors }: TaskStage): Author {
  const dns = authors.find(({ provider }) => provider.path === path);
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
}

/** A bump of ours, not yet reviewed. */
async function aBump(stage: TaskStage, wish: Parameters<Author["cutRelease"]>[0]): Promise<number> {
  await dnsOf(stage).cutRelease(wish);
  const { pullRequests } = await bumpRecord(stage.context, { path, tag: `v${wish.version}` });
  return pullRequests[0] ?? 0;
}

/** What there was before Registrar is nobody's unfinished work here. */
async function progressOf(stage: TaskStage) {
  const progress = noProgress();
  progress.covered.add(await stage.context.host.readTip("main"));
  return progress;
}

const readsOf = async (stage: TaskStage, work: () => Promise<unknown>) => {
  const since = stage.sandbox.requests.length;
  await work();
  return stage.sandbox.requests.slice(since).filter(({ kind }) => kind === "api");
};

describe("findUnfinished", () => {
  it("finds nothing where nothing is left to do, and writes nothing", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
    expect(stage.writes()).toEqual([]);
  });
});

describe("a pull request", () => {
  it("that nobody has judged is unfinished; a final verdict that does not merge it finishes it", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const number = await aBump(stage, { version: "1.2.0", tamper: "checksum" });
    expect(await findUnfinished(stage.context, progress)).toEqual({ ...nothing, reviews: [number] });
    await reviewPullRequest(stage.context, number);
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
    // Known by now: its check is not asked for again.
    const asked = await readsOf(stage, () => findUnfinished(stage.context, progress));
    expect(asked.filter((request) => request.path.includes("check-runs"))).toEqual([]);
  });

  it("with a command that nobody has answered, because its event was lost, is found once", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { number } = await propose(stage, { branch: "by-hand", files: { [path]: "{}\n" } });
    await reviewPullRequest(stage.context, number);
    await findUnfinished(stage.context, progress);
    const say = (body: string) =>
      stage.sandbox.as(people.contributor).comment({ repository: registryRepository, number, body });
    await say("Thanks for the explanation.");
    expect((await findUnfinished(stage.context, progress)).commanded).toEqual([]);
    await say("/registrar help");
    expect((await findUnfinished(stage.context, progress)).commanded).toEqual([number]);
    expect((await findUnfinished(stage.context, await progressOf(stage))).commanded).toEqual([number]);
    await reviewPullRequest(stage.context, number);
    expect((await findUnfinished(stage.context, progress)).commanded).toEqual([]);
  });

  it("whose head is another one by now is unfinished again", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { number } = await propose(stage, { branch: "by-hand", files: { [path]: "{}\n" } });
    await reviewPullRequest(stage.context, number);
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([]);
    const mia = stage.sandbox.as(people.maintainer);
    const files = { [path]: '{"versions":[]}\n' };
    await mia.commit({ repository: registryRepository, branch: "by-hand", files, message: "More" });
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
  });

  it("that is for another branch by now is unfinished again: its check speaks of the head alone", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const mia = stage.sandbox.as(people.maintainer);
    const files = { "NOTES.md": "x" };
    await mia.commit({ repository: registryRepository, branch: "dev", from: "main", files, message: "Notes" });
    const { number } = await propose(stage, { branch: "by-hand", files: { [path]: "{}\n" }, base: "dev" });
    await reviewPullRequest(stage.context, number);
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([]);
    await mia.editPullRequest({ repository: registryRepository, number, base: "main" });
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
  });

  it("that is right and still open was cut off before its merge", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const number = await aBump(stage, { version: "1.2.0" });
    stage.sandbox.faults.add({ method: "PUT", path: merging, status: 502, times: 5 });
    await expect(reviewPullRequest(stage.context, number)).rejects.toThrow("502");
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
    // Until it is reviewed, however often one looks.
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
  });

  it("that has to wait is unfinished for a process that does not know of its waiting", async () => {
    const stage = await aTaskStage({ settle: "1h" });
    const progress = await progressOf(stage);
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
    const text = `${JSON.stringify({ ...record, versions: [entry, ...record.versions] }, null, 2)}\n`;
    const { number, headSha } = await propose(stage, { branch: "by-hand", files: { [path]: text } });
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ decision: { kind: "wait" } });
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
    progress.reviewed.set(number, standingOf({ headSha, draft: false, baseBranch: "main" }));
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([]);
  });

  it("that somebody has approved since is unfinished once more, though no event told of it", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
    const text = `${JSON.stringify({ ...record, warnings: ["Old."] }, null, 2)}\n`;
    const { number } = await propose(stage, { branch: "by-hand", files: { [path]: text } });
    await reviewPullRequest(stage.context, number);
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([]);
    stage.sandbox.createAccount({ login: "rita" });
    await stage.sandbox.as("rita").review({ repository: registryRepository, number, event: "APPROVE" });
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([number]);
    // Looked at once: whether it counts is said by the review.
    expect((await findUnfinished(stage.context, progress)).reviews).toEqual([]);
    // A process that starts afresh knows of neither.
    const fresh = await progressOf(stage);
    expect((await findUnfinished(stage.context, fresh)).reviews).toEqual([number]);
  });

  it("that is closed is forgotten", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { number, headSha } = await propose(stage, { branch: "by-hand", files: { "README.md": "# Other\n" } });
    for (const known of [number, 99]) {
      progress.reviewed.set(known, headSha);
      progress.touched.set(known, [path]);
    }
    await findUnfinished(stage.context, progress);
    expect([...progress.reviewed.keys(), ...progress.touched.keys()]).toEqual([number, number]);
    await stage.sandbox.as(people.maintainer).closePullRequest({ repository: registryRepository, number });
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
    expect([...progress.reviewed.keys(), ...progress.touched.keys()]).toEqual([]);
  });
});

describe("a merge", () => {
  it("without its last word gets the very one that it would have had, and then no more", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const number = await aBump(stage, { version: "1.2.0" });
    const outcome = await reviewPullRequest(stage.context, number);
    const { announcements, ...rest } = await findUnfinished(stage.context, progress);
    expect(rest).toEqual({ reviews: [], commanded: [], pushes: [] });
    expect(announcements).toEqual([
      { number, body: outcome?.announce?.body, branch: "registrar/bump/provider/acme/dns" },
    ]);
    const [announcement] = announcements;
    if (announcement !== undefined) await announceMerge(stage.context.host, announcement);
    expect((await stage.comments(number)).join()).toContain("acme/dns 1.2.0 is verified and merged");
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
    expect(await findUnfinished(stage.context, await progressOf(stage))).toEqual(nothing);
  });

  it("is not looked at again once its last word is known to be said", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const number = await aBump(stage, { version: "1.2.0" });
    await reviewPullRequest(stage.context, number);
    progress.announced.add(number);
    const asked = await readsOf(stage, () => findUnfinished(stage.context, progress));
    expect(asked.filter((request) => /\/issues\/\d+\/comments/.test(request.path))).toEqual([]);
  });

  it("whose branch of ours was left is unfinished until the branch is gone", async () => {
    const stage = await aTaskStage();
    stage.sandbox.setSettings(registryRepository, { deleteBranchOnMerge: false });
    const progress = await progressOf(stage);
    const number = await aBump(stage, { version: "1.2.0" });
    const outcome = await reviewPullRequest(stage.context, number);
    await announceMerge(stage.context.host, { number, body: outcome?.announce?.body ?? "", branch: null });
    const { announcements } = await findUnfinished(stage.context, progress);
    expect(announcements).toMatchObject([{ number, branch: "registrar/bump/provider/acme/dns" }]);
    stage.writes();
    for (const one of announcements) await announceMerge(stage.context.host, one);
    expect(stage.writes()).toEqual(["DELETE /repos/{owner}/{repo}/git/refs/{ref}"]);
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
  });

  it("of a pull request that is none of ours is nobody's to celebrate", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other" } });
    await reviewPullRequest(stage.context, number);
    await stage.sandbox.as(people.owner).merge({ repository: registryRepository, number });
    expect(await findUnfinished(stage.context, progress)).toEqual(nothing);
    expect(await stage.comments(number)).toEqual([]);
  });

  it("of somebody else's pull request is answered, and its branch left to them", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { entry } = await dnsOf(stage).cutRelease({ version: "1.2.0" });
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
    const text = `${JSON.stringify({ ...record, versions: [entry, ...record.versions] }, null, 2)}\n`;
    const { number } = await propose(stage, { branch: "by-hand", files: { [path]: text } });
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ merged: true });
    expect((await findUnfinished(stage.context, progress)).announcements).toMatchObject([{ number, branch: null }]);
  });

  it("by a person of what was not verified gets no word of praise", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other\n" } });
    await stage.sandbox.as(people.owner).merge({ repository: registryRepository, number });
    expect((await findUnfinished(stage.context, progress)).announcements).toEqual([]);
  });

  it("of more than a day ago is history", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    await reviewPullRequest(stage.context, await aBump(stage, { version: "1.2.0" }));
    const tomorrow = { ...stage.context, now: () => new Date(Date.now() + 25 * 3_600_000) };
    expect(await findUnfinished(tomorrow, progress)).toEqual(nothing);
  });
});

describe("a push", () => {
  it("that no event told of is found, with all its commits in their order, until they are judged", async () => {
    const stage = await aTaskStage();
    const progress = await progressOf(stage);
    const first = await pushToMain(stage, { [path]: "{}\n" });
    const second = await pushToMain(stage, { "README.md": "# Other\n" });
    expect(await findUnfinished(stage.context, progress)).toEqual({ ...nothing, pushes: [first, second] });
    for (const commit of [first, second]) await inspectPush(stage.context, { commit, paths: [] }, progress);
    // What is left is to take the wrong one back.
    const [revert] = await stage.context.host.listOpenPullRequests();
    expect(revert?.headBranch).toBe(`registrar/revert/push/${first}`);
    expect(await findUnfinished(stage.context, progress)).toEqual({ ...nothing, reviews: [revert?.number] });
  });

  it("on top of a merge of ours is found alone: the merge's verdict covers it and all before it", async () => {
    const stage = await aTaskStage();
    await reviewPullRequest(stage.context, await aBump(stage, { version: "1.2.0" }));
    const commit = await pushToMain(stage, { "README.md": "# Other\n" });
    expect((await findUnfinished(stage.context, noProgress())).pushes).toEqual([commit]);
  });
});

describe("findUncovered", () => {
  const run = (externalId: string, more: Partial<PostedCheckRun> = {}): PostedCheckRun => ({
    id: 1,
    headSha: "",
    status: "completed",
    conclusion: "success",
    title: "",
    summary: "",
    externalId,
    startedAt: "2026-03-01T12:00:00Z",
    annotations: [],
    ...more,
  });

  /** A default branch of `length` commits, `c0` the oldest; counts what is asked. */
  function aHistory(
    length: number,
    runs: Readonly<Record<string, readonly PostedCheckRun[]>> = {},
    files: Readonly<Record<string, string>> = {},
  ) {
    const asked: string[] = [];
    const commits = Array.from({ length }, (_unused, at) => ({
      sha: `c${at}`,
      parents: at === 0 ? [] : [`c${at - 1}`],
    }));
    const host = {
      listCommits: async () => commits.slice(-100).reverse(),
      listCheckRuns: async (sha: string) => {
        asked.push(sha);
        return runs[sha] ?? [];
      },
      readParents: async (sha: string) => commits.find((commit) => commit.sha === sha)?.parents ?? [],
      compare: async () => ({
        base: "",
        mergeBase: "",
        complete: true,
        linear: true,
        commits: 1,
        files: [{ path, previousPath: null }],
      }),
      listFiles: async (sha: string) => [{ path, mode: "100644", size: 1, id: files[sha] ?? "same" }],
      listMergesOf: async (sha: string) => (sha === "c3" ? [{ ...merge, mergeCommit: sha }] : []),
    } satisfies Partial<RegistryReader> as unknown as RegistryReader;
    return { host, asked };
  }
  const merge = {
    number: 12,
    headSha: "head",
    headBranch: "x",
    inRegistry: true,
    authorId: 1,
    mergeCommit: "",
    mergedAt: "2026-03-01T12:00:00Z",
  };

  it.each([
    ["a report on it", { c3: [run("push:c3")] }, ["c4"]],
    ["a report on it that still waits", { c3: [run("push:c3", { status: "in_progress", conclusion: null })] }, []],
    ["a complaint about the configuration that it brought", { c3: [run("configuration")] }, []],
    ["the verdict of the pull request whose merge it is", { head: [run("12:digest")] }, ["c4"]],
    ["a refusal of that pull request", { head: [run("12:digest", { conclusion: "failure" })] }, []],
    ["the verdict of another pull request with the same head", { head: [run("1:digest")] }, []],
    ["a success that is not the newest word", { head: [run("12:b", { conclusion: "failure" }), run("12:a")] }, []],
  ])("%s: commits after c3 alone, or all", async (_what, runs, expected) => {
    const { host } = aHistory(5, runs);
    const all = ["c1", "c2", "c3", "c4"];
    expect(await findUncovered(host, "c4", noProgress())).toEqual(expected.length > 0 ? expected : all);
  });

  it("the verdict of a pull request covers no merge that brought something else", async () => {
    const verdict = { head: [run("12:digest")] };
    const as = async (files: Readonly<Record<string, string>>) =>
      findUncovered(aHistory(5, verdict, files).host, "c4", noProgress());
    expect(await as({ head: "judged", c3: "judged", c4: "judged" })).toEqual(["c4"]);
    expect(await as({ head: "judged", c3: "other" })).toEqual(["c1", "c2", "c3", "c4"]);
    expect(await as({ head: "judged" })).toEqual(["c1", "c2", "c3", "c4"]);
  });

  it("asks nothing of commits that are known to be covered", async () => {
    const { host, asked } = aHistory(5);
    const { covered } = noProgress();
    covered.add("c2");
    expect(await findUncovered(host, "c4", { covered })).toEqual(["c3", "c4"]);
    expect(asked).toEqual(["c4", "c3", "head"]);
    covered.add("c4");
    asked.length = 0;
    expect(await findUncovered(host, "c4", { covered })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("looks back at twenty commits at most, and then at the tip alone: what was there before is nobody's push", async () => {
    const { host, asked } = aHistory(500);
    expect(await findUncovered(host, "c499", noProgress())).toEqual(["c499"]);
    expect(asked).toHaveLength(20);
  });

  it("leaves none of a large push out where what is below it is known to be covered", async () => {
    const { host } = aHistory(60);
    const { covered } = noProgress();
    covered.add("c10");
    const found = await findUncovered(host, "c59", { covered });
    expect(found).toHaveLength(49);
    expect([found.at(0), found.at(-1)]).toEqual(["c11", "c59"]);
  });

  it("takes a tip that GitHub does not list yet for one commit", async () => {
    const { host } = aHistory(5);
    expect(await findUncovered(host, "newer", noProgress())).toEqual(["newer"]);
  });
});
