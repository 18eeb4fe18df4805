import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry, caller, installationToken } from "./support.ts";

const REPO = "/repos/acme/registry";
const annotation = (line: number) => ({
  path: "README.md",
  start_line: line,
  end_line: line,
  annotation_level: "notice",
  message: "m",
});

describe("when a check run is written", () => {
  it("belongs to the commit, and its annotations add up", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { head, number } = await aPullRequest(sandbox);
    const output = { title: "t", summary: "s", annotations: [annotation(1)] };
    const made = await asApp(`POST ${REPO}/check-runs`, {
      body: { name: "registrar", head_sha: head, external_id: "1", output },
    });
    expect(made.json).toMatchObject({
      status: "queued",
      conclusion: null,
      external_id: "1",
      pull_requests: [{ number }],
    });
    const own = `${REPO}/check-runs/${made.json.id}`;
    const done = await asApp(`PATCH ${own}`, {
      body: { conclusion: "failure", output: { ...output, annotations: [annotation(2)] } },
    });
    expect(done.json).toMatchObject({ status: "completed", conclusion: "failure", output: { annotations_count: 2 } });
    expect(done.json.completed_at).not.toBeNull();
    expect((await asApp(`GET ${own}/annotations`)).json).toHaveLength(2);
    const again = await asApp(`PATCH ${own}`, { body: { status: "in_progress" } });
    expect(again.json).toMatchObject({ status: "in_progress", conclusion: null, completed_at: null });
    expect(sandbox.violations).toEqual([]);
  });

  it("is listed for its commit, the latest of each name", async () => {
    const { sandbox, app, asApp } = await aRegistry();
    const { head } = await aPullRequest(sandbox);
    for (const conclusion of ["failure", "success"]) {
      await asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: head, conclusion } });
    }
    const list = async (query: string) => (await asApp(`GET ${REPO}/commits/${head}/check-runs${query}`)).json;
    expect(await list("")).toMatchObject({ total_count: 1, check_runs: [{ conclusion: "success" }] });
    expect((await list("?filter=all")).total_count).toBe(2);
    expect((await list(`?app_id=${app.id}&check_name=registrar&status=completed`)).total_count).toBe(1);
    expect((await list("?app_id=1")).total_count).toBe(0);
    const suites = (await asApp(`GET ${REPO}/commits/${head}/check-suites`)).json;
    expect(suites).toMatchObject({ total_count: 1, check_suites: [{ app: { slug: "registrar" } }] });
    const [suite] = suites.check_suites;
    expect((await asApp(`GET ${REPO}/check-suites/${suite.id}/check-runs?filter=all`)).json.total_count).toBe(2);
    expect((await asApp(`GET ${REPO}/check-suites/${suite.id}`)).json.latest_check_runs_count).toBe(2);
    expect(sandbox.violations).toEqual([]);
  });

  it("names no pull request and no branch for a head from a fork", async () => {
    const { sandbox, asApp } = await aRegistry();
    const olga = sandbox.as("olga");
    await olga.fork("acme/registry");
    const head = await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "" }, message: "y" });
    await olga.openPullRequest({ repository: "acme/registry", head: "olga:mine", title: "Mine" });
    const { json } = await asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: head } });
    expect(json.pull_requests).toEqual([]);
    expect((await asApp(`GET ${REPO}/check-suites/${json.check_suite.id}`)).json.head_branch).toBeNull();
  });

  const refusals: [string, object, RegExp][] = [
    ["completed without a conclusion", { status: "completed" }, /"conclusion" wasn't supplied/],
    ["a summary that is too long", { output: { title: "t", summary: "x".repeat(65_536) } }, /65535 characters/],
    ["a text that is too long", { output: { title: "t", summary: "s", text: "x".repeat(65_536) } }, /65535 characters/],
    [
      "more than 50 annotations",
      { output: { title: "t", summary: "s", annotations: Array.from({ length: 51 }, () => annotation(1)) } },
      /./,
    ],
    ["an output without summary", { output: { title: "t" } }, /summary/],
    ["a conclusion that does not exist", { conclusion: "fine" }, /conclusion/],
  ];
  it.each(refusals)("refuses %s", async (_, body, message) => {
    const { sandbox, asApp } = await aRegistry();
    const { head } = await aPullRequest(sandbox);
    const answer = await asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: head, ...body } });
    expect(answer.status).toBe(422);
    expect(answer.json.message).toMatch(message);
    expect((await asApp(`GET ${REPO}/commits/${head}/check-runs`)).json.total_count).toBe(0);
  });

  it("is for apps only, and for the app that made it", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { head } = await aPullRequest(sandbox);
    const body = { name: "registrar", head_sha: head };
    expect((await caller(sandbox, sandbox.as("mona").token)(`POST ${REPO}/check-runs`, { body })).status).toBe(403);
    const { json } = await asApp(`POST ${REPO}/check-runs`, { body });
    const other = await sandbox.createApp({
      name: "Other",
      slug: "other",
      permissions: { checks: "write" },
      events: [],
    });
    const { id } = sandbox.installApp(other, { account: "acme", repositories: "all" });
    const token = await installationToken(sandbox, { app: other, installation: id });
    const stolen = await caller(sandbox, token)(`PATCH ${REPO}/check-runs/${json.id}`, {
      body: { conclusion: "success" },
    });
    expect(stolen.status).toBe(403);
    expect((await asApp(`POST ${REPO}/check-runs`, { body: { ...body, head_sha: "a".repeat(40) } })).status).toBe(422);
    expect(sandbox.violations).toEqual([]);
  });

  it("keeps commit statuses too, the older way", async () => {
    const { sandbox, asApp } = await aRegistry({ permissions: { contents: "write", statuses: "write" } });
    const { head } = await aPullRequest(sandbox);
    await asApp(`POST ${REPO}/statuses/${head}`, { body: { state: "pending", context: "ci" } });
    await asApp(`POST ${REPO}/statuses/${head}`, { body: { state: "success", context: "ci" } });
    expect((await asApp(`GET ${REPO}/commits/${head}/status`)).json).toMatchObject({
      state: "success",
      total_count: 1,
    });
    expect((await asApp(`GET ${REPO}/commits/${head}/statuses`)).json).toHaveLength(2);
    expect(sandbox.violations).toEqual([]);
  });
});
