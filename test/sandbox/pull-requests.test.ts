import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { aPullRequest, aRegistry, type Caller, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

/** Asks, waits for the computation, and asks again. */
async function settled(sandbox: Sandbox, call: Caller, number: number) {
  await call(`GET ${REPO}/pulls/${number}`);
  await sandbox.idle();
  return (await call(`GET ${REPO}/pulls/${number}`)).json;
}

describe("when a pull request is opened", () => {
  it("shows ends, numbers and files", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    const { json } = await asApp(`GET ${REPO}/pulls/${number}`);
    expect(json).toMatchObject({
      state: "open",
      commits: 1,
      changed_files: 1,
      additions: 1,
      deletions: 0,
      draft: false,
    });
    expect(json.head).toMatchObject({ label: "acme:change", ref: "change", sha: head });
    expect(json.base).toMatchObject({ ref: "main", repo: { full_name: "acme/registry" } });
    const files = (await asApp(`GET ${REPO}/pulls/${number}/files`)).json;
    expect(files).toMatchObject([
      { filename: "providers/acme/two.json", status: "added", patch: "@@ -0,0 +1 @@\n+{}" },
    ]);
    expect((await asApp(`GET ${REPO}/pulls/${number}/commits`)).json).toMatchObject([{ sha: head }]);
    expect((await asApp(`GET ${REPO}/git/ref/pull/${number}/head`)).json.object.sha).toBe(head);
    expect(sandbox.violations).toEqual([]);
  });

  const refusals: [string, object, RegExp][] = [
    ["nothing to merge", { head: "same", base: "main" }, /No commits between main and same/],
    ["an unknown head", { head: "none", base: "main" }, /Validation Failed/],
    ["an unknown base", { head: "change", base: "none" }, /Validation Failed/],
    [
      "a second one from the same branch",
      { head: "change", base: "main" },
      /A pull request already exists for acme:change/,
    ],
  ];
  it.each(refusals)("refuses %s", async (_, body, message) => {
    const { sandbox, asApp } = await aRegistry();
    await aPullRequest(sandbox);
    const main = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    await asApp(`POST ${REPO}/git/refs`, { body: { ref: "refs/heads/same", sha: main } });
    const answer = await asApp(`POST ${REPO}/pulls`, { body: { title: "x", ...body } });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json)).toMatch(message);
    expect(sandbox.violations).toEqual([]);
  });

  it("lists by state, head, base and in order", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    for (const branch of ["a", "b", "c"]) await aPullRequest(sandbox, { branch, files: { [branch]: "" } });
    await mona.closePullRequest({ repository: "acme/registry", number: 2 });
    const numbers = async (query: string) =>
      (await asApp(`GET ${REPO}/pulls${query}`)).json.map((pull: { number: number }) => pull.number);
    expect(await numbers("")).toEqual([3, 1]);
    expect(await numbers("?state=all&direction=asc")).toEqual([1, 2, 3]);
    expect(await numbers("?head=acme:c")).toEqual([3]);
    expect(await numbers("?base=other")).toEqual([]);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when mergeability is asked for", () => {
  it("is null at first, known a moment later, and null again after a change of head or base", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const first = (await asApp(`GET ${REPO}/pulls/${number}`)).json;
    expect(first).toMatchObject({ mergeable: null, merge_commit_sha: null, mergeable_state: "unknown" });
    const known = await settled(sandbox, asApp, number);
    expect(known).toMatchObject({ mergeable: true, mergeable_state: "clean" });
    const test = (await asApp(`GET ${REPO}/git/commits/${known.merge_commit_sha}`)).json;
    expect(test.parents.map(({ sha }: { sha: string }) => sha)).toEqual([known.base.sha, known.head.sha]);
    const mona = sandbox.as("mona");
    await mona.commit({ repository: "acme/registry", branch: "change", files: { n: "1" }, message: "n" });
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json.mergeable).toBeNull();
    expect((await settled(sandbox, asApp, number)).mergeable).toBe(true);
    await mona.commit({ repository: "acme/registry", branch: "main", files: { n: "2" }, message: "n" });
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json.mergeable).toBeNull();
    expect(await settled(sandbox, asApp, number)).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  });
});

describe("when a pull request is changed", () => {
  it("is edited, closed and opened again", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const edited = await asApp(`PATCH ${REPO}/pulls/${number}`, { body: { title: "T", body: "B", state: "closed" } });
    expect(edited.json).toMatchObject({ title: "T", body: "B", state: "closed" });
    expect((await asApp(`PATCH ${REPO}/pulls/${number}`, { body: { state: "open" } })).json.state).toBe("open");
    const stranger = caller(sandbox, sandbox.as("olga").token);
    expect((await stranger(`PATCH ${REPO}/pulls/${number}`, { body: { title: "X" } })).status).toBe(403);
    expect(sandbox.violations).toEqual([]);
  });

  it("cannot be opened again when its branch was moved aside meanwhile", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const { number } = await aPullRequest(sandbox);
    await mona.closePullRequest({ repository: "acme/registry", number });
    await mona.commit({
      repository: "acme/registry",
      branch: "change",
      from: "main",
      files: { z: "" },
      message: "z",
      force: true,
    });
    const answer = await asApp(`PATCH ${REPO}/pulls/${number}`, { body: { state: "open" } });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json)).toContain("force-pushed or recreated");
  });

  it("is closed when its branch goes", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    await asApp(`DELETE ${REPO}/git/refs/heads/change`);
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json).toMatchObject({ state: "closed", merged: false });
  });

  it("is merged when its commits reach the base by a push", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    await asApp(`PATCH ${REPO}/git/refs/heads/main`, { body: { sha: head } });
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json).toMatchObject({ state: "closed", merged: true });
  });
});

