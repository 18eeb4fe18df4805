import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A way to GitHub that carries requests there, but may lose the answer on the way back. */
export interface LossyDoor {
  readonly apiUrl: string;
  /** The answer to the next such request is lost after GitHub has done what was asked. */
  lose(request: { readonly method: string; readonly path: RegExp }): void;
  /** Answers that were lost so far. */
  readonly lost: readonly string[];
  stop(): Promise<void>;
}

export async function openLossyDoor(apiUrl: string): Promise<LossyDoor> {
  const target = new URL(apiUrl);
  const planned: { readonly method: string; readonly path: RegExp }[] = [];
  const lost: string[] = [];

  function takePlan({ method = "", url = "" }: IncomingMessage): boolean {
    const index = planned.findIndex((plan) => plan.method === method && plan.path.test(url));
    if (index >= 0) planned.splice(index, 1);
    return index >= 0;
  }

  const server = createServer((request, response) => {
    const loses = takePlan(request);
    const { method, url, headers } = request;
    const onward = httpRequest(
      { hostname: target.hostname, port: target.port, method, path: url, headers, agent: false },
      (answer) => {
        if (!loses) {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          return;
        }
        answer.resume().once("end", () => {
          lost.push(`${method} ${url} ${answer.statusCode}`);
          request.socket.destroy();
        });
      },
    );
    onward.once("error", () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}${target.pathname}`,
    lose: (request) => planned.push(request),
    lost,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
