import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { RegistrarError } from "../registry/errors.ts";
import { indexPage } from "./index-page.ts";

/** What both servers answer with, and how it is sent: they differ only in where a document comes from. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SiteOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Default: 127.0.0.1, this machine only. */
  readonly host?: string;
}

export interface Site {
  /** Without a slash at the end: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

/** Smaller answers gain nothing, in bytes. */
const worthPacking = 1000;
const pack = promisify(gzip);

/** Answers GET and HEAD over plain HTTP; in front of it belongs something with TLS. `url`: as the request has it. */
export async function startSite(
  answer: (url: string) => Promise<Answer>,
  { port = 0, host = "127.0.0.1" }: SiteOptions,
): Promise<Site> {
  const server = createServer((request, response) => {
    answerRequest(answer, request)
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

async function answerRequest(answer: (url: string) => Promise<Answer>, request: IncomingMessage): Promise<Answer> {
  if (request.method === "GET" || request.method === "HEAD") return answer(request.url ?? "");
  const refused = failure(405, "Only GET and HEAD are answered here.");
  return { ...refused, headers: { ...refused.headers, allow: "GET, HEAD" } };
}

export const isIndex = (url: string): boolean => url === "/" || url.startsWith("/?");

/** A published document, by the parts of its path. */
export const documentAnswer = (parts: readonly string[], body: Buffer): Answer => ({
  status: 200,
  body,
  headers: { "content-type": "application/json", "cache-control": cacheControl(parts), ...moduleHeader(parts, body) },
});

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

export const indexAnswer = (providers: readonly string[]): Answer => ({
  status: 200,
  body: Buffer.from(indexPage(providers)),
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  },
});

/** Never kept by caches: a document may be missing only until the publication that is under way has ended. */
export const failure = (status: number, message: string): Answer => ({
  status,
  body: Buffer.from(JSON.stringify({ errors: [message] })),
  headers: { "content-type": "application/json", "cache-control": "no-store" },
});

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, headers } = answer;
  // Without it a request's body would be taken for the next request on the same connection.
  request.resume();
  const etag = `"${createHash("sha256").update(answer.body).digest("base64url").slice(0, 27)}"`;
  const isSame = status === 200 && matches(request.headers["if-none-match"], etag);
  const isPacked = answer.body.length >= worthPacking && takesGzip(request.headers["accept-encoding"]);
  const body = isPacked && !isSame ? await pack(answer.body) : answer.body;
  response.writeHead(isSame ? 304 : status, {
    ...headers,
    // The same document in other bytes: its tag is a weak one (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1).
    ...(status === 200 ? { etag: isPacked ? `W/${etag}` : etag, vary: "accept-encoding" } : {}),
    ...(isSame ? {} : { "content-length": body.length, ...(isPacked ? { "content-encoding": "gzip" } : {}) }),
    "x-content-type-options": "nosniff",
  });
  response.end(isSame || request.method === "HEAD" ? undefined : body);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding: a list, where `q=0` means "not that". */
function takesGzip(header: string | string[] | undefined): boolean {
  return String(header ?? "")
    .split(",")
    .some((item) => {
      const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
      return name === "gzip" && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    });
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match: a list, compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
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
