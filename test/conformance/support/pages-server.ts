import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/**
 * Serves files as GitHub Pages does: names in exactly their case, a content type by the name's end alone
 * (`application/octet-stream` where it has none), no header of its own, 404 as HTML.
 */
export async function startPagesServer(root: string): Promise<{ readonly url: string; stop(): void }> {
  const server: Server = createServer(async (request, response) => {
    const parts = decodeURIComponent((request.url ?? "/").split("?")[0] ?? "/")
      .split("/")
      .slice(1);
    const bytes = parts.some((part) => part === "..") ? null : await readExactly(root, parts);
    const type = extname(parts.at(-1) ?? "") === ".json" ? "application/json" : "application/octet-stream";
    response.writeHead(bytes === null ? 404 : 200, { "content-type": bytes === null ? "text/html" : type });
    response.end(request.method === "HEAD" ? undefined : (bytes ?? "<!doctype html><title>404</title>"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Also where the disk takes `Acme` for `acme`. */
async function readExactly(root: string, parts: readonly string[]): Promise<Buffer | null> {
  let folder = root;
  try {
    for (const part of parts) {
      if (!readdirSync(folder).includes(part)) return null;
      folder = join(folder, part);
    }
    return await readFile(folder);
  } catch {
    return null;
  }
}
