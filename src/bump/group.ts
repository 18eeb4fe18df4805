import { createHash } from "node:crypto";
import type { BumpBranch } from "./plan.ts";

/** Where grouped bumps live; one branch for each set of versions, so that the same finding gives the same branch. */
export const groupPrefix = "registrar/bump/group/";
/** As many records as people still read in one pull request. */
export const mostGrouped = 50;
/** Pull requests that one sweep opens at most; what is left comes with the next one. */
export const mostPullRequests = 20;

/** The branches that one record's bump asks for: the first may be of everything that passes, the others of one version each. */
export interface RecordBranches {
  readonly path: string;
  readonly branches: readonly BumpBranch[];
}

export interface GroupBranch {
  readonly branch: string;
  readonly title: string;
  readonly members: readonly { readonly path: string; readonly branch: BumpBranch }[];
}

export interface SweepPullRequests {
  readonly single: readonly { readonly path: string; readonly branch: BumpBranch }[];
  readonly groups: readonly GroupBranch[];
  /** Records that have to wait for the next sweep. */
  readonly left: readonly string[];
}

/**
 * Shares out what a sweep found: a few records get a pull request each, many share some. A version that does not pass
 * always has its own, so that it holds up nothing else; a branch that is open already is brought up to date. Pure.
 */
export function planPullRequests(
  found: readonly RecordBranches[],
  context: { readonly groupAbove: number; readonly openBranches: ReadonlySet<string> },
): SweepPullRequests {
  const all = found.flatMap(({ path, branches }) => branches.map((branch) => ({ path, branch })));
  const open = all.filter(({ branch }) => context.openBranches.has(branch.branch));
  const fresh = all.filter((one) => !open.includes(one)).sort((a, b) => compareText(a.path, b.path));
  const passing = fresh.filter(({ branch }) => branch.passes);
  const refused = fresh.filter(({ branch }) => !branch.passes);
  const grouped = passing.length > context.groupAbove;
  const chunks = grouped ? chunksOf(passing, mostGrouped) : [];
  const groups = chunks.slice(0, mostPullRequests).map(groupOf);
  const single = [...(grouped ? [] : passing), ...refused];
  const room = Math.max(0, mostPullRequests - groups.length);
  const left = [...chunks.slice(mostPullRequests).flat(), ...single.slice(room)].map(({ path }) => path);
  return { single: [...open, ...single.slice(0, room)], groups, left: [...new Set(left)] };
}

function groupOf(members: GroupBranch["members"]): GroupBranch {
  const content = members.map(({ path, branch }) => [path, ...branch.versions.map(({ version }) => version)]);
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  const versions = members.reduce((sum, { branch }) => sum + branch.versions.length, 0);
  return { branch: `${groupPrefix}${digest}`, title: `${versions} new versions of ${members.length} records`, members };
}

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
