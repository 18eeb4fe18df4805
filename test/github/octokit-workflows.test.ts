import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { octokitReader } from "../../src/github/octokit-reader.ts";
import { octokitWriter } from "../../src/github/octokit-writer.ts";

const apiUrl = "https://api.github.test";
const workflow = "/repos/example/registry/actions/workflows/publish.yml";

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const client = () => createClient({ apiUrl, token: async () => null, writeSpacingMs: 0 });
const repository = "example/registry";
const dispatch = () => {
  const inputs = { commit: "c".repeat(40), withheld: "[]" };
  return octokitWriter({ client: client(), repository }).dispatchWorkflow({
    workflow: "publish.yml",
    branch: "main",
    inputs,
  });
};
const list = () =>
  octokitReader({ client: client(), repository, appId: "1", botId: async () => 7 }).listWorkflowRuns("publish.yml");

const listed = {
  ...{ id: 5, html_url: "https://github.test/runs/5", display_title: "Publish", event: "workflow_dispatch" },
  ...{ actor: { id: 7 }, status: "in_progress", conclusion: null },
  ...{ created_at: "2026-01-01T00:00:00Z", run_started_at: "2026-01-02T00:00:00Z", updated_at: "2026-01-02T00:01:00Z" },
};

describe("dispatchWorkflow", () => {
  it("sends the branch and the inputs", async () => {
    const body = { ref: "main", inputs: { commit: "c".repeat(40), withheld: "[]" } };
    nock(apiUrl).post(`${workflow}/dispatches`, body).reply(204);
    await dispatch();
  });

  it.each([
    [404, "Not Found", "workflow-refused", "no workflow .github/workflows/publish.yml on the default branch"],
    [422, "Workflow does not have 'workflow_dispatch' trigger", "workflow-refused", "'workflow_dispatch' trigger"],
    [422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow", "workflow-refused", "has to be enabled"],
    [422, 'Unexpected inputs provided: ["withheld"]', "workflow-refused", "inputs commit, withheld and state"],
    [403, "Resource not accessible by integration", "workflow-refused", "Actions: read and write"],
    [403, "You have exceeded a secondary rate limit", "github-rate-limited", "when the limit ends"],
    [502, "Server Error", "github-unavailable", "tried again"],
  ])("says what to do about %s %s", async (status, message, code, text) => {
    nock(apiUrl).post(`${workflow}/dispatches`).reply(status, { message });
    await expect(dispatch()).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  });
});

describe("listWorkflowRuns", () => {
  it.each([
    ["in_progress", "running"],
    ["completed", "completed"],
    ["queued", "waiting"],
    ["pending", "waiting"],
    ["waiting", "waiting"],
  ])("tells runs that are %s as %s", async (status, told) => {
    nock(apiUrl)
      .get(`${workflow}/runs?per_page=50`)
      .reply(200, { total_count: 1, workflow_runs: [{ ...listed, status }] });
    expect(await list()).toEqual([
      {
        ...{ id: 5, url: "https://github.test/runs/5", title: "Publish", event: "workflow_dispatch", actorId: 7 },
        ...{ status: told, conclusion: null, startedAt: "2026-01-02T00:00:00Z", updatedAt: "2026-01-02T00:01:00Z" },
      },
    ]);
  });

  it("a workflow that is not there is the operator's to mend", async () => {
    nock(apiUrl).get(`${workflow}/runs?per_page=50`).reply(404, { message: "Not Found" });
    await expect(list()).rejects.toMatchObject({ code: "workflow-refused", family: "operator" });
  });
});