describe("when a pull request comes from a fork", () => {
  it("has the fork as head, and no head repository once the fork is gone", async () => {
    const { sandbox, asApp } = await aRegistry();
    const olga = sandbox.as("olga");
    await olga.fork("acme/registry");
    const sha = await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "y" }, message: "y" });
    const number = await olga.openPullRequest({ repository: "acme/registry", head: "olga:mine", title: "Mine" });
    const open = (await asApp(`GET ${REPO}/pulls/${number}`)).json;
    expect(open.head).toMatchObject({ label: "olga:mine", sha, repo: { full_name: "olga/registry", fork: true } });
    const next = await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "z" }, message: "z" });
    expect((await asApp(`GET ${REPO}/git/ref/pull/${number}/head`)).json.object.sha).toBe(next);
    sandbox.deleteRepository("olga/registry");
    const orphan = (await asApp(`GET ${REPO}/pulls/${number}`)).json;
    expect(orphan).toMatchObject({ state: "open", head: { sha: next, repo: null } });
    expect((await asApp(`GET ${REPO}/pulls`)).json).toHaveLength(1);
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { sha: next } })).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when people talk", () => {
  it("keeps comments and labels", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const made = (await asApp(`POST ${REPO}/issues/${number}/comments`, { body: { body: "one" } })).json;
    expect(made).toMatchObject({
      user: { login: "registrar[bot]", type: "Bot" },
      performed_via_github_app: { slug: "registrar" },
    });
    await asApp(`PATCH ${REPO}/issues/comments/${made.id}`, { body: { body: "two" } });
    expect((await asApp(`GET ${REPO}/issues/${number}/comments`)).json).toMatchObject([{ body: "two" }]);
    await asApp(`DELETE ${REPO}/issues/comments/${made.id}`);
    expect((await asApp(`GET ${REPO}/issues/comments/${made.id}`)).status).toBe(404);
    expect((await asApp(`POST ${REPO}/issues/${number}/comments`, { body: { body: " " } })).status).toBe(422);
    await asApp(`POST ${REPO}/labels`, { body: { name: "hold", color: "ff0000" } });
    await asApp(`POST ${REPO}/issues/${number}/labels`, { body: { labels: ["hold", "new one"] } });
    const gone = await asApp(`DELETE ${REPO}/issues/${number}/labels/new%20one`);
    expect(gone.json).toMatchObject([{ name: "hold", color: "ff0000" }]);
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json.labels).toMatchObject([{ name: "hold" }]);
    expect((await asApp(`GET ${REPO}/pulls`)).json[0].labels).toMatchObject([{ name: "hold" }]);
    expect((await asApp(`DELETE ${REPO}/issues/${number}/labels/none`)).status).toBe(404);
    expect((await asApp(`GET ${REPO}/issues/${number}`)).json.pull_request.merged_at).toBeNull();
    expect(sandbox.violations).toEqual([]);
  });

  it("lets people edit their own comments only", async () => {
    const { sandbox } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const id = await sandbox.as("mona").comment({ repository: "acme/registry", number, body: "mine" });
    const stranger = caller(sandbox, sandbox.as("olga").token);
    expect((await stranger(`PATCH ${REPO}/issues/comments/${id}`, { body: { body: "x" } })).status).toBe(403);
    expect((await stranger(`DELETE ${REPO}/issues/comments/${id}`)).status).toBe(403);
  });

  it("numbers issues and pull requests in one row", async () => {
    const { sandbox, asApp } = await aRegistry();
    await aPullRequest(sandbox);
    const issue = await asApp(`POST ${REPO}/issues`, { body: { title: "Broken", labels: ["bug"] } });
    expect(issue.json).toMatchObject({ number: 2, labels: [{ name: "bug" }], user: { login: "registrar[bot]" } });
    expect((await asApp(`GET ${REPO}/pulls/2`)).status).toBe(404);
    const closed = await asApp(`PATCH ${REPO}/issues/2`, { body: { state: "closed", state_reason: "not_planned" } });
    expect(closed.json).toMatchObject({ state: "closed", state_reason: "not_planned" });
    expect((await asApp(`GET ${REPO}/issues?state=all`)).json).toHaveLength(2);
    expect(sandbox.violations).toEqual([]);
  });
});
