import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { findArchive, sendArchive } from "./archives.ts";
import { findDownload, sendObject } from "./downloads.ts";
import type { Repository } from "./entities/repository.ts";
import { ApiError, notFound } from "./errors.ts";
import type { Answer } from "./http/answer.ts";
import { type Api, answerApi } from "./http/api.ts";
import { authenticate } from "./http/authenticate.ts";
import type { Fault, FaultList } from "./http/faults.ts";
import { refuse, serveGit } from "./http/git-http.ts";
import { answerGraphql } from "./http/graphql.ts";
import { readBody } from "./http/read-body.ts";
import type { RecordedRequest } from "./log.ts";
import { showPage } from "./pages/show-page.ts";
import { nameOf } from "./store.ts";
import { nameOfViewer } from "./viewer.ts";
import { time } from "./world.ts";

/** Where GitHub Enterprise Server has it, beside the REST API. https://docs.github.com/graphql/guides/forming-calls-with-graphql */
const GRAPHQL = "/api/graphql";

const API = /^\/api\/(?:v3|uploads)(\/.*|$)/;

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<void>;

export interface Site {
  readonly api: Api;
  readonly faults: FaultList;
  /** Control endpoints below `/_sandbox/`, the longest prefix first. */
  readonly handlers: [string, Handler][];
}

type Seen = Pick<RecordedRequest, "kind" | "template" | "actor"> & Partial<Pick<RecordedRequest, "graphql">>;

export function listen(
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handle);
  // Clients keep connections open; a fixed short time lets nothing wait for them at the end.
  server.keepAliveTimeout = 5_000;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

export async function handle(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = performance.now();
  const method = request.method ?? "GET";
  const path = request.url ?? "/";
  let seen: Seen = { kind: "page", template: null, actor: "anonymous" };
  try {
    const control = path.startsWith("/_sandbox/");
    const fault = control ? null : await site.faults.meet(method, path);
    const done = fault?.afterwards === true ? await performUnheard(site, request) : null;
    const met = fault === null ? false : await suffer(fault, request, response);
    seen = done ?? (met ? seen : await dispatch(site, request, response));
    if (control) return;
  } catch (error) {
    fail(site, response, error);
  }
  site.api.log.request({
    graphql: null,
    ...seen,
    at: time(),
    method,
    path,
    status: response.statusCode,
    write: method !== "GET" && method !== "HEAD" && path !== GRAPHQL,
    duration: Math.round((performance.now() - started) * 10) / 10,
  });
}

/** GitHub does what it is asked; nobody hears the answer. */
async function performUnheard({ api }: Site, request: IncomingMessage): Promise<Seen> {
  const { pathname } = new URL(request.url ?? "/", api.world.serverUrl);
  if (pathname === GRAPHQL) {
    const { actor, graphql } = await answerGraphql(api, request);
    return { kind: "api", template: null, actor, graphql };
  }
  const [, path] = API.exec(pathname) ?? [];
  if (path === undefined) throw new Error(`"afterwards" is for the API; ${pathname} is not of it.`);
  const { template, actor } = await answerApi(api, request, path);
  return { kind: "api", template, actor };
}

/** True when the fault was the answer. */
async function suffer(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.dropConnection === true) {
    request.socket.destroy();
    return true;
  }
  if (fault.status === undefined) return false;
  request.resume();
  response.writeHead(fault.status, { "content-type": "application/json; charset=utf-8", ...fault.headers });
  response.end(
    JSON.stringify({
      message: fault.message ?? "Server Error",
      documentation_url: "https://docs.github.com/rest",
      status: String(fault.status),
    }),
  );
  return true;
}

