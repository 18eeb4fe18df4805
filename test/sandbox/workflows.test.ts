import { describe, expect, it } from "vitest";
import { aRegistry, caller, PERMISSIONS } from "./support.ts";

const REPO = "/repos/acme/registry";
const repository = "acme/registry";

const publish = `name: Publish
run-name: Publish \${{ inputs.commit }} for \${{ inputs.who }}
on:
  workflow_dispatch:
    inputs:
      commit:
        description: Which
        required: true
      who:
        type: string
permissions:
  contents: read
`;

async function withWorkflow(permissions: Record<string, string> = { ...PERMISSIONS, actions: "write" }) {
  const registry = await aRegistry({ permissions });
  const mona = registry.sandbox.as("mona");
  const files = { ".github/workflows/publish.yml": publish, ".github/workflows/other.yml": "on:\n  push:\n" };
  const tip = await mona.commit({ repository, branch: "main", files, message: "Workflows" });
  const dispatch = (body: object, workflow = "publish.yml", call = registry.asApp) =>
    call(`POST ${REPO}/actions/workflows/${workflow}/dispatches`, { body });
  return { ...registry, mona, tip, dispatch };
}

describe("dispatching a workflow", () => {
  it("makes a run on the branch's newest commit, listed newest first, which ends as it is told", async () => {
    const { sandbox, asApp, dispatch, tip } = await withWorkflow();
    expect((await dispatch({ ref: "main", inputs: { commit: "abc", who: "me" } })).status).toBe(204);
    const details = await dispatch({ ref: "main", inputs: { commit: "def" }, return_run_details: true });
    expect(details).toMatchObject({ status: 200, json: { workflow_run_id: expect.any(Number) } });
    const [first] = sandbox.workflowRuns(repository);
    const inputs = { commit: "abc", who: "me" };
    expect(first).toMatchObject({ workflow: "publish.yml", headSha: tip, inputs, actor: "registrar[bot]" });
    const list = () => asApp(`GET ${REPO}/actions/workflows/publish.yml/runs?per_page=50`);
    expect((await list()).json).toMatchObject({
      total_count: 2,
      workflow_runs: [
        { display_title: "Publish def for ", run_number: 2 },
        { display_title: "Publish abc for me", run_number: 1, status: "queued", event: "workflow_dispatch" },
      ],
    });
    const id = first?.id ?? 0;
    sandbox.setWorkflowRun({ repository, id, status: "completed", conclusion: "failure" });
    expect((await list()).json.workflow_runs[1]).toMatchObject({ status: "completed", conclusion: "failure" });
    sandbox.setWorkflowRun({ repository, id, status: "queued", at: "2099-01-01T00:00:00Z" });
    expect((await list()).json.workflow_runs[1]).toMatchObject({
      ...{ status: "queued", conclusion: null, run_attempt: 2, run_started_at: "2099-01-01T00:00:00Z" },
    });
    expect(sandbox.violations).toEqual([]);
  });

  it("is refused as GitHub does it", async () => {
    const { sandbox, asApp, dispatch } = await withWorkflow();
    const inputs = { commit: "abc" };
    expect((await dispatch({ ref: "main", inputs }, "none.yml")).status).toBe(404);
    expect((await asApp(`GET ${REPO}/actions/workflows/none.yml/runs`)).status).toBe(404);
    const refused = async (message: string, ...wish: Parameters<typeof dispatch>) =>
      expect(await dispatch(...wish)).toMatchObject({ status: 422, json: { message } });
    await refused("No ref found for: none", { ref: "none", inputs });
    await refused("Workflow does not have 'workflow_dispatch' trigger", { ref: "main" }, "other.yml");
    await refused('Unexpected inputs provided: ["to"]', { ref: "main", inputs: { ...inputs, to: "x" } });
    await refused("Required input 'commit' not provided", { ref: "main" });
    sandbox.setWorkflowEnabled({ repository, workflow: "publish.yml", enabled: false });
    await refused("Cannot trigger a 'workflow_dispatch' on a disabled workflow", { ref: "main", inputs });
    sandbox.setWorkflowEnabled({ repository, workflow: "publish.yml", enabled: true });
    expect((await dispatch({ ref: "main", inputs })).status).toBe(204);
  });

  it("is for who may write actions: an app with that permission, people who may push", async () => {
    const { sandbox, dispatch, mona } = await withWorkflow(PERMISSIONS);
    const wish = { ref: "main", inputs: { commit: "abc" } };
    expect((await dispatch(wish)).status).toBe(403);
    expect((await dispatch(wish, "publish.yml", caller(sandbox, sandbox.as("olga").token))).status).toBe(403);
    expect((await dispatch(wish, "publish.yml", caller(sandbox, mona.token))).status).toBe(204);
    expect(sandbox.workflowRuns(repository)).toMatchObject([{ actor: "mona" }]);
  });
});
