import { RegistrarError } from "../registry/errors.ts";
import type { Evidence, Reading } from "../upstream/evidence.ts";

/** An answer that a command cannot go on without. Throws `bad-argument` for what is not there, `upstream-unavailable` for what cannot be known now. */
export function found<T extends object>(reading: Reading<T>, hint: string): T {
  if (reading.kind === "missing") throw new RegistrarError("bad-argument", `${reading.reason}${hint}`);
  if (reading.kind === "unavailable") throw unavailable(reading);
  return reading;
}

/**
 * Throws `upstream-unavailable` when a part of the evidence could not be read: what is judged without it would be wrong. A
 * release whose files are still arriving is another matter, and the rules' business.
 */
export function refuseUnavailable(evidence: Evidence): void {
  const part = unavailablePart(evidence);
  if (part !== null) throw unavailable(part);
}

export type Unavailable = Extract<Reading<object>, { kind: "unavailable" }>;

/** The first part of the evidence that the other side did not give; null when all is known. */
export function unavailablePart(evidence: Evidence): Unavailable | null {
  const unknown = (parts: readonly Reading<object>[]) => parts.find((part) => part.kind === "unavailable") ?? null;
  if (evidence.kind === "module") return unknown([evidence.repository, evidence.tag]);
  const { repository, release, tagCommit, sums, signature, manifest, downloaded, contents = {} } = evidence;
  const arriving = release.kind === "found" && release.assets.some(({ state }) => state !== "uploaded");
  const files = arriving ? [] : [sums, signature, manifest, ...Object.values(downloaded), ...Object.values(contents)];
  return unknown([repository, release, tagCommit, ...files]);
}

function unavailable({ reason, retryAt }: Unavailable): RegistrarError {
  const options = retryAt === null ? {} : { retryAt: new Date(retryAt) };
  return new RegistrarError("upstream-unavailable", reason, options);
}
