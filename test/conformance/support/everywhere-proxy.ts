import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/**
 * A proxy for https that leads every name to one port of this machine, so that a client finds a host there which no name
 * server knows. What goes through it stays sealed: the certificate is for the name that the client asked for.
 */
export async function startEverywhereProxy(port: number): Promise<{
  readonly url: string;
  /** `host:port` of everything that was asked for. */
  readonly asked: ReadonlySet<string>;
  stop(): void;
}> {
  const asked = new Set<string>();
  const open = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Duplex) => {
    asked.add(request.url ?? "");
    const there = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.pipe(client).pipe(there);
    });
    for (const [one, other] of [
      [client, there],
      [there, client],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
