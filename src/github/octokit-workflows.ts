import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { hasStatus } from "./errors.ts";
import type { RepositoryContext } from "./octokit-context.ts";
import type { RegistryReader, RegistryWriter, WorkflowRun } from "./port.ts";

/** https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow */
export function workflowReader({
  client: { rest },
  here,
  tried,
}: RepositoryContext): Pick<RegistryReader, "listWorkflowRuns"> {
  return {
    listWorkflowRuns: async (workflow) => {
      const { data } = await tried(`listing the runs of workflow ${quoted(workflow)}`, async () => {
        try {
          return await rest.actions.listWorkflowRuns({ ...here, workflow_id: workflow, per_page: 50 });
        } catch (error) {
          throw hasStatus(error, 404) ? noWorkflow(workflow, error) : error;
        }
      });
      return data.workflow_runs.map((run) => ({
        id: run.id,
        url: run.html_url,
        title: run.display_title,
        event: run.event,
        actorId: run.actor?.id ?? null,
        status: statusOf(run.status),
        conclusion: run.conclusion,
        startedAt: run.run_started_at ?? run.created_at,
        updatedAt: run.updated_at,
      }));
    },
  };
}

/** Beside `queued` a run that waits is `waiting`, `pending` (for its concurrency group) or `requested`. */
function statusOf(status: string | null): WorkflowRun["status"] {
  if (status === "completed") return "completed";
  return status === "in_progress" ? "running" : "waiting";
}

/** https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event */
export function workflowWriter({
  client: { rest },
  here,
  tried,
}: RepositoryContext): Pick<RegistryWriter, "dispatchWorkflow"> {
  return {
    dispatchWorkflow: async ({ workflow, branch, inputs }) => {
      await tried(`dispatching workflow ${quoted(workflow)}`, async () => {
        try {
          return await rest.actions.createWorkflowDispatch({ ...here, workflow_id: workflow, ref: branch, inputs });
        } catch (error) {
          if (hasStatus(error, 404)) throw noWorkflow(workflow, error);
          // Without the trigger, disabled, or with other inputs than those: GitHub says which.
          if (hasStatus(error, 422)) throw refused(workflow, error);
          throw hasStatus(error, 403) && /not accessible by integration/i.test(errorMessage(error))
            ? notAllowed(workflow, error)
            : error;
        }
      });
    },
  };
}

const noWorkflow = (workflow: string, cause: unknown): RegistrarError =>
  new RegistrarError(
    "workflow-refused",
    `publish.workflow names ${quoted(workflow)}, and GitHub knows no workflow .github/workflows/${workflow} on the default branch. Put docs/publish.yml of Registrar there.`,
    { cause },
  );

const refused = (workflow: string, cause: unknown): RegistrarError =>
  new RegistrarError(
    "workflow-refused",
    `GitHub does not start workflow ${quoted(workflow)}: ${quoted(errorMessage(cause), 300)}. It has to be enabled, and to have the trigger workflow_dispatch with the inputs commit, withheld and state of Registrar's docs/publish.yml.`,
    { cause },
  );

const notAllowed = (workflow: string, cause: unknown): RegistrarError =>
  new RegistrarError(
    "workflow-refused",
    `GitHub lets this app start no workflows, so ${quoted(workflow)} publishes nothing. Give the app the permission "Actions: read and write", and accept it where the app is installed.`,
    { cause },
  );
