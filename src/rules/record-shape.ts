import type { RecordChange } from "../registry/change.ts";
import { plainText } from "../registry/plain-text.ts";
import type { RecordEntry, RegistryRecord, ShapeProblem } from "../registry/record.ts";
import { fail, hold, notice, pass, type Rule, type Said } from "./rule.ts";

export const recordShape: Rule = {
  code: "record-shape",
  title: "A record is strict JSON of the right form",
  help: "Every archive needs its SHA-256 (64 hex digits), every record at least one version, and no key that the schema does not know.",
  example: 'An archive with "shasum": "" or a record with two "versions" keys.',
  liftable: false,
  per: "record",
  check: ({ change }, { audit }) => {
    if (change.after === null) return pass("The record is removed; it has no form to judge.");
    const problems = problemsOf(change.after);
    const known = new KnownProblems(change);
    const fresh = problems.filter((problem) => !known.take(problem));
    const said: Said[] = fresh.map((problem) =>
      fail(problem.message, "Correct the record; docs/records.md says what each field holds.", {
        pointer: problem.pointer,
        ...(problem.version === undefined ? {} : { version: problem.version }),
      }),
    );
    if (fresh.length === 0) said.push(...formOnly(change));
    if (!audit) said.push(...padding(change));
    const old = problems.length - fresh.length;
    if (old > 0) said.push(notice(`The record has ${old} older problem(s) of form, which this change did not bring.`));
    return said.length > 0 ? said : pass("The record has the right form.");
  },
};

/** Beside a version the form is nobody's business. Alone it is churn that no release vouches for. */
function formOnly({ path, before, after, added, removed, altered, head }: RecordChange): Said[] {
  const same = added.length + removed.length + altered.length + head.length === 0;
  if (before === null || after === null || !same) return [];
  return [
    hold(
      `${plainText(path)} is written in another form, and nothing that it says is changed.`,
      "A maintainer decides whether that is wanted.",
      { liftable: true },
    ),
  ];
}

/** Nobody judges the form of a record, but megabytes of white space would make it useless to everybody. */
function padding({ before, after }: RecordChange): Said[] {
  if (after === null || !after.readable) return [];
  const spare = spareOf(after);
  if (spare <= mostSpare || (before?.readable === true && spare <= spareOf(before))) return [];
  return [
    fail(
      `The file has at least ${spare} characters of white space more than any usual form of it.`,
      "Write it as plain JSON, with 2 spaces for each level.",
    ),
  ];
}

const mostSpare = 1024;

/** Characters beyond the widest usual form: 8 spaces for each level, CRLF. */
function spareOf({ text }: RegistryRecord): number {
  const widest = JSON.stringify(JSON.parse(text), null, 8);
  return text.length - widest.length - widest.split("\n").length;
}

function problemsOf(record: RegistryRecord): readonly ShapeProblem[] {
  const unknown = record.unknownKeys.map((pointer) => ({
    pointer,
    message: `The key ${plainText(JSON.stringify(pointer.slice(pointer.lastIndexOf("/") + 1)))} is not known; expected one of those in docs/records.md.`,
  }));
  return [...record.problems, ...unknown];
}

/**
 * The problems that a record has on the base, each to be met once. One that stands in what the change adds or rewrites is
 * new all the same.
 */
class KnownProblems {
  readonly #counts = new Map<string, number>();
  readonly #change: RecordChange;
  readonly #judged: ReadonlySet<number>;

  constructor(change: RecordChange) {
    const { before, after, added, altered } = change;
    this.#change = change;
    this.#judged = new Set([...added, ...altered.map((pair) => pair.after)].map((entry) => entry.index));
    if (before === null || after?.readable !== true) return;
    for (const problem of problemsOf(before)) {
      const place = placeOf(problem, before);
      this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
    }
  }

  take(problem: ShapeProblem): boolean {
    const { after, head } = this.#change;
    const [, field, index] = problem.pointer.split("/");
    const touched = field === "versions" ? this.#judged.has(Number(index)) : head.some((one) => one.field === field);
    const place = after === null ? "" : placeOf(problem, after);
    const left = this.#counts.get(place) ?? 0;
    if (touched || left === 0) return false;
    this.#counts.set(place, left - 1);
    return true;
  }
}

/** A problem told from others wherever its entry stands in the list: entries move when one is added before them. */
function placeOf({ pointer, message }: ShapeProblem, record: RegistryRecord): string {
  const [, index, inside = ""] = /^\/versions\/(\d+)(.*)$/s.exec(pointer) ?? [];
  if (index === undefined) return JSON.stringify([pointer, message]);
  const entry = entryAt(record, Number(index));
  if (entry !== undefined) return JSON.stringify([entry.version, inside, message]);
  return JSON.stringify(record.unnamed.find((candidate) => candidate.index === Number(index))?.raw ?? null);
}

/** Entries stand in order of their index, but those without a version are missing: a search by halves. */
function entryAt({ entries }: RegistryRecord, index: number): RecordEntry | undefined {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return entries[low]?.index === index ? entries[low] : undefined;
}
