import type { Bump } from "./bump.ts";
import type { SentRequest } from "./own-time.ts";

/** Requests of one bump, each once however often it is redirected: where files of releases are kept is not GitHub's API. */
export interface RequestCounts {
  /** Up to the verdict: until the check says it. */
  readonly reads: number;
  /** From there to the merge: everything is compared once more. */
  readonly mergeReads: number;
  /** After the merge: for the last word, and a look at what was pushed. */
  readonly laterReads: number;
  readonly writes: number;
}

export function countRequests(requests: readonly SentRequest[]): RequestCounts {
  // Tokens last an hour, and are of no single bump.
  const counted = requests.filter(({ path }) => !/\/access_tokens$|\/installation$|^\/_objects\//.test(path));
  const isRead = ({ method }: SentRequest) => method === "GET" || method === "HEAD";
  const end = (index: number) => (index === -1 ? counted.length : index);
  const verdict = end(
    counted.findIndex(({ method, path }) => !isRead({ method, path }) && /\/check-runs\b/.test(path)),
  );
  const merge = end(counted.findIndex(({ method, path }) => method === "PUT" && /\/pulls\/\d+\/merge$/.test(path)));
  const reads = (from: number, to: number) => counted.slice(from, to).filter(isRead).length;
  return {
    reads: reads(0, verdict),
    mergeReads: reads(verdict, merge),
    laterReads: reads(Math.max(verdict, merge), counted.length),
    writes: counted.length - counted.filter(isRead).length,
  };
}

/** What judging the first version of a record may cost, what each further one, and what all writes (design, section 11). */
const budget = { first: 14, further: 6, writes: 6 } as const;

export function isWithinBudget({ reads, writes }: RequestCounts, { files }: Bump): boolean {
  const allowed = files.map(
    ({ added, changed }) => budget.first + budget.further * Math.max(0, added.length + changed.length - 1),
  );
  return reads <= allowed.reduce((sum, one) => sum + one, 0) && writes <= budget.writes;
}
