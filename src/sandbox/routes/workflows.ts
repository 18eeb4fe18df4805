import { readWorkflowFile } from "../actions/workflow-file.ts";
import { dispatchWorkflow } from "../actions/workflow-runs.ts";
import { notFound } from "../errors.ts";
import { readRef } from "../git/refs.ts";
import { noContent, ok } from "../http/answer.ts";
import { page } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentWorkflowRun } from "../present/workflow-run.ts";

const WORKFLOW = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}";

/**
 * Workflows are known by the names of their files, and do not run here; what becomes of a run is set from outside.
 * https://docs.github.com/rest/actions/workflows and https://docs.github.com/rest/actions/workflow-runs
 */
export const workflowRoutes: readonly Route[] = [
  route(`POST ${WORKFLOW}/dispatches`, write("actions"), async (request) => {
    const { world, repository, account, body } = request;
    const run = await dispatchWorkflow(world, repository, {
      workflow: request.param("workflow_id"),
      ref: body.needed("ref"),
      inputs: { ...(body.get("inputs") as object | undefined) },
      by: account,
    });
    if (body.flag("return_run_details") !== true) return noContent;
    const { url, html_url } = await presentWorkflowRun(world, repository, run);
    return ok({ workflow_run_id: run.id, run_url: url, html_url });
  }),
  route(`GET ${WORKFLOW}/runs`, read("actions"), async (request) => {
    const { world, repository } = request;
    const workflow = request.param("workflow_id");
    const main = await readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
    const known = repository.workflowRuns.filter((run) => run.workflow === workflow).reverse();
    const isThere = main !== null && (await readWorkflowFile(repository, main, workflow)) !== null;
    if (!isThere && known.length === 0) throw notFound();
    const runs = await Promise.all(known.map((run) => presentWorkflowRun(world, repository, run)));
    return page(request, runs, (shown) => ({ total_count: runs.length, workflow_runs: shown }));
  }),
];
