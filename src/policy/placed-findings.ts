import type { Annotation, LineComment } from "../github/port.ts";
import type { Finding } from "../registry/finding.ts";
import { createLineFinder } from "../registry/json.ts";
import { plainText } from "../registry/plain-text.ts";
import { standingVerdict } from "./messages/story.ts";
import { renderLineComment, type Story } from "./messages.ts";

/** Line comments that a person reads; more are counted in the check. */
const mostLineComments = 20;
/** As many as GitHub takes in one request. */
const mostAnnotations = 50;

/** A finding that stands at a line of the head's files. */
export interface Placed {
  readonly finding: Finding;
  readonly path: string;
  readonly line: number;
  /** A line of the same place that the pull request surely adds; null where there is none. */
  readonly addedLine: number | null;
}

/** Findings that stand at a line of the head's files, no more than GitHub shows. Each file is parsed once. */
export function placeFindings(story: Story): readonly Placed[] {
  const { input } = story;
  const finders = new Map<string, ReturnType<typeof createFinder>>();
  const finderOf = (path: string) => {
    const record = input.change.records.find((candidate) => candidate.path === path);
    if (record?.after == null) return undefined;
    const finder = finders.get(path) ?? createFinder(record.before?.text ?? null, record.after.text);
    finders.set(path, finder);
    return finder;
  };
  return standingVerdict(story)
    .findings.filter((finding) => finding.outcome === "fail" || finding.outcome === "hold")
    .filter((finding) => finding.pointer !== undefined)
    .slice(0, mostAnnotations)
    .flatMap((finding) => {
      const place = finderOf(finding.path)?.(finding.pointer ?? "");
      return place === undefined ? [] : [{ finding, path: finding.path, ...place }];
    });
}

/** A line whose text the old file does not have is an added line in whatever way the two are compared. */
function createFinder(before: string | null, after: string) {
  const find = createLineFinder(after);
  const lines = after.split("\n");
  const old = new Set(before?.split("\n"));
  return (pointer: string): { readonly line: number; readonly addedLine: number | null } | undefined => {
    const place = find(pointer);
    if (place === undefined) return undefined;
    const added = lines.slice(place.first - 1, place.last).findIndex((line) => !old.has(line));
    return { line: place.first, addedLine: added === -1 ? null : place.first + added };
  };
}

export const annotationOf = ({ finding, path, line }: Placed): Annotation => ({
  path,
  line,
  level: finding.outcome === "fail" ? "failure" : "warning",
  title: finding.code,
  message: plainText([finding.message, finding.next].filter((text) => text !== undefined).join(" "), 4000),
});

/** Only on lines that the pull request adds: those are surely part of GitHub's diff. */
export function lineComments(places: readonly Placed[], docsUrl: string | null): readonly LineComment[] {
  const comments = new Map<string, LineComment>();
  for (const { finding, path, addedLine } of places) {
    if (addedLine === null) continue;
    const key = `${path}:${addedLine}`;
    const body = [comments.get(key)?.body, renderLineComment(finding, docsUrl)]
      .filter((text) => text !== undefined)
      .join("\n\n");
    comments.set(key, { path, line: addedLine, body });
  }
  return [...comments.values()].slice(0, mostLineComments);
}
