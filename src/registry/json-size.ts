/** Largest record that is read, in UTF-16 units. The largest known record has 2.5 million. */
export const largestRecord = 16 * 1024 * 1024;

/** Objects and lists within each other at most; a record needs five. More could exhaust the stack of whoever reads it. */
const deepest = 64;

/**
 * Values in one file at most, each object and list counted as well, and entries in one list: the largest known record has 36
 * thousand and 425. Each may be wrong in several ways; whoever checks them, and whoever reads of it, needs an end.
 */
const mostValues = 250_000;
const longestList = 5_000;

const tooManyValues = `The file holds more than ${mostValues} values.`;

/** Longest text that is searched for lines, in UTF-16 units: the parser that knows places takes a second for more. */
const longestPlaced = 4 * 1024 * 1024;

/** Why a text is not parsed at all; null when it is. Asked first, since a small text can become a hundred times its size. */
export function textSizeProblem(text: string): string | null {
  if (text.length > largestRecord) return `The file has ${text.length} characters; at most ${largestRecord}.`;
  return mayHoldTooMuch(text) ? tooManyValues : null;
}

/** Why a parsed value is more than anybody should have to look at; null when it is not. */
export function valueSizeProblem(value: unknown): string | null {
  const size = { values: 0, longest: 0, levels: 0 };
  measure(value, 0, size);
  if (size.levels > deepest) return `The file nests its values more than ${deepest} levels deep.`;
  if (size.longest > longestList) return `The file has a list of ${size.longest} entries; at most ${longestList}.`;
  return size.values > mostValues ? tooManyValues : null;
}

/** Whether a text is small enough to be searched for lines and places. */
export const isPlaceable = (text: string): boolean => text.length <= longestPlaced && !mayHoldTooMuch(text);

/** Whether a text has far more commas and brackets than values are allowed; those in texts count, so it is generous. */
function mayHoldTooMuch(text: string): boolean {
  let signs = 0;
  for (let at = 0; at < text.length && signs <= 2 * mostValues; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === comma || sign === bracket || sign === brace) signs += 1;
  }
  return signs > 2 * mostValues;
}

const [comma, bracket, brace] = [44, 91, 123] as const;

/** Counts no further than just beyond what is allowed. Objects and lists are levels, an empty one as well. */
function measure(value: unknown, level: number, size: { values: number; longest: number; levels: number }): void {
  size.values += 1;
  if (typeof value !== "object" || value === null) return;
  size.levels = Math.max(size.levels, level + 1);
  if (Array.isArray(value)) size.longest = Math.max(size.longest, value.length);
  // Not `for … in`, which makes a text of every index, and for records of megabytes takes longer than parsing them.
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (size.levels > deepest || size.longest > longestList || size.values > mostValues) return;
    measure(item, level + 1, size);
  }
}
