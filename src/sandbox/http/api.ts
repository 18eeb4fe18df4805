import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { demand, visible } from "../access.ts";
import type { Contracts } from "../contracts/contracts.ts";
import type { Repository } from "../entities/repository.ts";
import { ApiError, notFound } from "../errors.ts";
import type { Log } from "../log.ts";
import { nameOfViewer, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import type { Answer } from "./answer.ts";
import { ApiRequest } from "./api-request.ts";
import { authenticate } from "./authenticate.ts";
import { conditional } from "./conditional.ts";
import type { Limits } from "./limits.ts";
import { parseJson, readBody } from "./read-body.ts";
import { redirectRenamed, resolveIds } from "./redirects.ts";
import type { Match, Router } from "./router.ts";

export interface Api {
  readonly world: World;
  readonly router: Router;
  readonly contracts: Contracts;
  readonly limits: Limits;
  readonly log: Log;
}

export interface ApiResult {
  readonly answer: Answer;
  readonly template: string | null;
  readonly actor: string;
}

interface Arrived {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly bytes: Buffer;
  readonly requestId: string;
}

/** One request to the REST API: recognised, let in, checked against GitHub's description, answered, checked again. */
export async function answerApi(api: Api, request: IncomingMessage, path: string): Promise<ApiResult> {
  const requestId = newRequestId();
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  const url = new URL(request.url ?? "/", api.world.serverUrl);
  let viewer: Viewer = { kind: "anonymous" };
  let match: Match | null = null;
  let answer: Answer;
  try {
    const bytes = await readBody(request);
    viewer = authenticate(api.world.store, request.headers.authorization);
    if (path !== "/rate_limit") api.limits.spend(viewer);
    match = api.router.match(method, resolveIds(api.world, path));
    if (match === null) {
      api.log.violation(`${method} ${path}: the sandbox does not know this operation`);
      throw notFound();
    }
    const arrived = { request, method, url, bytes, requestId };
    answer =
      redirectRenamed(api.world, { match, viewer, ...arrived }) ?? (await perform(api, match, { viewer, ...arrived }));
  } catch (error) {
    answer = errorAnswer(api, match, error);
  }
  answer = conditional(api.limits, { answer, request, viewer });
  const headers = { ...commonHeaders(requestId), ...api.limits.headers(viewer), ...answer.headers };
  return { answer: { ...answer, headers }, template: match?.route.path ?? null, actor: nameOfViewer(viewer) };
}

async function perform(
  { world, contracts, limits, log }: Api,
  { route, params }: Match,
  { viewer, request, url, bytes, requestId }: Arrived & { readonly viewer: Viewer },
): Promise<Answer> {
  const name = `${route.method} ${route.path}`;
  if (route.app === true && viewer.kind !== "app") throw new ApiError(401, "A JSON web token could not be decoded");
  const present = route.need === undefined ? undefined : repositoryOf(world, { params, viewer });
  if (present !== undefined && route.need !== undefined) demand(world.store, present, { viewer, need: route.need });
  const reads = route.method === "GET";
  const repository = present !== undefined && reads ? world.lag.view(present, url.pathname + url.search) : present;
  if (!reads && !route.path.endsWith("/access_tokens")) {
    limits.write(viewer, { createsContent: contracts.notifies(route), requestId });
  }
  const upload = url.pathname.startsWith("/api/uploads/");
  const json = upload ? undefined : parseJson(bytes);
  const problems = contracts.checkRequest(route, { params, query: url.searchParams, json, upload });
  if (problems.length > 0) {
    log.violation(`${name}: ${problems.join("; ")}`);
    throw new ApiError(422, `Invalid request.\n\n${problems.join("\n")}`);
  }
  const { headers } = request;
  const asked = new ApiRequest({ world, viewer, url, headers, params, json, bytes, repository });
  const answer = await route.handle(asked);
  // What GitHub would heed must not look as if it had been heeded here.
  for (const parameter of asked.ignored)
    log.violation(`${name}: the sandbox does not know the parameter "${parameter}"`);
  // Not every change is told in an event: assets and statuses are not.
  if (present !== undefined && !reads) world.lag.changed(present);
  const wrong = contracts.checkAnswer(route, answer);
  if (wrong.length > 0) log.violation(`answer ${answer.status} of ${name}: ${wrong.join("; ")}`);
  return answer;
}

function repositoryOf(world: World, { params, viewer }: { params: Match["params"]; viewer: Viewer }): Repository {
  const repository = world.store.repository(`${params.owner}/${params.repo}`);
  if (repository === undefined || !visible(world.store, repository, viewer)) throw notFound();
  return repository;
}

function errorAnswer(api: Api, match: Match | null, error: unknown): Answer {
  const known = error instanceof ApiError ? error : null;
  if (known === null) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    api.log.violation(`${match?.route.method} ${match?.route.path}: the sandbox failed: ${text}`);
  }
  const status = known?.status ?? 500;
  return {
    status,
    headers: known?.headers ?? {},
    json: {
      message: known?.message ?? "Server Error",
      ...(known?.errors === undefined ? {} : { errors: known.errors }),
      documentation_url: match === null ? "https://docs.github.com/rest" : api.contracts.documentation(match.route),
      status: String(status),
    },
  };
}

export function commonHeaders(requestId: string, version = "v3"): Record<string, string> {
  return {
    "x-github-request-id": requestId,
    "x-github-media-type": `github.${version}; format=json`,
    "cache-control": "private, max-age=60, s-maxage=60",
    vary: "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With",
  };
}

export function newRequestId(): string {
  return randomBytes(8)
    .toString("hex")
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, "$1:");
}
