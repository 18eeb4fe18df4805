import type { Repository } from "../entities/repository.ts";
import type { WorkflowRun } from "../entities/workflow-run.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";
import { presentMinimalRepository } from "./repository.ts";

/** GitHub's `workflow-run`. */
export async function presentWorkflowRun(world: World, repository: Repository, run: WorkflowRun) {
  const url = `${api(world, repository)}/actions/runs/${run.id}`;
  const commit = await repository.git.commit(run.headSha);
  const person = (who: { name: string; email: string } | undefined) =>
    who === undefined ? null : { name: who.name, email: who.email };
  const minimal = presentMinimalRepository(world, repository);
  // Any number that is the same for one file.
  const workflowId = [...run.workflow].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003, 7);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.branch,
    head_sha: run.headSha,
    path: `.github/workflows/${run.workflow}`,
    display_title: run.title,
    run_number: run.number,
    run_attempt: run.attempt,
    event: "workflow_dispatch",
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId,
    url,
    html_url: `${html(world, repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor: presentAccount(world, run.actor),
    triggering_actor: presentAccount(world, run.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api(world, repository)}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt === 1 ? null : `${url}/attempts/${run.attempt - 1}`,
    workflow_url: `${api(world, repository)}/actions/workflows/${workflowId}`,
    head_commit: {
      id: run.headSha,
      tree_id: commit?.tree ?? "",
      message: commit?.message ?? "",
      timestamp: commit?.committer.date ?? run.createdAt,
      author: person(commit?.author),
      committer: person(commit?.committer),
    },
    repository: minimal,
    head_repository: minimal,
  };
}
