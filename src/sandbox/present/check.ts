import type { CheckConclusion, CheckRun, CheckStatus, CheckSuite } from "../entities/check.ts";
import type { Repository } from "../entities/repository.ts";
import type { World } from "../world.ts";
import { presentApp } from "./app.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";
import { presentMinimalRepository } from "./repository.ts";

export function presentCheckRun(world: World, repository: Repository, run: CheckRun) {
  const url = `${api(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.suite.headSha,
    external_id: run.externalId,
    url,
    html_url: `${html(world, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${world.serverUrl}/apps/${run.suite.app.slug}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { ...run.output, annotations_count: run.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suite.id },
    app: presentApp(world, run.suite.app),
    pull_requests: presentPulls(world, repository, run.suite),
  };
}

export async function presentCheckSuite(world: World, repository: Repository, suite: CheckSuite) {
  const url = `${api(world, repository)}/check-suites/${suite.id}`;
  const commit = await repository.git.commit(suite.headSha);
  const { status, conclusion } = summarise(suite);
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status,
    conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: presentPulls(world, repository, suite),
    app: presentApp(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: suite.runs.length,
    check_runs_url: `${url}/check-runs`,
    head_commit: {
      id: suite.headSha,
      tree_id: commit?.tree ?? "",
      message: commit?.message ?? "",
      timestamp: commit?.committer.date ?? suite.createdAt,
      author: commit === null ? null : { name: commit.author.name, email: commit.author.email },
      committer: commit === null ? null : { name: commit.committer.name, email: commit.committer.email },
    },
    repository: presentMinimalRepository(world, repository),
  };
}

export function presentAnnotations(world: World, repository: Repository, run: CheckRun) {
  return run.annotations.map((annotation) => ({
    path: annotation.path,
    blob_href: `${html(world, repository)}/blob/${run.suite.headSha}/${annotation.path}`,
    start_line: annotation.startLine,
    start_column: annotation.startColumn,
    end_line: annotation.endLine,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  }));
}

// Heads that came from a fork have no branch here, and the list of pull requests stays empty for them.
function presentPulls(world: World, repository: Repository, suite: CheckSuite) {
  if (suite.headBranch === null) return [];
  const repo = { id: repository.id, url: api(world, repository), name: repository.name };
  return [...repository.threads.values()].flatMap(({ number, state, pull }) => {
    if (pull === null || state !== "open" || pull.head.sha !== suite.headSha) return [];
    if (pull.head.repository !== repository) return [];
    return [
      {
        id: pull.id,
        number,
        url: `${api(world, repository)}/pulls/${number}`,
        head: { ref: pull.head.ref, sha: pull.head.sha, repo },
        base: { ref: pull.base.ref, sha: pull.base.sha, repo },
      },
    ];
  });
}

const WORST: readonly CheckConclusion[] = [
  "failure",
  "timed_out",
  "cancelled",
  "action_required",
  "success",
  "neutral",
  "skipped",
];

function summarise({ runs }: CheckSuite): { status: CheckStatus; conclusion: CheckConclusion | null } {
  if (runs.length === 0 || runs.every(({ status }) => status === "queued")) {
    return { status: "queued", conclusion: null };
  }
  if (runs.some(({ status }) => status !== "completed")) return { status: "in_progress", conclusion: null };
  return { status: "completed", conclusion: WORST.find((word) => runs.some((run) => run.conclusion === word)) ?? null };
}
