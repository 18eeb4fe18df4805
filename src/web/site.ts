import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { RegistrarError } from "../registry/errors.ts";
import { type Answer, failure } from "./answer.ts";

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

/**
 * Answers GET and HEAD over plain HTTP; in front of it belongs something with TLS. `url`: path and query as the request
 * has them. What is at hand is answered at once: waiting for a promise that is settled already would cost more than all
 * the rest.
 */
export async function startSite(
  answer: (url: string) => Answer | Promise<Answer>,
  { port = 0, host = "127.0.0.1" }: SiteOptions,
): Promise<Site> {
  const server = createServer((request, response) => {
    // Without it a request's body would be taken for the next request on the same connection.
    if (hasBody(request)) request.resume();
    const found = attempt(() => (isRead(request) ? answer(originForm(request.url ?? "")) : refused));
    if (!(found instanceof Promise)) return send(request, response, found);
    found
      .catch(() => unreadable)
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

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;

/** A server has to take the whole address too, as proxies send it (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const [, path] = /^https?:\/\/[^/?#]+(.*)$/is.exec(target) ?? [];
  return path === undefined || path.startsWith("/") ? (path ?? target) : `/${path}`;
}

/** In bytes. */
const smallBody = 16 * 1024;

const isRead = ({ method }: IncomingMessage): boolean => method === "GET" || method === "HEAD";
const refused = failure(405, "Only GET and HEAD are answered here.", { allow: "GET, HEAD" });
const unreadable = failure(500, "The registry cannot read its files at the moment.");

function attempt(ask: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
  try {
    return ask();
  } catch {
    return unreadable;
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { headers } = request;
  const isPacked = answer.isWorthPacking && takesGzip(headers["accept-encoding"]);
  const asked = headers["if-none-match"];
  if (asked !== undefined && answer.status === 200 && matches(asked, answer.etag)) {
    response.writeHead(304, answer.headers(isPacked ? "same as packed" : "same as plain", 0));
    response.end();
    return;
  }
  const finish = (body: Buffer) => {
    response.writeHead(answer.status, answer.headers(isPacked ? "packed" : "plain", body.length));
    if (request.method === "HEAD") response.end();
    // As a text that is one character a byte it leaves in one piece with the headers, which takes half the time.
    else if (body.length >= smallBody) response.end(body);
    else response.end(isPacked ? body.toString("latin1") : answer.text, "latin1");
  };
  const body = isPacked ? answer.packed() : answer.body;
  if (body instanceof Promise) body.then(finish).catch(() => response.destroy());
  else finish(body);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.accept-encoding: a list, where `q=0` means "not that". */
function takesGzip(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  // What every Go program sends, terraform and tofu among them.
  if (header === "gzip") return true;
  return String(header)
    .split(",")
    .some((item) => {
      const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
      return name === "gzip" && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    });
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match: a list, compared weakly, or `*`. */
function matches(header: string, etag: string): boolean {
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
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
