import { applyEdits, type Fix, isSameFix, planEdits, type TextEdit } from "../registry/fix.ts";
import { plainText } from "../registry/plain-text.ts";
import { surelyShown } from "./shown-lines.ts";

/** A change of some lines that GitHub offers to make: the lines from `first` to `last` (1-based) become `text`. */
export interface Suggestion {
  readonly first: number;
  readonly last: number;
  readonly text: string;
  readonly fixes: readonly Fix[];
}

/** No more than a person reads before agreeing. */
const longest = { lines: 60, characters: 8_000 } as const;

/** Of one file. */
const mostFixes = 100;

/** Larger files have too many lines for GitHub to show their diff. */
const largestFile = 1_000_000;

/**
 * What GitHub can offer of these fixes, each for lines that its diff surely shows. Every suggestion can be taken alone or
 * with the others. Nothing is offered that is not plainly readable: what a contributor or a release wrote is in these lines.
 */
export function suggestChanges(
  { before, after }: { readonly before: string | null; readonly after: string },
  fixes: readonly Fix[],
): readonly Suggestion[] {
  // A suggestion has line feeds alone: in a file with others it would mix the two.
  if (after.includes("\r") || after.length > largestFile) return [];
  const wanted = agreed(fixes).slice(0, mostFixes);
  if (wanted.length === 0) return [];
  const isShown = surelyShown(before, after);
  const [best = []] = (["before-versions", "at-end"] as const)
    .map((place) => offered(after, planEdits(after, wanted, place), isShown))
    .sort((a, b) => countFixes(b) - countFixes(a));
  return best;
}

const countFixes = (suggestions: readonly Suggestion[]): number =>
  suggestions.reduce((sum, { fixes }) => sum + fixes.length, 0);

/** Each once; of fixes that contradict each other none. */
function agreed(fixes: readonly Fix[]): readonly Fix[] {
  const byPlace = Map.groupBy(fixes, ({ pointer }) => pointer);
  return [...byPlace.values()].flatMap((same) => {
    const [first] = same;
    if (first?.kind === "append")
      return same.filter((fix, index) => same.findIndex((other) => isSameFix(fix, other)) === index);
    return first !== undefined && same.every((fix) => isSameFix(fix, first)) ? [first] : [];
  });
}

interface Piece {
  readonly first: number;
  last: number;
  readonly edits: TextEdit[];
}

function offered(text: string, edits: readonly TextEdit[], isShown: (line: number) => boolean): Suggestion[] {
  const lines = text.split("\n");
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const lineAt = (offset: number) => starts.findLastIndex((start) => start <= offset) + 1;
  const pieces: Piece[] = [];
  for (const edit of edits) {
    const [first, last] = [lineAt(edit.offset), lineAt(edit.offset + edit.length)];
    const piece = pieces.at(-1);
    if (piece !== undefined && first <= piece.last) {
      piece.last = Math.max(piece.last, last);
      piece.edits.push(edit);
    } else pieces.push({ first, last, edits: [edit] });
  }
  return pieces.flatMap(({ first, last, edits: own }) => {
    const start = starts[first - 1] ?? 0;
    const moved = own.map((edit) => ({ ...edit, offset: edit.offset - start }));
    const replaced = applyEdits(text.slice(start, (starts[last] ?? text.length + 1) - 1), moved);
    const range = Array.from({ length: Math.min(last - first + 1, longest.lines + 1) }, (_, at) => first + at);
    const readable = range.length <= longest.lines && range.every(isShown) && isReadable(replaced);
    return readable ? [{ first, last, text: replaced, fixes: own.flatMap(({ fixes }) => fixes) }] : [];
  });
}

/** A backtick could end the fence that a suggestion stands in; what is invisible would be agreed to unseen. */
function isReadable(text: string): boolean {
  const lines = text.split("\n");
  if (text.length > longest.characters || lines.length > longest.lines || text.includes("`")) return false;
  return lines.every((line) => {
    const spaced = line.replaceAll("\t", " ");
    return plainText(spaced, longest.characters) === spaced;
  });
}
