import { addCheckRun, type CheckChanges, rerequestRun, rerequestSuite, updateCheckRun } from "../actions/checks.ts";
import type { Annotation, CheckConclusion, CheckRun, CheckStatus, CheckSuite } from "../entities/check.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { resolveCommit } from "../git/resolve.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import type { Body } from "../http/body.ts";
import { list, page } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentAnnotations, presentCheckRun, presentCheckSuite } from "../present/check.ts";

const REPO = "/repos/{owner}/{repo}";

/** https://docs.github.com/rest/checks */
export const checkRoutes: readonly Route[] = [
  route(`POST ${REPO}/check-runs`, write("checks"), async (request) => {
    const { world, repository, viewer, body } = request;
    if (viewer.kind !== "installation") throw forbidden("You must authenticate via a GitHub App.");
    const run = await addCheckRun(world, repository, {
      app: viewer.app,
      sha: body.needed("head_sha"),
      name: body.needed("name"),
      changes: changesFrom(body),
    });
    return created(presentCheckRun(world, repository, run));
  }),
  route(`GET ${REPO}/check-runs/{check_run_id}`, read("checks"), (request) =>
    ok(presentCheckRun(request.world, request.repository, runFrom(request))),
  ),
  route(`PATCH ${REPO}/check-runs/{check_run_id}`, write("checks"), async (request) => {
    const { world, repository, viewer, body } = request;
    const run = runFrom(request);
    if (viewer.kind !== "installation" || viewer.app !== run.suite.app)
      throw forbidden(
        "Invalid app_id `" +
          `${run.suite.app.id}` +
          "` - check run can only be modified by the GitHub App that created it.",
      );
    await updateCheckRun(world, repository, { run, changes: changesFrom(body) });
    return ok(presentCheckRun(world, repository, run));
  }),
  route(`GET ${REPO}/check-runs/{check_run_id}/annotations`, read("checks"), (request) => {
    const annotations = presentAnnotations(request.world, request.repository, runFrom(request));
    return list(request, annotations, (annotation) => annotation);
  }),
  route(`POST ${REPO}/check-runs/{check_run_id}/rerequest`, write("checks"), async (request) => {
    await rerequestRun(request.world, request.repository, { run: runFrom(request), by: request.account });
    return { status: 201, json: {} };
  }),
  route(`GET ${REPO}/commits/{ref}/check-runs`, read("checks"), async (request) => {
    const sha = await commitFrom(request);
    const appId = request.query("app_id");
    const suites = request.repository.suites.filter((suite) => suite.headSha === sha);
    const runs = suites.filter(({ app }) => appId === null || app.id === Number(appId)).flatMap((suite) => suite.runs);
    return listRuns(request, runs);
  }),
  route(`GET ${REPO}/check-suites/{check_suite_id}/check-runs`, read("checks"), (request) =>
    listRuns(request, suiteFrom(request).runs),
  ),
  route(`GET ${REPO}/check-suites/{check_suite_id}`, read("checks"), async (request) =>
    ok(await presentCheckSuite(request.world, request.repository, suiteFrom(request))),
  ),
  route(`POST ${REPO}/check-suites/{check_suite_id}/rerequest`, write("checks"), async (request) => {
    await rerequestSuite(request.world, request.repository, { suite: suiteFrom(request), by: request.account });
    return { status: 201, json: {} };
  }),
  route(`GET ${REPO}/commits/{ref}/check-suites`, read("checks"), async (request) => {
    const { world, repository } = request;
    const sha = await commitFrom(request);
    const appId = request.query("app_id");
    const suites = repository.suites
      .filter((suite) => suite.headSha === sha)
      .filter(({ app }) => appId === null || app.id === Number(appId));
    const shown = await Promise.all(suites.map((suite) => presentCheckSuite(world, repository, suite)));
    return page(request, shown, (check_suites) => ({ total_count: suites.length, check_suites }));
  }),
];

async function commitFrom(request: ApiRequest): Promise<string> {
  const name = request.param("ref");
  const sha = await resolveCommit(request.repository.git, name);
  if (sha === null) throw unprocessable(`No commit found for SHA: ${name}`);
  return sha;
}

function listRuns(request: ApiRequest, all: readonly CheckRun[]) {
  const name = request.query("check_name");
  const status = request.query("status");
  const everything = request.query("filter") === "all";
  const matching = all
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    // `latest`, the default: the newest of each name and app.
    .filter((run) => everything || !all.some((other) => other.id > run.id && isTwin(other, run)))
    .sort((a, b) => b.id - a.id);
  return page(request, matching, (runs) => ({
    total_count: matching.length,
    check_runs: runs.map((run) => presentCheckRun(request.world, request.repository, run)),
  }));
}

function isTwin(a: CheckRun, b: CheckRun): boolean {
  return a.name === b.name && a.suite === b.suite;
}

function runFrom(request: ApiRequest): CheckRun {
  const id = request.id("check_run_id");
  const run = request.repository.suites.flatMap(({ runs }) => runs).find((candidate) => candidate.id === id);
  if (run === undefined) throw notFound();
  return run;
}

function suiteFrom(request: ApiRequest): CheckSuite {
  const suite = request.repository.suites.find(({ id }) => id === request.id("check_suite_id"));
  if (suite === undefined) throw notFound();
  return suite;
}

function changesFrom(body: Body): CheckChanges {
  const output = body.object("output");
  const summary = output?.text("summary");
  if (output !== undefined && summary === undefined)
    throw unprocessable('Invalid request.\n\n"summary" wasn\'t supplied.');
  return {
    name: body.text("name"),
    externalId: body.text("external_id"),
    detailsUrl: body.text("details_url"),
    status: body.text("status") as CheckStatus | undefined,
    conclusion: body.text("conclusion") as CheckConclusion | undefined,
    startedAt: body.text("started_at"),
    completedAt: body.text("completed_at"),
    output:
      output === undefined
        ? undefined
        : {
            title: output.text("title"),
            summary: summary ?? "",
            text: output.text("text"),
            annotations: (output.objects("annotations") ?? []).map(annotationFrom),
          },
    actions: body.objects("actions")?.map((action) => ({
      label: action.needed("label"),
      description: action.needed("description"),
      identifier: action.needed("identifier"),
    })),
  };
}

function annotationFrom(body: Body): Annotation {
  return {
    path: body.needed("path"),
    startLine: body.number("start_line") ?? 1,
    endLine: body.number("end_line") ?? 1,
    startColumn: body.number("start_column") ?? null,
    endColumn: body.number("end_column") ?? null,
    level: body.needed("annotation_level"),
    message: body.needed("message"),
    title: body.text("title") ?? null,
    rawDetails: body.text("raw_details") ?? null,
  };
}