async function dispatch(site: Site, request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  const { pathname, search } = new URL(request.url ?? "/", site.api.world.serverUrl);
  const api = API.exec(pathname);
  if (api !== null) return sendApi(site, request, { response, path: api[1] ?? "/" });
  if (pathname === GRAPHQL) return sendGraphql(site, request, response);
  if (pathname.startsWith("/api/")) {
    site.api.log.violation(`${request.method} ${pathname}: the sandbox does not know this address`);
    throw notFound();
  }
  if (pathname.startsWith("/_objects/")) {
    await sendObject(site.api.world, request, response);
    return { kind: "download", template: null, actor: "anonymous" };
  }
  const handler = site.handlers.find(([prefix]) => pathname.startsWith(prefix));
  if (handler !== undefined) {
    await handler[1](request, response, await readBody(request));
    return { kind: "page", template: null, actor: "anonymous" };
  }
  const [, name, rest = ""] = /^\/([^/]+\/[^/]+?)(?:\/(.*))?$/.exec(pathname) ?? [];
  const git = /^(info\/refs|git-upload-pack|git-receive-pack)$/.exec(rest);
  if (name !== undefined && git !== null) return sendGit(site, request, { response, name, service: rest, search });
  const repository = name === undefined ? null : findRepository(site, name);
  if (repository !== null && isRenamed(repository, name)) {
    request.resume();
    response.writeHead(301, { location: `${site.api.world.serverUrl}/${nameOf(repository)}/${rest}${search}` }).end();
    return { kind: "page", template: null, actor: "anonymous" };
  }
  const download = repository === null || repository.private ? null : findDownload(site.api.world, repository, rest);
  if (download !== null) {
    request.resume();
    if (download.asset !== null) download.asset.downloads += 1;
    response.writeHead(302, { location: download.location, "cache-control": "no-cache" }).end();
    return { kind: "download", template: null, actor: "anonymous" };
  }
  request.resume();
  const archive = repository === null || repository.private ? null : await findArchive(repository, rest);
  if (repository !== null && archive !== null) {
    await sendArchive(repository, archive, response);
    return { kind: "download", template: null, actor: "anonymous" };
  }
  await showPage(site.api, { pathname, repository, rest, response });
  return { kind: "page", template: null, actor: "anonymous" };
}

async function sendApi(
  site: Site,
  request: IncomingMessage,
  { response, path }: { response: ServerResponse; path: string },
): Promise<Seen> {
  const { answer, template, actor } = await answerApi(site.api, request, path);
  sendAnswer(request, response, answer);
  return { kind: "api", template, actor };
}

async function sendGraphql(site: Site, request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  const { answer, actor, graphql } = await answerGraphql(site.api, request);
  sendAnswer(request, response, answer);
  return { kind: "api", template: null, actor, graphql };
}

function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = answer.raw?.bytes ?? (answer.json === undefined ? null : Buffer.from(JSON.stringify(answer.json)));
  const type = answer.raw?.contentType ?? "application/json; charset=utf-8";
  response.writeHead(answer.status, {
    ...(body === null ? {} : { "content-type": type, "content-length": body.length }),
    ...answer.headers,
  });
  response.end(request.method === "HEAD" || body === null ? undefined : body);
}

async function sendGit(
  site: Site,
  request: IncomingMessage,
  { response, name, service, search }: { response: ServerResponse; name: string; service: string; search: string },
): Promise<Seen> {
  const { world } = site.api;
  const viewer = authenticate(world.store, request.headers.authorization);
  const repository = findRepository(site, name);
  const seen: Seen = { kind: "git", template: null, actor: nameOfViewer(viewer) };
  if (repository === null) {
    request.resume();
    const refusal = refuse(world, { repository, viewer, pushes: false });
    const headers = refusal?.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
    response.writeHead(refusal?.status ?? 404, headers).end(refusal?.message);
    return seen;
  }
  if (isRenamed(repository, name)) {
    request.resume();
    response.writeHead(301, { location: `${world.serverUrl}/${nameOf(repository)}.git/${service}${search}` }).end();
    return seen;
  }
  await serveGit({ world, repository, viewer, request, response, service, query: search.slice(1) });
  return seen;
}

function findRepository({ api }: Site, name: string): Repository | null {
  const { store } = api.world;
  const wanted = decodeURIComponent(name).replace(/\.git$/, "");
  return store.repository(wanted) ?? store.formerly(wanted) ?? null;
}

function isRenamed(repository: Repository, name: string | undefined): boolean {
  return (
    name !== undefined &&
    nameOf(repository).toLowerCase() !==
      decodeURIComponent(name)
        .replace(/\.git$/, "")
        .toLowerCase()
  );
}

function fail(site: Site, response: ServerResponse, error: unknown): void {
  const status = error instanceof ApiError ? error.status : error instanceof URIError ? 400 : 500;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (status === 500) site.api.log.violation(`the sandbox failed: ${text}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const headers = status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" });
  response.end(error instanceof ApiError ? error.message : "Server Error");
}
