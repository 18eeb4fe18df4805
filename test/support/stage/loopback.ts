import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** Milliseconds, when its header was there. */
  readonly at: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Loopback {
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly arrivals: readonly Arrival[];
}

/** A real HTTP server of one test, on a free port. `answer` gets the number of the request, from 0. */
export async function loopback(
  answer: (request: IncomingMessage, response: ServerResponse, index: number) => void,
): Promise<Loopback> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    arrivals.push({ method, path: url, at: Date.now(), headers });
    answer(request, response, arrivals.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, arrivals };
}

/** Answers with JSON, as GitHub's API does. */
export function json(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(value));
}
