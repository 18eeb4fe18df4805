import { createHash } from "node:crypto";
import type { RegistryHost } from "../github/port.ts";
import { type Dispatched, type DispatchPlan, newestAttempt, planDispatch } from "../policy/dispatching.ts";
import { isHistory } from "../publish/part.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { PublishableTree } from "./publishable-tree.ts";
import { withheldText } from "./withheld-text.ts";

export type { DispatchPlan };

/** What a workflow is told: all it needs to publish just what the server would. A type, so that it is a record of texts. */
export type DispatchInputs = {
  readonly commit: string;
  /** What is kept back of it (`withheldText`). */
  readonly withheld: string;
  /** Tells what is published from everything else, by 32 hex digits; the workflow repeats it in the name of its run. */
  readonly state: string;
};

/** GitHub takes no more characters in all inputs together. https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#providing-inputs */
const longestInputs = 65_535;

/** What this process remembers of its dispatches; without it a run that GitHub does not list yet is dispatched once more. */
export interface DispatchMemory {
  last: Dispatched | null;
}

type Context = { readonly host: RegistryHost; readonly now: () => Date };
type Wish = { readonly workflow: string; readonly memory: DispatchMemory; readonly paceMs: number };

/** Has a workflow publish this state, where its newest run does not already. */
export async function dispatchPublication(
  context: Context,
  wish: Wish & { readonly inputs: DispatchInputs },
): Promise<DispatchPlan> {
  const { workflow, memory, inputs } = wish;
  const { plan, newest } = await lookAtRuns(context, { ...wish, state: inputs.state });
  if (plan.kind !== "dispatch") return plan;
  const { defaultBranch } = await context.host.readIdentity();
  await context.host.dispatchWorkflow({ workflow, branch: defaultBranch, inputs });
  memory.last = { state: inputs.state, at: context.now().getTime(), after: newest };
  return plan;
}

/** What is to be done so that a state is published, by what GitHub knows of the workflow's runs. */
export async function lookAtRuns(
  { host, now }: Context,
  { workflow, memory, paceMs, state }: Wish & { readonly state: string },
): Promise<{ readonly plan: DispatchPlan; readonly newest: string }> {
  const [runs, { botId }] = await Promise.all([host.listWorkflowRuns(workflow), host.readIdentity()]);
  const plan = planDispatch({ state, runs, botId, last: memory.last, now: now(), paceMs });
  return { plan, newest: newestAttempt(runs) };
}

/** Throws `workflow-refused` where GitHub cannot carry what is kept back: then nothing is published, rather than too much. */
export async function dispatchInputs({ tree, withheld }: PublishableTree): Promise<DispatchInputs> {
  const { commit, files } = isHistory(tree) ? await tree.read() : tree;
  const hash = createHash("sha256");
  for (const { path, mode, id } of files) hash.update(`${mode} ${id} ${path}\0`);
  const inputs = { commit: commit ?? "", withheld: withheldText(withheld), state: hash.digest("hex").slice(0, 32) };
  const length = Object.values(inputs).join("").length;
  if (length <= longestInputs) return inputs;
  throw new RegistrarError(
    "workflow-refused",
    `What is kept from being published takes ${length} characters to say, and GitHub gives a workflow at most ${longestInputs}. The workflow is not dispatched, so the published state stays as it is. Merge or close the pull requests that take commits back, or publish from the server (publish.workflow: null).`,
  );
}
