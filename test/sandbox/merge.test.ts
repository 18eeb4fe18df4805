import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when a pull request is merged", () => {
  it("makes a merge commit of base and head", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    const base = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    const merged = await asApp(`PUT ${REPO}/pulls/${number}/merge`, {
      body: { sha: head, commit_title: "Title", commit_message: "Text" },
    });
    expect(merged.json).toMatchObject({ merged: true, message: "Pull Request successfully merged" });
    const commit = (await asApp(`GET ${REPO}/commits/${merged.json.sha}`)).json;
    expect(commit.parents.map(({ sha }: { sha: string }) => sha)).toEqual([base, head]);
    expect(commit.commit).toMatchObject({ message: "Title\n\nText", committer: { name: "GitHub" } });
    expect(commit.author.login).toBe("registrar[bot]");
    const pull = (await asApp(`GET ${REPO}/pulls/${number}`)).json;
    expect(pull).toMatchObject({
      merged: true,
      merge_commit_sha: merged.json.sha,
      changed_files: 1,
      merged_by: { login: "registrar[bot]" },
    });
    expect((await asApp(`GET ${REPO}/pulls/${number}/merge`)).status).toBe(204);
    expect(sandbox.violations).toEqual([]);
  });

  it("squashes to one commit by the author, and says what was in it", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    await sandbox
      .as("mona")
      .commit({ repository: "acme/registry", branch: "change", files: { more: "" }, message: "More" });
    const { json } = await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { merge_method: "squash" } });
    const commit = (await asApp(`GET ${REPO}/commits/${json.sha}`)).json;
    expect(commit.parents).toHaveLength(1);
    expect(commit.commit.message).toBe("Add two (#1)\n\n* Add\n\n* More");
    expect(commit.author.login).toBe("mona");
    expect(commit.files).toHaveLength(2);
    expect(sandbox.violations).toEqual([]);
  });

  it("rebases commit by commit onto a base that moved", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const { number } = await aPullRequest(sandbox);
    await mona.commit({ repository: "acme/registry", branch: "change", files: { more: "" }, message: "More" });
    const base = await mona.commit({
      repository: "acme/registry",
      branch: "main",
      files: { other: "" },
      message: "Other",
    });
    const { json } = await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { merge_method: "rebase" } });
    const commits = (await asApp(`GET ${REPO}/commits`)).json.slice(0, 3);
    expect(commits.map((one: { commit: { message: string } }) => one.commit.message)).toEqual(["More", "Add", "Other"]);
    expect(commits[0].sha).toBe(json.sha);
    expect(commits[2].sha).toBe(base);
    expect(sandbox.violations).toEqual([]);
  });

  it("rebases commits that build on each other", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const { number } = await aPullRequest(sandbox, { files: { story: "one\n" } });
    await mona.commit({ repository: "acme/registry", branch: "change", files: { story: "two\n" }, message: "Two" });
    await mona.commit({ repository: "acme/registry", branch: "main", files: { other: "" }, message: "Other" });
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { merge_method: "rebase" } })).status).toBe(200);
    expect((await asApp(`GET ${REPO}/contents/story`)).json.size).toBe(4);
  });

  it("merges texts from both sides", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const lines = (change: Record<number, string>) =>
      Array.from({ length: 20 }, (_, index) => `${change[index] ?? index}\n`).join("");
    await mona.commit({ repository: "acme/registry", branch: "main", files: { list: lines({}) }, message: "l" });
    const { number } = await aPullRequest(sandbox, { files: { list: lines({ 2: "head" }) } });
    await mona.commit({
      repository: "acme/registry",
      branch: "main",
      files: { list: lines({ 17: "base" }) },
      message: "m",
    });
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`)).status).toBe(200);
    const raw = await asApp(`GET ${REPO}/contents/list`, { headers: { accept: "application/vnd.github.raw+json" } });
    expect(raw.text).toBe(lines({ 2: "head", 17: "base" }));
  });

  it("deletes the branch when the repository is set so", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.setSettings("acme/registry", { deleteBranchOnMerge: true });
    const { number } = await aPullRequest(sandbox);
    await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect((await asApp(`GET ${REPO}/git/ref/heads/change`)).status).toBe(404);
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json.merged).toBe(true);
  });
});

describe("when a merge is refused", () => {
  it("says 409 when the head has moved", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    await sandbox.as("mona").commit({ repository: "acme/registry", branch: "change", files: { n: "" }, message: "n" });
    const answer = await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { sha: head } });
    expect(answer.status).toBe(409);
    expect(answer.json.message).toBe("Head branch was modified. Review and try the merge again.");
    expect(sandbox.violations).toEqual([]);
  });

  it("says 405 on a conflict, and 'mergeable' agrees", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox, { files: { "README.md": "one\n" } });
    await sandbox
      .as("mona")
      .commit({ repository: "acme/registry", branch: "main", files: { "README.md": "two\n" }, message: "n" });
    const answer = await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect(answer.status).toBe(405);
    expect(answer.json.message).toBe("Pull Request is not mergeable");
    expect(sandbox.violations).toEqual([]);
  });

  it("says 405 for a draft, a closed and a merged one", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const { number } = await aPullRequest(sandbox);
    await mona.setDraft({ repository: "acme/registry", number, draft: true });
    const draft = await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect([draft.status, draft.json.message]).toEqual([405, "Pull Request is still a draft"]);
    await mona.setDraft({ repository: "acme/registry", number, draft: false });
    await mona.closePullRequest({ repository: "acme/registry", number });
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`)).status).toBe(405);
    await mona.reopenPullRequest({ repository: "acme/registry", number });
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`)).status).toBe(200);
    const again = await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect([again.status, again.json.message]).toEqual([405, "Pull Request is not mergeable"]);
  });

  it.each([
    ["merge", { allowMergeCommit: false }, "Merge commits are not allowed on this repository."],
    ["squash", { allowSquashMerge: false }, "Squash merges are not allowed on this repository."],
    ["rebase", { allowRebaseMerge: false }, "Rebase merges are not allowed on this repository."],
  ])("says 405 for the method %s when it is not allowed", async (merge_method, settings, message) => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.setSettings("acme/registry", settings);
    const { number } = await aPullRequest(sandbox);
    const answer = await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { merge_method } });
    expect([answer.status, answer.json.message]).toEqual([405, message]);
  });

  it("says 405 when the base was modified, told by a fault", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const message = "Base branch was modified. Review and try the merge again.";
    sandbox.faults.add({ method: "PUT", path: /\/merge$/, status: 405, message });
    const first = await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect([first.status, first.json.message]).toEqual([405, message]);
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`)).status).toBe(200);
  });

  it("lets nobody merge without write access", async () => {
    const { sandbox } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const answer = await caller(sandbox, sandbox.as("olga").token)(`PUT ${REPO}/pulls/${number}/merge`);
    expect([403, 404]).toContain(answer.status);
  });

  it("needs the workflows permission to bring in workflow files", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox, { files: { ".github/workflows/x.yml": "on: push\n" } });
    const answer = await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect(answer.status).toBe(403);
    expect(answer.json.message).toContain("`workflows` permission");
  });
});
