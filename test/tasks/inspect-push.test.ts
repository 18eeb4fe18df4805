import { describe, expect, it } from "vitest";
import type { Author } from "../../src/scenarios/author.ts";
import { inspectPush } from "../../src/tasks/inspect-push.ts";
import { noProgress } from "../../src/tasks/reconcile.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { propose, pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const configuration = ".github/registrar.yml";
const broken = { [configuration]: "polcy: {}\npaused: 5\n" };
const path = "providers/acme/dns.json";

function dnsOf({ authors }: TaskStage): Author {
  const dns = authors.find(({ provider }) => provider.path === path);
  if (dns === undefined) throw new Error("no acme/dns");
  return dns;
}

/** The record with a new release before its own. */
async function withRelease(stage: TaskStage, wish: Parameters<Author["cutRelease"]>[0]) {
  const { entry } = await dnsOf(stage).cutRelease(wish);
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
  return { [path]: `${JSON.stringify({ ...record, versions: [entry, ...record.versions] }, null, 2)}\n` };
}

describe("inspectPush", () => {
  it("puts every problem of a broken configuration on the commit that brought it, once", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, broken);
    const push = { commit, paths: [configuration] };
    const { configurationProblems } = await inspectPush(stage.context, push);
    expect(configurationProblems).toHaveLength(2);
    const [run, ...others] = await stage.checkRuns(commit);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(run?.output.title).toBe("The configuration has 2 problem(s)");
    expect(run?.output.summary).toMatch(/judges and merges nothing until it is mended/);
    expect(run?.output.summary).toMatch(/polcy[\s\S]*paused/);
    stage.writes();
    await inspectPush(stage.context, push);
    expect(stage.writes()).toEqual([]);
  });

  it("also when the branch has moved on: the later push says nothing of this file", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, broken);
    const later = await pushToMain(stage, { "README.md": "# Later\n" });
    await inspectPush(stage.context, { commit, paths: [configuration] });
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
    expect(await stage.checkRuns(later)).toEqual([]);
  });

  it("says that a link is no configuration", async () => {
    const stage = await aTaskStage();
    const odd = [{ path: configuration, mode: "120000", text: "../README.md" }] as const;
    const { headSha } = await propose(stage, { branch: "link", odd });
    const { configurationProblems } = await inspectPush(stage.context, { commit: headSha, paths: [configuration] });
    expect(configurationProblems).toEqual([`${configuration}: it is no regular file (git mode 120000).`]);
  });

  it("finds nothing wrong with a right one, and has every open pull request judged again by it", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other\n" } });
    const commit = await pushToMain(stage, { [configuration]: "paused: true\n" });
    expect(await inspectPush(stage.context, { commit, paths: [configuration] })).toEqual({
      configurationProblems: [],
      reviewAgain: [number],
      lookAgain: null,
      pending: [],
    });
    // It came without a pull request, which is said; and it is right.
    expect(stage.writes()).toEqual(["POST /repos/{owner}/{repo}/check-runs"]);
    expect(await stage.checkRuns(commit)).toMatchObject([
      { conclusion: "success", output: { title: "This change was pushed and is right" } },
    ]);
  });

  it("takes a push whose files nobody knows for one that touches everything", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, { branch: "readme", files: { "README.md": "# Other\n" } });
    const commit = await pushToMain(stage, broken);
    expect(await inspectPush(stage.context, { commit, paths: [] })).toMatchObject({ reviewAgain: [number] });
    expect(await stage.checkRuns(commit)).toHaveLength(1);
  });

  it("has pull requests judged again that touch what was pushed, and no others", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, { "README.md": "# Other\n" });
    const progress = noProgress();
    progress.touched.set(3, ["providers/acme/other.json", path]);
    progress.touched.set(4, ["providers/globex/queue.json"]);
    progress.touched.set(5, []);
    const inspection = await inspectPush(stage.context, { commit, paths: [path] }, progress);
    expect(inspection).toEqual({ configurationProblems: [], reviewAgain: [3], lookAgain: null, pending: [] });
  });

  it("asks GitHub for nothing where a verdict is known to cover the commit, as after a merge", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, { "README.md": "# Other\n" });
    const progress = noProgress();
    progress.covered.add(commit);
    const since = stage.sandbox.requests.length;
    await inspectPush(stage.context, { commit, paths: [path] }, progress);
    expect(stage.sandbox.requests.slice(since)).toEqual([]);
  });
});

