import { RegistrarError } from "../registry/errors.ts";
import type { SandboxState } from "./sandbox-state.ts";

/** Asks a running sandbox to act as one of its people; what it refuses is a wrong argument. */
export async function knock<T>(state: SandboxState, door: string, request: unknown): Promise<T> {
  const response = await fetch(`${state.serverUrl}${door}`, { method: "POST", body: JSON.stringify(request) });
  const answer = (await response.json()) as T & { readonly error?: string };
  if (answer.error !== undefined) throw new RegistrarError("bad-argument", answer.error);
  return answer;
}
