import { foldName } from "./address.ts";

/** How one name could be taken for another by somebody who reads or types it in a hurry. */
export type Likeness =
  /** `0` for `o`, `1` or `i` for `l`, `rn` for `m`, and the like. */
  | "looks the same"
  /** But for hyphens and underscores. */
  | "hyphens"
  /** One more, less or other character, or two that changed places. */
  | "one letter"
  | "two letters"
  /** The other name as one of its words. */
  | "words";

/** Null where two names are one (but for capitals), or plainly differ. Both are ASCII. */
export function likeness(a: string, b: string): Likeness | null {
  const [one, two] = [foldName(a), foldName(b)];
  if (one === two) return null;
  const [bareOne, bareTwo] = [withoutJoints(one), withoutJoints(two)];
  if (bareOne === bareTwo) return "hyphens";
  if (skeleton(bareOne) === skeleton(bareTwo)) return "looks the same";
  const shortest = Math.min(bareOne.length, bareTwo.length);
  const most = shortest < 5 ? 0 : shortest < 9 ? 1 : 2;
  const distance = editDistance(bareOne, bareTwo, most);
  if (distance !== null) return distance === 1 ? "one letter" : "two letters";
  return hasWord(one, two) || hasWord(two, one) ? "words" : null;
}

const withoutJoints = (name: string): string => name.replace(/[-_.]/g, "");

/** What is left of a name when characters that look alike are one. */
const skeleton = (name: string): string =>
  name
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll("cl", "d")
    .replace(/[01i582]/g, (character) => lookAlikes[character] ?? character);

const lookAlikes: Readonly<Record<string, string>> = { 0: "o", 1: "l", i: "l", 5: "s", 8: "b", 2: "z" };

/** Names below this length are words of many names. */
const shortestWord = 5;

const hasWord = (name: string, word: string): boolean =>
  word.length >= shortestWord && name.length > word.length && name.split(/[-_.]/).includes(word);

/**
 * How many characters have to be added, taken away, replaced or swapped with their neighbour; null for more than `most`.
 * Optimal string alignment, after Damerau (https://doi.org/10.1145/363958.363994).
 */
export function editDistance(a: string, b: string, most: number): number | null {
  if (Math.abs(a.length - b.length) > most) return null;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    if (Math.min(...current) > most) return null;
    [before, last] = [last, current];
  }
  const distance = last[b.length] ?? 0;
  return distance <= most ? distance : null;
}
