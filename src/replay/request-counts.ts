import type { SentRequest } from "./own-time.ts";

/** Requests of one bump, each hop to GitHub once; where GitHub keeps the files of releases is not GitHub's API. */
export interface RequestCounts {
  /** Up to the merge, or to the last word where there is none. */
  readonly reads: number;
  readonly writes: number;
  /** After the merge: the last word, and a look at what was pushed. */
  readonly afterwards: number;
}

export function countRequests(requests: readonly SentRequest[]): RequestCounts {
  // Tokens last an hour, and are of no single bump.
  const counted = requests.filter(({ path }) => !/\/access_tokens$|^\/_objects\//.test(path));
  const merge = counted.findIndex(({ method, path }) => method === "PUT" && /\/pulls\/\d+\/merge$/.test(path));
  const judging = merge === -1 ? counted : counted.slice(0, merge + 1);
  const reads = judging.filter(({ method }) => method === "GET" || method === "HEAD").length;
  return { reads, writes: judging.length - reads, afterwards: counted.length - judging.length };
}

/** What judging may cost: for the first version, and for each further one (design, section 11). */
export const requestBudget = { reads: 14, further: 6, writes: 6 } as const;

export const isWithinBudget = ({ reads, writes }: RequestCounts, versions: number): boolean =>
  reads <= requestBudget.reads + requestBudget.further * Math.max(0, versions - 1) && writes <= requestBudget.writes;
