import { type HeadDifference, headDifferences } from "../registry/change.ts";
import { isObject, type JsonValue } from "../registry/json.ts";
import { quoted } from "../registry/plain-text.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { hold, notice, orPass, type RecordSubject, type Rule, type Said } from "./rule.ts";

export const recordHead: Rule = {
  code: "record-head",
  title: "A bump leaves everything outside versions[] as it is",
  help: "The repository, its ids, warnings and withdrawals decide whom users trust and what they see; a maintainer looks at each change of them.",
  example: "A pull request that adds 1.3.0 and points `repository` at another owner.",
  liftable: true,
  per: "record",
  check: (subject, input) => {
    const said = changedHead(subject).map(({ field, before, after }): Said => {
      if (before === null && isEvidentId(field, after, evidenceOf(subject, input.evidence))) {
        return notice(`Adds the missing ${field}, with the value that GitHub has.`, { pointer: `/${field}` });
      }
      if (before === null && isIdField(field)) return addedId(subject, { field, after }, input.evidence);
      return hold(
        `Changes ${quoted(field)} of the record from ${quoted(before)} to ${quoted(after)}.`,
        "A maintainer checks why. Without that change the versions can be judged on their own.",
        { pointer: `/${field}` },
      );
    });
    return orPass(said, "Nothing outside versions[] of a record on the base is changed.");
  },
};

/** Where GitHub's facts of a repository have what a head keeps. */
const idFields = { repository_id: "id", owner_id: "ownerId" } as const;
type IdField = keyof typeof idFields;
const isIdField = (field: string): field is IdField => Object.hasOwn(idFields, field);

/** Held where nothing is known of the repository, and where GitHub has another value. */
function addedId(
  subject: RecordSubject,
  { field, after }: { readonly field: IdField; readonly after: JsonValue | null },
  evidence: Readonly<Record<string, Evidence>>,
): Said {
  const repository = evidenceOf(subject, evidence)?.repository;
  const actual = repository?.kind === "found" ? repository[idFields[field]] : null;
  const said = `Adds ${field} ${quoted(after)} to a record that has none`;
  return hold(
    actual === null
      ? `${said}. It was not compared with GitHub, which is asked about added versions only.`
      : `${said}, but GitHub has ${actual}.`,
    actual === null
      ? "A maintainer compares it with GitHub (registrar adopt on the base says what it should be): from then on the record follows this repository alone."
      : `Set ${field} to ${actual}, or leave it out.`,
    { pointer: `/${field}` },
  );
}

/** A record that came into being on the base meanwhile is compared with what it is there. */
function changedHead({ change, tip }: RecordSubject): readonly HeadDifference[] {
  if (change.after === null) return [];
  if (change.before !== null) return change.head;
  return tip === null ? [] : headDifferences(tip.rawHead, change.after.rawHead);
}

function evidenceOf({ change }: RecordSubject, evidence: Readonly<Record<string, Evidence>>) {
  return Object.entries(evidence).find(([key]) => key.startsWith(`${change.path}@`))?.[1];
}

function isEvidentId(field: string, value: JsonValue | null, evidence: Evidence | undefined): boolean {
  if (evidence?.repository.kind !== "found" || isObject(value)) return false;
  return isIdField(field) && value === evidence.repository[idFields[field]];
}
