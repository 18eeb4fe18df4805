import type { RecordChange } from "../registry/change.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import type { ShapeProblem } from "../registry/record.ts";
import { fail, notice, pass, type Rule, type Said } from "./rule.ts";

export const recordShape: Rule = {
  code: "record-shape",
  title: "A record is strict JSON of the right form",
  help: "Every archive needs its SHA-256 (64 hex digits), every record at least one version, and no key that the schema does not know.",
  example: 'An archive with "shasum": "" or a record with two "versions" keys.',
  liftable: false,
  per: "record",
  check: ({ change }) => {
    if (change.after === null) return pass("The record is removed; it has no form to judge.");
    const problems = [...change.after.problems, ...unknownKeys(change)];
    const fresh = problems.filter((problem) => isNew(problem, change));
    const said: Said[] = fresh.map((problem) =>
      fail(problem.message, "Correct the record; the schema in docs/ says what each field holds.", {
        pointer: problem.pointer,
        ...(problem.version === undefined ? {} : { version: problem.version }),
      }),
    );
    const old = problems.length - fresh.length;
    if (old > 0) said.push(notice(`The record has ${old} older problem(s) of form, which this change did not bring.`));
    return said.length > 0 ? said : pass("The record has the right form.");
  },
};

function unknownKeys({ after }: RecordChange): ShapeProblem[] {
  return (after?.unknownKeys ?? []).map((pointer) => ({
    pointer,
    message: `The key ${plainText(JSON.stringify(pointer.slice(pointer.lastIndexOf("/") + 1)))} is not known; expected one of the documented fields.`,
  }));
}

/** Whether a problem lies in something that the change added or altered. */
function isNew(problem: ShapeProblem, change: RecordChange): boolean {
  if (change.before === null || change.after?.readable !== true) return true;
  const [, field, index] = problem.pointer.split("/");
  if (field === undefined || field === "") return true;
  if (field !== "versions") return change.head.some((difference) => difference.field === field);
  if (index === undefined) return change.before.entries.length > 0 || change.added.length > 0;
  const entries = [...change.added, ...change.altered.map((altered) => altered.after)];
  const judged = new Set(entries.map((entry) => String(entry.index)));
  const known = change.after.entries.some((entry) => String(entry.index) === index);
  // An entry without a version text cannot be compared with the base by version.
  return known ? judged.has(index) : !sameUnreadable(change);
}

const unreadableEntries = (problems: readonly ShapeProblem[]): string =>
  listed(
    problems.filter((problem) => /^\/versions\/\d+$/.test(problem.pointer)).map((problem) => problem.message),
    1000,
  );

function sameUnreadable({ before, after }: RecordChange): boolean {
  return unreadableEntries(before?.problems ?? []) === unreadableEntries(after?.problems ?? []);
}
