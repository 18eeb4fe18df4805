import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { demand, visible } from "../access.ts";
import type { Contracts } from "../contracts/contracts.ts";
import type { Repository } from "../entities/repository.ts";
import { ApiError, notFound } from "../errors.ts";
import type { Log } from "../log.ts";
import { nameOf } from "../store.ts";
import { nameOfViewer, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import type { Answer } from "./answer.ts";
import { ApiRequest } from "./api-request.ts";
import { authenticate } from "./authenticate.ts";
import type { Limits } from "./limits.ts";
import { parseJson, readBody } from "./read-body.ts";
import type { Match, Router } from "./router.ts";

export interface Api {
  readonly world: World;
  readonly router: Router;
  readonly contracts: Contracts;
  readonly limits: Limits;
  readonly log: Log;
}

export interface ApiResult {
  readonly answer: Answer & { readonly headers: Readonly<Record<string, string>> };
  readonly template: string | null;
  readonly actor: string;
}

/** One request to the REST API: recognised, let in, checked against GitHub's description, answered, checked again. */
export async function answerApi(api: Api, request: IncomingMessage, path: string): Promise<ApiResult> {
  const requestId = randomBytes(8)
    .toString("hex")
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, "$1:");
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", api.world.serverUrl);
  const headers: Record<string, string> = {
    "x-github-request-id": requestId,
    "x-github-media-type": "github.v3; format=json",
    "cache-control": "private, max-age=60, s-maxage=60",
    vary: "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With",
  };
  let viewer: Viewer = { kind: "anonymous" };
  let match: Match | null = null;
  let answer: Answer;
  try {
    const bytes = await readBody(request);
    viewer = authenticate(api.world.store, request.headers.authorization);
    if (!path.startsWith("/rate_limit")) api.limits.spend(viewer);
    const resolved = resolveIds(api.world, path);
    match = api.router.match(method === "HEAD" ? "GET" : method, resolved);
    if (match === null) throw unknownOperation(api, method, path);
    answer =
      redirectRenamed(api.world, { match, viewer, url, method }) ??
      (await perform(api, { match, viewer, url, request, bytes, requestId }));
    if (answer.json !== undefined || answer.status === 204) checkAnswer(api, match, answer);
  } catch (error) {
    answer = errorAnswer(api, match, error);
  }
  Object.assign(headers, api.limits.headers(viewer), answer.headers);
  return {
    answer: conditional(api, { answer: { ...answer, headers }, request, viewer }),
    template: match?.route.path ?? null,
    actor: nameOfViewer(viewer),
  };
}

async function perform(
  api: Api,
  {
    match,
    viewer,
    url,
    request,
    bytes,
    requestId,
  }: { match: Match; viewer: Viewer; url: URL; request: IncomingMessage; bytes: Buffer; requestId: string },
): Promise<Answer> {
  const { route, params } = match;
  const { world } = api;
  if (route.app === true && viewer.kind !== "app") throw new ApiError(401, "A JSON web token could not be decoded");
  const repository = repositoryOf(world, match, viewer);
  if (repository !== undefined && route.need !== undefined) demand(world.store, repository, viewer, route.need);
  if (route.method !== "GET" && !url.pathname.endsWith("/access_tokens")) {
    const createsContent = api.contracts.notifies(route);
    api.limits.write(viewer, { createsContent, requestId });
  }
  const upload = url.pathname.startsWith("/api/uploads/");
  const json = upload ? undefined : parseJson(bytes);
  const problems = api.contracts.checkRequest(route, { params, query: url.searchParams, json, upload });
  if (problems.length > 0) {
    api.log.violation(`${route.method} ${route.path}: ${problems.join("; ")}`);
    throw new ApiError(422, `Invalid request.\n\n${problems.join("\n")}`);
  }
  return route.handle(
    new ApiRequest({ world, viewer, url, headers: request.headers, params, json, bytes, repository }),
  );
}

function repositoryOf(world: World, { params, route }: Match, viewer: Viewer): Repository | undefined {
  if (!route.path.startsWith("/repos/") || route.need === undefined) return undefined;
  const repository = world.store.repository(`${params.owner}/${params.repo}`);
  if (repository === undefined || !visible(world.store, repository, viewer)) throw notFound();
  return repository;
}

// `/repositories/{id}` and what is below it are the same as `/repos/{owner}/{repo}`, but not in GitHub's description.
function resolveIds(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = id === undefined ? undefined : world.store.repositories.get(Number(id));
  return repository === undefined ? path : `/repos/${nameOf(repository)}${rest}`;
}

/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
function redirectRenamed(
  world: World,
  { match, viewer, url, method }: { match: Match; viewer: Viewer; url: URL; method: string },
): Answer | null {
  const { owner, repo } = match.params;
  if (owner === undefined || repo === undefined) return null;
  const former = `${owner}/${repo}`.toLowerCase();
  const id = world.store.repository(former) === undefined ? world.store.formerNames.get(former) : undefined;
  const repository = id === undefined ? undefined : world.store.repositories.get(id);
  if (repository === undefined || !visible(world.store, repository, viewer)) return null;
  const rest = url.pathname.split("/").slice(6).join("/");
  const location = `${world.apiUrl}/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}${url.search}`;
  const status = method === "GET" || method === "HEAD" ? 301 : 307;
  return {
    status,
    headers: { location },
    json: {
      message: "Moved Permanently",
      url: location,
      documentation_url: "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
    },
  };
}

function unknownOperation(api: Api, method: string, path: string): ApiError {
  api.log.violation(`${method} ${path}: the sandbox does not know this operation`);
  return notFound();
}

function checkAnswer(api: Api, { route }: Match, answer: Answer): void {
  const problems = api.contracts.checkAnswer(route, answer);
  if (problems.length > 0)
    api.log.violation(`answer ${answer.status} of ${route.method} ${route.path}: ${problems.join("; ")}`);
}

function errorAnswer(api: Api, match: Match | null, error: unknown): Answer {
  const known = error instanceof ApiError ? error : null;
  if (known === null) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    api.log.violation(`${match?.route.method ?? ""} ${match?.route.path ?? ""}: the sandbox failed: ${text}`);
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

/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate */
function conditional(
  api: Api,
  { answer, request, viewer }: { answer: ApiResult["answer"]; request: IncomingMessage; viewer: Viewer },
): ApiResult["answer"] {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead || answer.status !== 200) return answer;
  const content = answer.raw?.bytes ?? JSON.stringify(answer.json);
  const etag = `"${createHash("sha256").update(content).digest("hex")}"`;
  const headers = { ...answer.headers, etag };
  const asked = (request.headers["if-none-match"] ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (!asked.includes(etag)) return { ...answer, headers };
  if (viewer.kind !== "anonymous") api.limits.giveBack(viewer);
  return { status: 304, headers: { ...headers, ...api.limits.headers(viewer) } };
}
