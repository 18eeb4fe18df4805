import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface SendResult {
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

/** GitHub waits ten seconds for an answer. https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks */
export const TIMEOUT_MS = 10_000;

export function send(
  url: string,
  { headers, body, stop }: { headers: Readonly<Record<string, string>>; body: string; stop: AbortSignal },
): Promise<SendResult> {
  const failed = (status: string): SendResult => ({ status, statusCode: 0, headers: {}, payload: "" });
  return new Promise((resolve) => {
    const start = url.startsWith("https:") ? httpsRequest : httpRequest;
    // A connection of its own for each delivery: nothing is left open that a stopping server would wait for.
    const request = start(url, {
      method: "POST",
      agent: false,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), stop]),
    });
    request.on("error", (error) =>
      resolve(
        failed(
          error.name === "AbortError" || error.name === "TimeoutError" ? "timed out" : "failed to connect to host",
        ),
      ),
    );
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(failed("failed to connect to host")));
      response.on("end", () => {
        const statusCode = response.statusCode ?? 0;
        resolve({
          status: statusCode >= 200 && statusCode < 300 ? "OK" : `Invalid HTTP Response: ${statusCode}`,
          statusCode,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          payload: Buffer.concat(chunks).toString().slice(0, 10_000),
        });
      });
    });
    request.end(body);
  });
}