describe("a push that no verdict covers", () => {
  it("is judged, and reported on its commit", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, await withRelease(stage, { version: "1.2.0", tamper: "checksum" }));
    const progress = noProgress();
    expect(await inspectPush(stage.context, { commit, paths: [path] }, progress)).toMatchObject({ lookAgain: null });
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
    expect(progress.covered.has(commit)).toBe(true);
  });

  it("that brings several commits is judged commit by commit: the last one may be the harmless one", async () => {
    const stage = await aTaskStage();
    const wrong = await pushToMain(stage, await withRelease(stage, { version: "1.2.0", tamper: "checksum" }));
    const harmless = await pushToMain(stage, { "README.md": "# Other\n" });
    await inspectPush(stage.context, { commit: harmless, paths: [path] });
    expect(await stage.checkRuns(wrong)).toMatchObject([{ conclusion: "failure" }]);
    expect(await stage.checkRuns(harmless)).toEqual([]);
  });

  it("is looked at again as long as upstream is silent, and nothing above it is taken for covered", async () => {
    const stage = await aTaskStage();
    const wrong = await pushToMain(stage, await withRelease(stage, { version: "1.2.0", tamper: "checksum" }));
    const later = await pushToMain(stage, { "README.md": "# Other\n" });
    const push = { commit: later, paths: [path] };
    const progress = noProgress();
    stage.sandbox.faults.add({ path: /\/releases\/tags\//, status: 502, times: 3 });
    expect(await inspectPush(stage.context, push, progress)).toMatchObject({ lookAgain: { at: null } });
    expect(await stage.checkRuns(wrong)).toMatchObject([{ status: "in_progress" }]);
    expect(await inspectPush(stage.context, push, progress)).toMatchObject({ lookAgain: null });
    expect((await stage.checkRuns(wrong))[0]).toMatchObject({ status: "completed", conclusion: "failure" });
    expect(progress.covered.has(later)).toBe(true);
  });

  it("is judged again by nobody, also where the process that did it is gone", async () => {
    const stage = await aTaskStage();
    const commit = await pushToMain(stage, await withRelease(stage, { version: "1.2.0" }));
    await inspectPush(stage.context, { commit, paths: [path] });
    stage.writes();
    const since = stage.sandbox.requests.length;
    await inspectPush(stage.context, { commit, paths: [path] });
    expect(stage.writes()).toEqual([]);
    expect(stage.sandbox.requests.slice(since).filter(({ path }) => path.includes("terraform-provider"))).toEqual([]);
  });

  it("but came with a configuration that nobody can read is judged once it is mended", async () => {
    const stage = await aTaskStage();
    const release = await withRelease(stage, { version: "1.2.0", tamper: "checksum" });
    const wrong = await pushToMain(stage, { ...broken, ...release });
    expect(await inspectPush(stage.context, { commit: wrong, paths: [configuration, path] })).toMatchObject({
      configurationProblems: [expect.any(String), expect.any(String)],
    });
    expect((await stage.checkRuns(wrong)).map(({ output }) => output.title)).toEqual([
      "The configuration has 2 problem(s)",
    ]);
    const mended = await pushToMain(stage, { [configuration]: "policy: {settle: 0s}\n" });
    await inspectPush(stage.context, { commit: mended, paths: [configuration] });
    expect((await stage.checkRuns(wrong))[0]).toMatchObject({
      conclusion: "failure",
      output: { title: "acme/dns 1.2.0 was pushed and is wrong" },
    });
  });
});

describe("the merge of a pull request", () => {
  it("that was judged is covered by its verdict: nothing is written and upstream is not asked", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, {
      branch: "bump",
      files: await withRelease(stage, { version: "1.2.0" }),
    });
    await reviewPullRequest(stage.context, number);
    stage.writes();
    const since = stage.sandbox.requests.length;
    const push = { commit: await stage.context.host.readTip("main"), paths: [path] };
    expect(await inspectPush(stage.context, push)).toMatchObject({ lookAgain: null });
    expect(stage.writes()).toEqual([]);
    expect(await stage.checkRuns(push.commit)).toEqual([]);
    expect(stage.sandbox.requests.slice(since).filter(({ path }) => path.includes("terraform-provider"))).toEqual([]);
  });

  it("that was refused, and that a person merged all the same, is judged by what it did", async () => {
    const stage = await aTaskStage();
    const { number } = await propose(stage, {
      branch: "bump",
      files: await withRelease(stage, { version: "1.2.0", tamper: "checksum" }),
    });
    expect(await reviewPullRequest(stage.context, number)).toMatchObject({ decision: { kind: "blocked" } });
    const commit = await stage.sandbox.as("example").merge({ repository: "example/registry", number });
    await inspectPush(stage.context, { commit, paths: [path] });
    expect(await stage.checkRuns(commit)).toMatchObject([{ conclusion: "failure" }]);
  });
});
