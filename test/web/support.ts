import { request } from "node:http";
import { gunzipSync } from "node:zlib";

/** Asks for a path exactly as it is written, which fetch would not. */
export function ask(url: string, path: string, { method = "GET", headers = {} } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const isPacked = response.headers["content-encoding"] === "gzip" && bytes.length > 0;
        const body = (isPacked ? gunzipSync(bytes) : bytes).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}
