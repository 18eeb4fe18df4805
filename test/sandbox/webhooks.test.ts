import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import { aListener, aPullRequest, aRegistry, type Received } from "./support.ts";

const SECRET = "a secret";
const REPO = "/repos/acme/registry";
const EVENTS = [
  "pull_request",
  "push",
  "create",
  "delete",
  "release",
  "issue_comment",
  "pull_request_review",
  "check_run",
  "issues",
];

async function listening(events = EVENTS) {
  const listener = await aListener();
  const fixture = await aRegistry({ events, webhook: { url: listener.url, secret: SECRET } });
  const names = async () => {
    await fixture.sandbox.idle();
    // Suites are asked for on every push, whoever listens.
    const wanted = listener.received.filter(({ payload }) => payload.action !== "requested");
    return wanted.map(({ event, payload }) => (payload.action === undefined ? event : `${event}.${payload.action}`));
  };
  return { ...fixture, listener, names };
}

function last(received: readonly Received[], event: string): Received {
  const found = received.findLast((one) => one.event === event);
  if (found === undefined) throw new Error(`No ${event} came.`);
  return found;
}

describe("when something happens", () => {
  it("is signed so that @octokit/webhooks accepts it, with GitHub's headers", async () => {
    const { sandbox, app, listener, installation } = await listening();
    await aPullRequest(sandbox);
    await sandbox.idle();
    const { headers, text, payload } = last(listener.received, "pull_request");
    const webhooks = new Webhooks({ secret: SECRET });
    expect(await webhooks.verify(text, headers["x-hub-signature-256"] ?? "")).toBe(true);
    expect(await webhooks.verify(`${text} `, headers["x-hub-signature-256"] ?? "")).toBe(false);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-github-hook-installation-target-id": String(app.id),
      "x-github-hook-installation-target-type": "integration",
    });
    expect(headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
    expect(headers["x-github-delivery"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers["x-github-hook-id"]).toMatch(/^\d+$/);
    expect(payload).toMatchObject({
      action: "opened",
      number: 1,
      repository: { full_name: "acme/registry" },
      organization: { login: "acme" },
      sender: { login: "mona" },
      installation: { id: installation },
      pull_request: { number: 1, changed_files: 1, head: { ref: "change" } },
    });
  });

  it("tells a pull request's whole story", async () => {
    const { sandbox, asApp, names, listener } = await listening(["pull_request"]);
    const mona = sandbox.as("mona");
    const repository = "acme/registry";
    const { number, head } = await aPullRequest(sandbox);
    await asApp(`GET ${REPO}/pulls/${number}`);
    await sandbox.idle();
    const after = await mona.commit({ repository, branch: "change", files: { n: "" }, message: "n" });
    await sandbox.idle();
    expect(last(listener.received, "pull_request").payload).toMatchObject({
      action: "synchronize",
      before: head,
      after,
      pull_request: { mergeable: null, merge_commit_sha: null },
    });
    await mona.editPullRequest({ repository, number, title: "New" });
    await sandbox.idle();
    expect(last(listener.received, "pull_request").payload.changes).toEqual({ title: { from: "Add two" } });
    await mona.setDraft({ repository, number, draft: true });
    await mona.setDraft({ repository, number, draft: false });
    await mona.label({ repository, number, add: ["hold"], remove: ["hold"] });
    await mona.closePullRequest({ repository, number });
    await mona.reopenPullRequest({ repository, number });
    await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    const said = await names();
    expect([...said].sort()).toEqual(
      [
        ...[
          "opened",
          "synchronize",
          "edited",
          "converted_to_draft",
          "ready_for_review",
          "labeled",
          "unlabeled",
          "closed",
          "reopened",
        ],
        "closed",
      ]
        .map((action) => `pull_request.${action}`)
        .sort(),
    );
    const merged = listener.received.filter(
      ({ payload }) => payload.action === "closed" && payload.pull_request.merged,
    );
    expect(merged).toHaveLength(1);
  });

  it("tells of pushes, new and removed refs, with the files of the commits", async () => {
    const { sandbox, asApp, names, listener } = await listening(["push", "create", "delete"]);
    const mona = sandbox.as("mona");
    await mona.commit({ repository: "acme/registry", branch: "b", files: { a: "1" }, message: "1" });
    await sandbox.idle();
    const created = last(listener.received, "push").payload;
    expect(created).toMatchObject({ ref: "refs/heads/b", created: true, before: "0".repeat(40) });
    const sha = await mona.commit({
      repository: "acme/registry",
      branch: "b",
      files: { a: null, c: "1" },
      message: "2",
    });
    await sandbox.idle();
    const push = last(listener.received, "push").payload;
    expect(push).toMatchObject({ after: sha, forced: false, commits: [{ id: sha, added: ["c"], removed: ["a"] }] });
    await asApp(`DELETE ${REPO}/git/refs/heads/b`);
    expect([...(await names())].sort()).toEqual(["create", "delete", "push", "push", "push"]);
    expect(last(listener.received, "delete").payload).toMatchObject({ ref: "b", ref_type: "branch" });
  });

  it("tells of releases as GitHub does", async () => {
    const { sandbox, names } = await listening(["release"]);
    const mona = sandbox.as("mona");
    const repository = "acme/registry";
    await mona.release({ repository, tag: "v1.0.0", assets: [] });
    expect([...(await names())].sort()).toEqual(["release.created", "release.published", "release.released"]);
    await mona.release({ repository, tag: "v2.0.0-rc1", prerelease: true, draft: true, assets: [] });
    await mona.publishRelease({ repository, tag: "v2.0.0-rc1" });
    // A pre-release out of a draft sends no `prereleased`.
    expect((await names()).slice(3).sort()).toEqual(["release.created", "release.published"]);
    await mona.release({ repository, tag: "v3.0.0-rc1", prerelease: true, assets: [] });
    expect((await names()).slice(5).sort()).toEqual(["release.created", "release.prereleased", "release.published"]);
    await mona.release({ repository, tag: "v0.0.1", silent: true, publishedAt: "2020-01-01T00:00:00Z", assets: [] });
    // No event exists for assets.
    await mona.uploadAsset({ repository, tag: "v1.0.0", asset: { name: "late", bytes: "late" } });
    await mona.deleteRelease({ repository, tag: "v1.0.0" });
    expect((await names()).slice(8)).toEqual(["release.deleted"]);
  });

  it("tells nothing of history that is made silently", async () => {
    const { sandbox, names } = await listening();
    const publishedAt = "2020-01-01T00:00:00Z";
    await sandbox
      .as("mona")
      .release({ repository: "acme/registry", tag: "v0.0.1", silent: true, publishedAt, assets: [] });
    expect(await names()).toEqual([]);
    await sandbox.as("mona").release({ repository: "acme/registry", tag: "v0.0.2", publishedAt, assets: [] });
    expect(await names()).toContain("create");
  });

  it("tells of comments, reviews and checks", async () => {
    const { sandbox, asApp, names, listener } = await listening(["issue_comment", "pull_request_review", "check_run"]);
    const { number, head } = await aPullRequest(sandbox);
    const olga = sandbox.as("olga");
    await olga.comment({ repository: "acme/registry", number, body: "/registrar bump acme/one" });
    await olga.review({ repository: "acme/registry", number, event: "APPROVE" });
    await sandbox.idle();
    expect(last(listener.received, "issue_comment").payload).toMatchObject({
      action: "created",
      comment: { body: "/registrar bump acme/one", user: { login: "olga" } },
      issue: { number, pull_request: {} },
    });
    expect(last(listener.received, "pull_request_review").payload.review).toMatchObject({
      state: "approved",
      commit_id: head,
    });
    const { json } = await asApp(`POST ${REPO}/check-runs`, {
      body: { name: "registrar", head_sha: head, conclusion: "failure" },
    });
    await sandbox.as("mona").rerequestCheck({ repository: "acme/registry", id: json.id });
    expect((await names()).filter((name) => name.startsWith("check_run")).sort()).toEqual([
      "check_run.completed",
      "check_run.created",
      "check_run.rerequested",
    ]);
    await sandbox.as("mona").rerequestCheck({ repository: "acme/registry", suite: json.check_suite.id });
    await sandbox.idle();
    expect(last(listener.received, "check_suite").payload.action).toBe("rerequested");
  });

  it("keeps quiet about more than three tags pushed at once", async () => {
    const { sandbox, names } = await listening(["push", "create"]);
    const before = (await names()).length;
    await sandbox.as("mona").createTag({ repository: "acme/registry", tag: "v1" });
    expect((await names()).length).toBe(before + 2);
  });
});

describe("when the registry is dispatched", () => {
  it("tells who listens", async () => {
    const listener = await aListener();
    const webhook = { url: listener.url, secret: SECRET };
    const { sandbox, asApp } = await aRegistry({ events: ["repository_dispatch"], webhook });
    const body = { event_type: "released", client_payload: { address: "acme/one" } };
    expect((await asApp(`POST ${REPO}/dispatches`, { body })).status).toBe(204);
    await sandbox.idle();
    const { payload } = last(listener.received, "repository_dispatch");
    expect(payload).toMatchObject({ action: "released", branch: "main", client_payload: { address: "acme/one" } });
    expect(sandbox.violations).toEqual([]);
  });
});
