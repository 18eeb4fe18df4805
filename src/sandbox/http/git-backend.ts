import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Repository } from "../entities/repository.ts";
import type { World } from "../world.ts";

export interface GitCall {
  readonly world: World;
  readonly repository: Repository;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly service: string;
  readonly query: string;
}

interface BackendInput {
  readonly body: AsyncIterable<Buffer>;
  /** The body has been unpacked already. */
  readonly plain?: boolean;
  readonly config?: Readonly<Record<string, string>>;
  /** Runs when git is done, and before the client hears the end. */
  readonly beforeEnd?: () => Promise<void>;
}

/** One request, answered by `git http-backend`. https://git-scm.com/docs/git-http-backend */
export async function runBackend(
  { world, repository, request, response, service, query }: GitCall,
  { body, plain = false, config = {}, beforeEnd }: BackendInput,
): Promise<void> {
  const path = repository.git.path;
  const names = Object.entries(config);
  const env: Record<string, string> = {
    GIT_PROJECT_ROOT: path,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${service}`,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? "GET",
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    REMOTE_ADDR: "127.0.0.1",
    GIT_CONFIG_COUNT: String(names.length),
  };
  names.forEach(([key, value], index) => {
    Object.assign(env, { [`GIT_CONFIG_KEY_${index}`]: key, [`GIT_CONFIG_VALUE_${index}`]: value });
  });
  const protocol = request.headers["git-protocol"];
  if (typeof protocol === "string") env.GIT_PROTOCOL = protocol;
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && !plain) env.HTTP_CONTENT_ENCODING = encoding;
  const child = world.program.start(path, ["http-backend"], env);
  child.stderr.resume();
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  response.once("close", () => child.kill());
  const sent = pipeline(body, child.stdin).catch(() => undefined);
  await sendCgi(child.stdout, response);
  await Promise.all([sent, closed]);
  await beforeEnd?.();
  response.end();
}

/** The headers of a CGI answer end with an empty line. https://www.rfc-editor.org/rfc/rfc3875#section-6 */
export async function sendCgi(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === null) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    let status = 200;
    for (const line of head.toString("latin1", 0, end).split("\r\n")) {
      const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else if (name !== "") response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = null;
  }
  if (head !== null) response.writeHead(500);
}
