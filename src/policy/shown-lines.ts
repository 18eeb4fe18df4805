/** Lines around a change that a diff shows as well (https://git-scm.com/docs/git-diff, `-U3`). */
const context = 3;

/**
 * Which lines of a new text GitHub's diff surely shows, 1-based, however it compares the two: a comment on any other line
 * is refused. A line that the old text has nowhere is an added one in every diff. Where lines are only taken away, the gap may be
 * put at several places that look the same; then what all of these show counts.
 */
export function surelyShown(before: string | null, after: string): (line: number) => boolean {
  if (before === null) return () => true;
  const [old, now] = [before.split("\n"), after.split("\n")];
  const known = new Set(old);
  const shown = new Set<number>();
  const show = (first: number, last: number) => {
    for (let line = first; line <= last; line += 1) shown.add(line);
  };
  now.forEach((text, index) => {
    if (!known.has(text)) show(index + 1 - context, index + 1 + context);
  });
  const top = commonLines(old, now, (lines, at) => lines[at]);
  const bottom = commonLines(old, now, (lines, at) => lines[lines.length - 1 - at]);
  // The gap lies behind any of these lines, from the first to the last.
  const gap = { first: now.length - bottom, last: top };
  if (old.length > now.length && gap.first <= gap.last) show(gap.last - context + 1, gap.first + context);
  return (line) => shown.has(line);
}

function commonLines(
  a: readonly string[],
  b: readonly string[],
  at: (lines: readonly string[], index: number) => string | undefined,
): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && at(a, count) === at(b, count)) count += 1;
  return count;
}
