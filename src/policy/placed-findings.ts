import type { Annotation, LineComment } from "../github/port.ts";
import type { Finding } from "../registry/finding.ts";
import { type Fix, isSameFix } from "../registry/fix.ts";
import { createLineFinder } from "../registry/json.ts";
import { plainText } from "../registry/plain-text.ts";
import { renderLineComment } from "./messages/line-comment.ts";
import { type Story, standingVerdict } from "./messages/story.ts";
import { type Suggestion, suggestChanges } from "./suggestions.ts";

/** Line comments that a person reads; more are counted in the check. */
const mostLineComments = 20;
/** GitHub takes 50 in one request, a second apart; the check's table has all findings. */
const mostAnnotations = 200;

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

/**
 * Comments on lines, each with the suggested change that puts it right where that is known. Only on lines that GitHub's diff
 * surely shows: those that the pull request adds, and those around them.
 */
export function lineComments(story: Story, places: readonly Placed[]): readonly LineComment[] {
  const { input, docsUrl } = story;
  const judged = standingVerdict(story).findings.filter(({ outcome }) => outcome === "fail" || outcome === "hold");
  const suggestions = new Map(
    input.change.records.flatMap(({ path, before, after }) => {
      const fixes = judged.flatMap((finding) =>
        finding.path === path && finding.fix !== undefined ? [finding.fix] : [],
      );
      if (after === null || fixes.length === 0) return [];
      return [[path, suggestChanges({ before: before?.text ?? null, after: after.text }, fixes)] as const];
    }),
  );
  const addedLines = new Map(places.map(({ finding, addedLine }) => [finding, addedLine]));
  const comments = new Map<string, { at: Omit<LineComment, "body">; said: Finding[]; suggestion: Suggestion | null }>();
  for (const finding of judged) {
    const { path, fix } = finding;
    const suggestion = (fix === undefined ? undefined : findSuggestion(suggestions.get(path) ?? [], fix)) ?? null;
    const line = suggestion?.last ?? addedLines.get(finding) ?? null;
    if (line === null) continue;
    const startLine = suggestion !== null && suggestion.first < line ? { startLine: suggestion.first } : {};
    const key = `${path}:${startLine.startLine ?? line}:${line}`;
    const comment = comments.get(key) ?? { at: { path, line, ...startLine }, said: [], suggestion };
    comment.said.push(finding);
    comments.set(key, { ...comment, suggestion: comment.suggestion ?? suggestion });
  }
  return [...comments.values()]
    .slice(0, mostLineComments)
    .map(({ at, said, suggestion }) => ({ ...at, body: renderLineComment(said, { suggestion, docsUrl }) }));
}

const findSuggestion = (suggestions: readonly Suggestion[], wanted: Fix): Suggestion | undefined =>
  suggestions.find(({ fixes }) => fixes.some((fix) => isSameFix(fix, wanted)));
