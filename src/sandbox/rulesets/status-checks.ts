import type { Repository } from "../entities/repository.ts";

export interface RequiredCheck {
  readonly context: string;
  readonly integrationId: number | null;
}

/** What keeps a required check from being satisfied, in GitHub's words; null when nothing does. */
export function missingCheck(repository: Repository, sha: string, { context, integrationId }: RequiredCheck) {
  const runs = repository.suites
    .filter((suite) => suite.headSha === sha && (integrationId === null || suite.app.id === integrationId))
    .flatMap((suite) => suite.runs.filter((run) => run.name === context))
    .sort((a, b) => b.id - a.id);
  const statuses = repository.statuses
    .filter((status) => status.sha === sha && status.context === context)
    .filter((status) => integrationId === null || status.appId === integrationId)
    .sort((a, b) => b.id - a.id);
  const [run] = runs;
  const [status] = statuses;
  if (run === undefined && status === undefined) return `Required status check "${context}" is expected.`;
  // https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
  const runPasses = run === undefined || ["success", "neutral", "skipped"].includes(run.conclusion ?? "");
  if (run !== undefined && run.status !== "completed")
    return `Required status check "${context}" is ${run.status.replace("_", " ")}.`;
  if (status?.state === "pending") return `Required status check "${context}" is pending.`;
  const statusPasses = status === undefined || status.state === "success";
  return runPasses && statusPasses ? null : `Required status check "${context}" is failing.`;
}
