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
      return hold(
        `Changes ${quoted(field)} of the record from ${quoted(before)} to ${quoted(after)}.`,
        "A maintainer checks why. Without that change the versions can be judged on their own.",
        { pointer: `/${field}` },
      );
    });
    return orPass(said, "Nothing outside versions[] of a record on the base is changed.");
  },
};

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
  if (field === "repository_id") return value === evidence.repository.id;
  return field === "owner_id" && value === evidence.repository.ownerId;
}
