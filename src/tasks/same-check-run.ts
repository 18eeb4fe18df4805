import { type CheckRun, fitting } from "../github/port.ts";

/** Whether a check run already says all this. Annotations cannot be read back cheaply and follow from the summary. */
export function sameCheckRun(known: CheckRun, wanted: CheckRun): boolean {
  return (
    known.headSha === wanted.headSha &&
    known.status === wanted.status &&
    known.conclusion === wanted.conclusion &&
    known.externalId === wanted.externalId &&
    known.title === wanted.title &&
    known.summary === fitting(wanted.summary) &&
    (known.kept ?? "") === (wanted.kept ?? "")
  );
}
