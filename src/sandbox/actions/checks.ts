import type { Account } from "../entities/account.ts";
import type { App } from "../entities/app.ts";
import type { Annotation, CheckConclusion, CheckRun, CheckStatus } from "../entities/check.ts";
import type { Repository } from "../entities/repository.ts";
import { unprocessable } from "../errors.ts";
import { listRefs } from "../git/refs.ts";
import { presentCheckRun, presentCheckSuite } from "../present/check.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";
import { suiteOf } from "./check-suites.ts";

export interface CheckChanges {
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
  readonly detailsUrl?: string | undefined;
  readonly status?: CheckStatus | undefined;
  readonly conclusion?: CheckConclusion | undefined;
  readonly startedAt?: string | undefined;
  readonly completedAt?: string | undefined;
  readonly output?:
    | { title?: string | undefined; summary: string; text?: string | undefined; annotations: readonly Annotation[] }
    | undefined;
  readonly actions?: CheckRun["actions"] | undefined;
}

/** https://docs.github.com/rest/checks/runs#create-a-check-run */
export async function addCheckRun(
  world: World,
  repository: Repository,
  { app, sha, name, changes }: { app: App; sha: string; name: string; changes: CheckChanges },
): Promise<CheckRun> {
  if ((await repository.git.commit(sha)) === null) throw unprocessable(`No commit found for SHA: ${sha}`);
  const suite = suiteOf(world, repository, { app, sha, branch: await branchOf(repository, sha) });
  const run: CheckRun = {
    id: world.store.nextId(),
    suite,
    name,
    externalId: "",
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: time(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    actions: [],
    annotations: [],
  };
  apply(run, changes);
  suite.runs.push(run);
  suite.updatedAt = time();
  await tell(world, repository, { run, action: "created", by: app.bot });
  if (run.status === "completed") await tell(world, repository, { run, action: "completed", by: app.bot });
  return run;
}

/** https://docs.github.com/rest/checks/runs#update-a-check-run */
export async function updateCheckRun(
  world: World,
  repository: Repository,
  { run, changes }: { run: CheckRun; changes: CheckChanges },
): Promise<void> {
  const before = run.status;
  apply(run, changes);
  run.suite.updatedAt = time();
  if (run.status === "completed" && before !== "completed") {
    await tell(world, repository, { run, action: "completed", by: run.suite.app.bot });
  }
}

/** Asks the app to run again. The run itself is left as it is: resetting it is the app's business. */
export async function rerequestRun(
  world: World,
  repository: Repository,
  { run, by }: { run: CheckRun; by: Account },
): Promise<void> {
  await tell(world, repository, { run, action: "rerequested", by, onlyTo: run.suite.app });
}

export async function rerequestSuite(
  world: World,
  repository: Repository,
  { suite, by }: { suite: CheckRun["suite"]; by: Account },
): Promise<void> {
  await emit(world, {
    repository,
    event: "check_suite",
    action: "rerequested",
    sender: by,
    onlyTo: suite.app,
    payload: async () => ({ check_suite: await presentCheckSuite(world, repository, suite) }),
  });
}

function apply(run: CheckRun, changes: CheckChanges): void {
  const { name, externalId, detailsUrl, status, conclusion, startedAt, completedAt, output, actions } = changes;
  if (status === "completed" && conclusion === undefined && run.conclusion === null) {
    // Stated in words only: "Required if you provide completed_at or a status of completed".
    throw unprocessable('Invalid request.\n\n"conclusion" wasn\'t supplied.');
  }
  if (output !== undefined) checkOutput(output);
  if (name !== undefined) run.name = name;
  if (externalId !== undefined) run.externalId = externalId;
  if (detailsUrl !== undefined) run.detailsUrl = detailsUrl;
  if (startedAt !== undefined) run.startedAt = startedAt;
  if (actions !== undefined) run.actions = actions;
  // A conclusion or a time of completion completes the run whatever the status says.
  if (conclusion !== undefined || completedAt !== undefined) {
    run.status = "completed";
    run.conclusion = conclusion ?? run.conclusion ?? "neutral";
    run.completedAt = completedAt ?? time();
  } else if (status !== undefined) {
    run.status = status;
    if (status !== "completed") Object.assign(run, { conclusion: null, completedAt: null });
  }
  if (output !== undefined) {
    run.output = { title: output.title ?? null, summary: output.summary, text: output.text ?? null };
    run.annotations.push(...output.annotations);
  }
}

const LONGEST_TEXT = 65_535;
const MOST_ANNOTATIONS = 50;

function checkOutput({ summary, text, annotations }: NonNullable<CheckChanges["output"]>): void {
  for (const [field, value] of Object.entries({ summary, text })) {
    if (value !== undefined && value.length > LONGEST_TEXT) {
      throw unprocessable(
        `Invalid request.\n\nOnly ${LONGEST_TEXT} characters are allowed; ${value.length} were supplied for ${field}.`,
      );
    }
  }
  if (annotations.length > MOST_ANNOTATIONS) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${MOST_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`,
    );
  }
}

async function branchOf(repository: Repository, sha: string): Promise<string | null> {
  const refs = listRefs(repository.git, "refs/heads/");
  return refs.find((ref) => ref.sha === sha)?.name.slice("refs/heads/".length) ?? null;
}

function tell(
  world: World,
  repository: Repository,
  { run, action, by, onlyTo }: { run: CheckRun; action: string; by: Account; onlyTo?: App },
): Promise<void> {
  return emit(world, {
    repository,
    event: "check_run",
    action,
    sender: by,
    ...(onlyTo === undefined ? {} : { onlyTo }),
    payload: async () => ({
      check_run: {
        ...presentCheckRun(world, repository, run),
        check_suite: await presentCheckSuite(world, repository, run.suite),
      },
    }),
  });
}
