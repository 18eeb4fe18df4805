import type { IncomingHttpHeaders } from "node:http";
import { Webhooks } from "@octokit/webhooks";
import { isObject, type JsonValue } from "../registry/json.ts";
import type { Delivery } from "./events.ts";

export interface Answer {
  readonly status: number;
  readonly message: string;
}

export type CheckedDelivery = { readonly ok: true; readonly delivery: Delivery } | ({ readonly ok: false } & Answer);

/** Checks one webhook request: its signature first, then its form. Nothing of an unsigned body is looked at. */
export async function checkDelivery(
  request: { readonly headers: IncomingHttpHeaders; readonly body: string },
  secret: string,
): Promise<CheckedDelivery> {
  const signature = request.headers["x-hub-signature-256"];
  if (typeof signature !== "string")
    return refuse(401, "The header X-Hub-Signature-256 is missing; set the app's webhook secret.");
  const genuine = await new Webhooks({ secret }).verify(request.body, signature).catch(() => false);
  if (!genuine) return refuse(401, "The signature does not fit the body; the app's webhook secret and ours differ.");
  const name = request.headers["x-github-event"];
  const id = request.headers["x-github-delivery"];
  if (typeof name !== "string" || typeof id !== "string") {
    return refuse(400, "The headers X-GitHub-Event and X-GitHub-Delivery are needed.");
  }
  const payload = parse(request.body);
  if (!isObject(payload)) {
    return refuse(415, "The body must be a JSON object; set the webhook's content type to application/json.");
  }
  return { ok: true, delivery: { name, id, payload } };
}

/** Signed by GitHub, so nothing is asked of its form: texts of contributors may hold anything. */
function parse(body: string): JsonValue | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const refuse = (status: number, message: string): CheckedDelivery => ({ ok: false, status, message });
