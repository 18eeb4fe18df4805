import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * In front of a server that stores a body while it comes in: passes on whole requests only, as an object store takes an
 * object whole or not at all.
 */
export async function wholeRequestsTo(port: number, atEnd: (stop: () => Promise<void>) => void) {
  let underWay = 0;
  let onWrite: OnWrite | null = null;
  const server = createServer(async (incoming, answer) => {
    const body = await wholeBody(incoming);
    if (body === null) return;
    const { method = "GET", url: path = "/", headers } = incoming;
    if (/PUT|DELETE/.test(method) && onWrite?.(path) === false) return;
    underWay += 1;
    const passed = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
      response.once("close", () => {
        underWay -= 1;
      });
    });
    passed.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  return {
    /** Asks about each request that changes something, before it is passed on. Null: no more. */
    watch: (ask: OnWrite | null) => {
      onWrite = ask;
    },
    port: (server.address() as AddressInfo).port,
    /** Resolves when nothing is on its way any more. */
    quiet: async () => {
      do await wait(20);
      while (underWay > 0);
    },
  };
}

/** Whether the request for this path comes through. */
export type OnWrite = (path: string) => boolean;

/** Null where the sender broke off. */
async function wholeBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return incoming.complete ? Buffer.concat(chunks) : null;
}
