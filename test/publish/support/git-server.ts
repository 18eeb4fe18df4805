import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { sendCgi } from "../../../src/sandbox/http/git-backend.ts";

export interface GitServer {
  readonly url: string;
  /** Counted since the start. */
  readonly seen: { readonly requests: number };
  /** The next push is done, and its answer lost. */
  loseAnswer(): void;
  /** Resolves when no request is under way any more. */
  quiet(): Promise<void>;
  stop(): void;
}

/**
 * Serves one bare repository by `git http-backend` over HTTP. `token`: what has to be sent as a password; `protocol` 1: as a
 * server that hands nothing out but what its branches point to.
 */
export async function startGitServer(
  folder: string,
  { token, protocol = 2 }: { readonly token?: string; readonly protocol?: 1 | 2 } = {},
): Promise<GitServer> {
  const seen = { requests: 0 };
  let loses = false;
  const wanted = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const running = new Set<Promise<void>>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    seen.requests += 1;
    if (token !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const header = (name: string) => String(request.headers[name] ?? "");
    const child = spawn("git", ["-c", "http.receivepack=true", "http-backend"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        ...process.env,
        ...{ GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: pathname.replace("/registry.git", "") },
        ...{ QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method, CONTENT_TYPE: header("content-type") },
        HTTP_CONTENT_ENCODING: header("content-encoding"),
        GIT_PROTOCOL: protocol === 2 ? header("git-protocol") : "",
      },
    });
    pipeline(request, child.stdin).catch(() => undefined);
    const isLost = loses && pathname.endsWith("/git-receive-pack");
    if (isLost) {
      loses = false;
      for await (const _ of child.stdout);
      response.destroy();
      return;
    }
    await sendCgi(child.stdout, response);
    response.end();
  };
  const server = createServer((request, response) => {
    const answered = answer(request, response).catch(() => void response.destroy());
    running.add(answered);
    void answered.finally(() => running.delete(answered));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const loseAnswer = () => {
    loses = true;
  };
  const quiet = async () => {
    while (running.size > 0) await Promise.all(running);
  };
  return { url: `http://127.0.0.1:${port}/registry.git`, seen, loseAnswer, quiet, stop };
}
