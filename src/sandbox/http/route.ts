import type { Need } from "../access.ts";
import type { Answer } from "./answer.ts";
import type { ApiRequest } from "./api-request.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  /** The path of the OpenAPI description. */
  readonly path: string;
  /** For repositories: what the viewer must be allowed. */
  readonly need?: Need;
  /** Only an app itself, with its JWT. */
  readonly app?: true;
  readonly handle: (request: ApiRequest) => Promise<Answer> | Answer;
}

type Handle = Route["handle"];

/** A short form for the tables: `route("GET /repos/{owner}/{repo}", read("metadata"), handle)`. */
export function route(name: `${Method} /${string}`, need: Need | "app" | "anyone", handle: Handle): Route {
  const space = name.indexOf(" ");
  const common = { method: name.slice(0, space) as Method, path: name.slice(space + 1), handle };
  if (need === "app") return { ...common, app: true };
  return need === "anyone" ? common : { ...common, need };
}

export const read = (permission: string): Need => ({ permission, level: "read" });
export const write = (permission: string, role: Need["role"] = "write"): Need => ({ permission, level: "write", role });
