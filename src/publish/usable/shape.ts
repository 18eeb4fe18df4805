import type { Finding } from "../../registry/finding.ts";
import { quoted } from "../../registry/plain-text.ts";
import type { RegistryRecord, ShapeProblem } from "../../registry/record.ts";
import { leftOut, noticed } from "./left-out.ts";

const code = "record-shape";

/** What the schema refuses of a record, and what that keeps from being published: one finding for each thing left out. */
export function shapeFindings(record: RegistryRecord): readonly Finding[] {
  const { path } = record;
  if (!record.readable) {
    return [leftOut({ code, path }, `Nothing of ${quoted(path)} is published. ${messages(record.problems)}`)];
  }
  const findings: Finding[] = [];
  const unusable = new Set(record.entries.filter((entry) => entry.value === undefined).map((entry) => entry.index));
  for (const index of unusable) {
    const own = record.problems.filter((problem) => entryIndex(problem) === index);
    const version = record.entries.find((entry) => entry.index === index)?.version ?? "";
    const place = { code, path, version, pointer: `/versions/${index}` };
    findings.push(leftOut(place, `Version ${quoted(version)} is not published. ${messages(own)}`));
  }
  const usable = new Set(record.entries.map((entry) => entry.index).filter((index) => !unusable.has(index)));
  for (const problem of record.problems) {
    const { pointer, version, message } = problem;
    const index = entryIndex(problem);
    if (index !== undefined && unusable.has(index)) continue;
    const place = { code, path, pointer, ...(version === undefined ? {} : { version }) };
    if (version !== undefined) {
      findings.push(leftOut(place, `An archive of version ${quoted(version)} is not published. ${message}`));
    } else if (index === undefined ? isKept(record, pointer) : usable.has(index)) {
      findings.push(noticed(place, message));
    } else {
      findings.push(leftOut(place, index === undefined ? message : `An entry is not published. ${message}`));
    }
  }
  return findings;
}

function entryIndex(problem: ShapeProblem): number | undefined {
  const index = /^\/versions\/(\d+)/.exec(problem.pointer)?.[1];
  return index === undefined ? undefined : Number(index);
}

/** Whether a problem of the head (a repeated key, say) left its field usable. */
const isKept = (record: RegistryRecord, pointer: string): boolean => (pointer.split("/")[1] ?? "") in record.head;

/** The first few; a version may have dozens of bad archives. */
function messages(problems: readonly ShapeProblem[]): string {
  const shown = problems.slice(0, 3).map((problem) => problem.message);
  const more = problems.length > 3 ? [`And ${problems.length - 3} more problems.`] : [];
  return [...shown, ...more].join(" ");
}
