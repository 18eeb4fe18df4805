import type { Account } from "../entities/account.ts";
import type { CheckConclusion, CheckStatus } from "../entities/check.ts";
import type { Repository } from "../entities/repository.ts";
import type { WorkflowRun } from "../entities/workflow-run.ts";
import { notFound, unprocessable } from "../errors.ts";
import { readRef } from "../git/refs.ts";
import { time, type World } from "../world.ts";
import { readWorkflowFile, type WorkflowFile } from "./workflow-file.ts";

const MOST_INPUT = 65_535;

/**
 * Refuses as GitHub does: 404 for a file that the default branch does not have, 422 with these words for everything else.
 * https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export async function dispatchWorkflow(
  world: World,
  repository: Repository,
  wish: { workflow: string; ref: string; inputs: Readonly<Record<string, unknown>>; by: Account },
): Promise<WorkflowRun> {
  const { workflow, ref, by } = wish;
  const main = await readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
  if (main === null || (await readWorkflowFile(repository, main, workflow)) === null) throw notFound();
  if (repository.disabledWorkflows.has(workflow)) {
    throw unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const branch = ref.replace(/^refs\/heads\//, "");
  const headSha = await readRef(repository.git, `refs/heads/${branch}`);
  if (headSha === null) throw unprocessable(`No ref found for: ${ref}`);
  const file = await readWorkflowFile(repository, headSha, workflow);
  if (file?.inputs == null) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  checkInputs(file.inputs, wish.inputs);
  const now = time();
  const run: WorkflowRun = {
    id: world.store.nextId(),
    number: repository.workflowRuns.filter((one) => one.workflow === workflow).length + 1,
    workflow,
    name: file.name,
    title: titleOf(file, wish.inputs),
    branch,
    headSha,
    inputs: wish.inputs,
    actor: by,
    attempt: 1,
    status: "queued",
    conclusion: null,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
  };
  repository.workflowRuns.push(run);
  world.lag.changed(repository);
  return run;
}

function checkInputs(known: NonNullable<WorkflowFile["inputs"]>, given: Readonly<Record<string, unknown>>): void {
  const unexpected = Object.keys(given).filter((name) => !known.has(name));
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  for (const [name, { required }] of known) {
    if (required && !(name in given)) throw unprocessable(`Required input '${name}' not provided`);
  }
  if (Object.values(given).join("").length > MOST_INPUT) throw unprocessable("inputs are too large.");
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#run-name */
const titleOf = ({ name, runName }: WorkflowFile, inputs: Readonly<Record<string, unknown>>): string =>
  (runName ?? name).replace(/\$\{\{\s*inputs\.([\w-]+)\s*\}\}/g, (_, input: string) => String(inputs[input] ?? ""));

/** One that runs again is another attempt of the same run. */
export function setWorkflowRun(
  world: World,
  repository: Repository,
  { id, status, conclusion, at }: { id: number; status: CheckStatus; conclusion?: CheckConclusion; at?: string },
): void {
  const run = repository.workflowRuns.find((one) => one.id === id);
  if (run === undefined) throw notFound(`There is no workflow run ${id}.`);
  run.updatedAt = at ?? time();
  if (run.status === "completed" && status !== "completed") {
    run.attempt += 1;
    run.startedAt = run.updatedAt;
  }
  run.status = status;
  run.conclusion = status === "completed" ? (conclusion ?? "success") : null;
  world.lag.changed(repository);
}
