import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { indexPage } from "./index-page.ts";
import { readPublishedFile } from "./published-file.ts";
import { publishedPath } from "./published-path.ts";
import { listProviders } from "./published-providers.ts";

export interface StaticServerOptions {
  /** A published folder, as the target `dir:` writes it. */
  readonly folder: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Default: 127.0.0.1, this machine only. */
  readonly host?: string;
}

export interface StaticServer {
  /** Without a slash at the end: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

/** Serves a published folder over plain HTTP as it is at each moment; in front of it belongs something with TLS. */
export async function startStaticServer({
  folder,
  port = 0,
  host = "127.0.0.1",
}: StaticServerOptions): Promise<StaticServer> {
  const root = await openFolder(folder);
  const server = createServer((request, response) => {
    answer(root, request)
      .catch((): Answer => failure(500, "The registry cannot read its files at the moment."))
      .then((result) => send(request, response, result))
      .catch(() => response.destroy());
  });
  await listen(server, { port, host });
  const address = server.address();
  const actualPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

async function answer(root: string, request: IncomingMessage): Promise<Answer> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    const refused = failure(405, "Only GET and HEAD are answered here.");
    return { ...refused, headers: { ...refused.headers, allow: "GET, HEAD" } };
  }
  const url = request.url ?? "";
  if (url === "/" || url.startsWith("/?")) return page(await listProviders(root));
  const parts = publishedPath(url);
  const body = parts === null ? null : await readPublishedFile(root, parts);
  if (parts === null || body === null) return failure(404, "Not found.");
  return {
    status: 200,
    body,
    headers: { "content-type": "application/json", "cache-control": cacheControl(parts), ...moduleHeader(parts, body) },
  };
}

/** Lists are asked for anew each time (a 304 is cheap), so that a new release shows at once; documents hardly change. */
function cacheControl(parts: readonly string[]): string {
  return parts[0] === "v1" && parts.at(-1) !== "versions" ? "public, max-age=60" : "no-cache";
}

/** terraform reads where a module is from this header alone, tofu from the body (client contract, section 7). */
function moduleHeader(parts: readonly string[], body: Buffer): Record<string, string> {
  if (parts[1] !== "modules" || parts.at(-1) !== "download") return {};
  const { location }: { location?: unknown } = JSON.parse(body.toString());
  return typeof location === "string" && /^[\x21-\x7e]+$/.test(location) ? { "x-terraform-get": location } : {};
}

const page = (providers: readonly string[]): Answer => ({
  status: 200,
  body: Buffer.from(indexPage(providers)),
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  },
});

/** Never kept by caches: a document may be missing only until the publication that is under way has ended. */
const failure = (status: number, message: string): Answer => ({
  status,
  body: Buffer.from(JSON.stringify({ errors: [message] })),
  headers: { "content-type": "application/json", "cache-control": "no-store" },
});

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  // Without it a request's body would be taken for the next request on the same connection.
  request.resume();
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const isSame = status === 200 && matches(request.headers["if-none-match"], etag);
  response.writeHead(isSame ? 304 : status, {
    ...headers,
    ...(status === 200 ? { etag } : {}),
    ...(isSame ? {} : { "content-length": body.length }),
    "x-content-type-options": "nosniff",
  });
  response.end(isSame || request.method === "HEAD" ? undefined : body);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match: a list, compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

async function openFolder(folder: string): Promise<string> {
  const problem = (what: string, cause?: unknown) =>
    new RegistrarError("bad-argument", `${quoted(folder)} ${what}. Name a folder that was published to.`, { cause });
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) throw problem("is a file");
    return root;
  } catch (cause) {
    if (cause instanceof RegistrarError) throw cause;
    throw problem(`cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const what = cause.code === "EADDRINUSE" ? "is taken" : `cannot be opened (${cause.code})`;
      reject(new RegistrarError("bad-argument", `Port ${port} of ${host} ${what}. Choose another one.`, { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}
