import { describe, expect, it } from "vitest";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { readBase } from "../../src/tasks/base.ts";
import { bumpRecord } from "../../src/tasks/bump-record.ts";
import { readAndPlanBump } from "../../src/tasks/plan-bump.ts";
import { reviewPullRequest } from "../../src/tasks/review-pull-request.ts";
import { aModuleAuthor } from "../support/stage/module-author.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const ownBranch = "registrar/bump/module/acme/storage/aws";
type Listed = { readonly title: string; readonly state: string; readonly body: string; readonly head: { ref: string } };

describe("a tag that a module's record does not have", () => {
  it("becomes a pull request that is merged, and a second look writes nothing", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    const commit = await author.commit("second");
    await author.tag("v1.2.0");
    const job = { path: author.path, tag: "v1.2.0" };
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1], skipped: null, lookAgain: null });
    const [pullRequest] = await stage.get<readonly Listed[]>("pulls?state=all");
    expect(pullRequest).toMatchObject({ title: "acme/storage/aws v1.2.0", head: { ref: ownBranch } });
    expect(pullRequest?.body).toContain(commit);
    stage.writes();
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [] });
    expect(stage.writes()).toEqual([]);
    expect((await reviewPullRequest(stage.context, 1))?.merged).toBe(true);
    const [newest, older] = await author.versions();
    expect(newest).toEqual({
      version: "v1.2.0",
      commit,
      published: expect.stringMatching(/^\d{4}-/),
      discovered: expect.stringMatching(/^\d{4}-/),
    });
    expect(older?.version).toBe("v1.0.0");
  });

  it("costs at most four requests upstream to judge, of an annotated tag, too", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    await author.commit("second");
    await author.tag("v1.2.0", { annotated: true });
    await bumpRecord(stage.context, { path: author.path, tag: null });
    const before = stage.sandbox.requests.length;
    expect((await reviewPullRequest(stage.context, 1))?.merged).toBe(true);
    // What it was merged onto came without anybody's judgement, and is judged after the merge.
    const asked = stage.sandbox.requests.slice(before);
    const judging = asked.slice(
      0,
      asked.findIndex(({ path }) => path.endsWith("/merge")),
    );
    const upstream = judging.filter(({ path }) => path.includes(author.repository));
    expect(upstream.length).toBeGreaterThan(0);
    expect(upstream.length).toBeLessThanOrEqual(4);
  });

  it("that is moved after the bump was made is not merged, and the next look corrects the bump", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    await author.commit("second");
    await author.tag("v1.2.0");
    const job = { path: author.path, tag: null };
    await bumpRecord(stage.context, job);
    const moved = await author.commit("third");
    await author.moveTag("v1.2.0", moved);
    const review = await reviewPullRequest(stage.context, 1);
    expect(review?.decision).toEqual({ kind: "ask-maintainers", liftable: false });
    expect((await stage.comments(1)).join()).toContain("The tag was moved");
    expect(await bumpRecord(stage.context, job)).toMatchObject({ pullRequests: [1] });
    expect((await reviewPullRequest(stage.context, 1))?.merged).toBe(true);
    expect((await author.versions())[0]).toMatchObject({ version: "v1.2.0", commit: moved });
  });

  it("that names no SemVer version, or is one that the record has, becomes nothing", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    for (const name of ["v1", "nightly", "1.0.0", "v1.1", "v1.1.0+build"]) await author.tag(name);
    const outcome = await bumpRecord(stage.context, { path: author.path, tag: "v1" });
    expect(outcome).toMatchObject({ pullRequests: [], skipped: null, plan: { branches: [], left: [] } });
    expect(stage.writes()).toEqual([]);
  });
});

describe("a pull request of ours of which nothing is left", () => {
  const withTags = (stage: TaskStage, complete: boolean) => ({
    ...stage.context,
    upstream: {
      ...stage.context.upstream,
      listTags: async () => ({ kind: "found", tags: ["v1.0.0"], complete }) as const,
    },
  });

  it("is closed, but not on the word of a list that was cut: the tag may stand in the rest", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    await author.commit("second");
    await author.tag("v1.2.0");
    const job = { path: author.path, tag: null };
    await bumpRecord(stage.context, job);
    await bumpRecord(withTags(stage, false), job);
    expect(await stage.get<Listed>("pulls/1")).toMatchObject({ state: "open" });
    await bumpRecord(withTags(stage, true), job);
    expect(await stage.get<Listed>("pulls/1")).toMatchObject({ state: "closed" });
  });
});

describe("a module's version in a pull request by hand", () => {
  const propose = async (more: Record<string, unknown>, tag = "v1.1.0") => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    await author.commit("second");
    const commit = await author.tag("v1.1.0");
    const text = await stage.get<{ content: string }>(`contents/${author.path}`);
    const record = JSON.parse(Buffer.from(text.content, "base64").toString()) as { versions: unknown[] };
    record.versions.unshift({ version: tag, commit, ...more });
    const carl = stage.sandbox.as("carl");
    await carl.fork(registryRepository);
    const files = { [author.path]: `${JSON.stringify(record, null, 2)}\n` };
    await carl.commit({ repository: "carl/registry", branch: "bump", from: "main", files, message: "bump" });
    const number = await carl.openPullRequest({ repository: registryRepository, head: "carl:bump", title: "bump" });
    return reviewPullRequest(stage.context, number);
  };

  it.each([
    ["with its tag's commit", {}],
    ["without a commit", { commit: undefined }],
  ])("is merged %s", async (_, more) => {
    const review = await propose(more);
    expect(review?.verdict.findings.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    expect(review?.merged).toBe(true);
  });

  it.each([
    ["with another commit", { commit: "ee".repeat(20) }, "v1.1.0", "hold"],
    ["with a date of its own", { published: "2020-01-01T00:00:00Z" }, "v1.1.0", "fail"],
    ["of which there is no tag", {}, "v1.3.0", "fail"],
    ["whose name climbs out of the request", {}, "v1.1.0/../../../x", "fail"],
  ])("is not merged %s", async (_, more, tag, outcome) => {
    const review = await propose(more, tag);
    expect(review).toMatchObject({ merged: false, verdict: { outcome } });
  });
});

describe("readAndPlanBump", () => {
  it("reads and plans without a write, and gives the record, the plan and what it rests on", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    await author.commit("second");
    const commit = await author.tag("v1.1.0");
    const base = await readBase(stage.context.host, "main");
    const planned = await readAndPlanBump(stage.context, base, { path: author.path, tag: null });
    expect(planned).toMatchObject({
      kind: "planned",
      complete: true,
      record: { path: author.path },
      plan: { branches: [{ branch: ownBranch, versions: [{ version: "v1.1.0", commit }] }], left: [] },
      evidence: [
        { candidate: { version: "v1.1.0", expected: true }, evidence: { kind: "module", asked: author.repository } },
      ],
    });
    expect(stage.writes()).toEqual([]);
  });
});
