import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Viewer } from "../viewer.ts";
import type { Answer } from "./answer.ts";
import type { Limits } from "./limits.ts";

/**
 * An ETag for what was read, and 304 for who has it already, which costs a known asker nothing.
 * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function conditional(
  limits: Limits,
  { answer, request, viewer }: { answer: Answer; request: IncomingMessage; viewer: Viewer },
): Answer {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead || answer.status !== 200) return answer;
  const content = answer.raw?.bytes ?? JSON.stringify(answer.json);
  const etag = `"${createHash("sha256").update(content).digest("hex")}"`;
  const headers = { ...answer.headers, etag };
  const asked = (request.headers["if-none-match"] ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (!asked.includes(etag)) return { ...answer, headers };
  if (viewer.kind !== "anonymous") limits.giveBack(viewer);
  return { status: 304, headers };
}
