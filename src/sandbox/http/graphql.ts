import type { IncomingMessage } from "node:http";
import { ApiError } from "../errors.ts";
import { carryOut, type PreparedQuery, prepareQuery, type QueryText } from "../graphql/answer-query.ts";
import type { RecordedRequest } from "../log.ts";
import { nameOfViewer, type Viewer } from "../viewer.ts";
import { time } from "../world.ts";
import type { Answer } from "./answer.ts";
import { type Api, commonHeaders, newRequestId } from "./api.ts";
import { authenticate } from "./authenticate.ts";
import { Body } from "./body.ts";
import { exceeded } from "./limits.ts";
import { parseJson, readBody } from "./read-body.ts";

const DOCUMENTATION = "https://docs.github.com/graphql";
const SIGN_IN = `${DOCUMENTATION}/guides/forming-calls-with-graphql#authenticating-with-graphql`;

export interface GraphqlResult {
  readonly answer: Answer;
  readonly actor: string;
  readonly graphql: RecordedRequest["graphql"];
}

/** One request to GraphQL. Whatever goes wrong with the query is an answer 200 with `errors`. */
export async function answerGraphql(api: Api, request: IncomingMessage): Promise<GraphqlResult> {
  const requestId = newRequestId();
  let viewer: Viewer = { kind: "anonymous" };
  let graphql: RecordedRequest["graphql"] = null;
  let answer: Answer;
  try {
    const bytes = await readBody(request);
    viewer = authenticate(api.world.store, request.headers.authorization);
    if (viewer.kind === "anonymous" || viewer.kind === "app") {
      throw new ApiError(401, "This endpoint requires you to be authenticated.");
    }
    if (request.method !== "POST") throw new ApiError(404, "Not Found");
    const prepared = await prepareQuery(textOf(parseJson(bytes)));
    if (prepared.kind === "ready") graphql = { cost: prepared.cost, aliases: prepared.aliases };
    answer = await answerPrepared(api, prepared, { viewer, requestId });
  } catch (error) {
    answer = errorAnswer(api, error);
  }
  const headers = { ...commonHeaders(requestId, "v4"), ...api.limits.headers(viewer, "graphql"), ...answer.headers };
  return { answer: { ...answer, headers }, actor: nameOfViewer(viewer), graphql };
}

function textOf(json: unknown): QueryText {
  const body = new Body(json);
  const query = body.text("query");
  if (query === undefined) throw new ApiError(400, "A query attribute must be specified and must be a string.");
  const variables = body.get("variables");
  return {
    query,
    variables: typeof variables === "object" && variables !== null ? { ...variables } : {},
    operationName: body.text("operationName"),
  };
}

async function answerPrepared(
  { world, limits, log }: Api,
  prepared: PreparedQuery,
  { viewer, requestId }: { viewer: Viewer; requestId: string },
): Promise<Answer> {
  if (prepared.kind === "refused") {
    for (const violation of prepared.violations) log.violation(`POST /api/graphql: ${violation}`);
    return { status: 200, json: { errors: prepared.problems } };
  }
  const { query, cost, nodeCount } = prepared;
  if (!limits.take(viewer, "graphql", cost)) {
    // GitHub says so with status 200; Octokit looks for the type.
    return { status: 200, json: { errors: [{ type: "RATE_LIMITED", message: exceeded(viewer) }] } };
  }
  const { reset, ...state } = limits.state(viewer, "graphql");
  const rateLimit = { cost, nodeCount, ...state, resetAt: time(new Date(reset * 1000)) };
  const onFailure = (error: Error): string => {
    log.violation(`POST /api/graphql: the sandbox failed: ${error.stack ?? error.message}`);
    return `Something went wrong while executing your query. Please include \`${requestId}\` when reporting this issue.`;
  };
  return { status: 200, json: await carryOut(query, { context: { world, viewer, rateLimit }, onFailure }) };
}

function errorAnswer({ log }: Api, error: unknown): Answer {
  const known = error instanceof ApiError ? error : null;
  if (known === null || known.status === 400) {
    const text = error instanceof Error ? (known?.message ?? error.stack ?? error.message) : String(error);
    log.violation(`POST /api/graphql: ${known === null ? "the sandbox failed: " : ""}${text}`);
  }
  const status = known?.status ?? 500;
  const message = known?.message ?? "Server Error";
  const documentation_url = status === 401 ? SIGN_IN : DOCUMENTATION;
  return { status, json: { message, documentation_url, status: String(status) } };
}
