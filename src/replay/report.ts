import type { Finding } from "../registry/finding.ts";
import type { Bump } from "./bump.ts";
import type { ProfiledPlace } from "./code-profile.ts";
import type { Played } from "./play.ts";
import { countRequests, isWithinBudget, type RequestCounts } from "./request-counts.ts";

/** One line of the output: how one bump went. */
export interface PlayedLine {
  readonly commit: string;
  /** `unplayable`: the line is no bump, or one that git cannot hold. */
  readonly outcome: Played["outcome"] | "unplayable";
  readonly merged: boolean;
  readonly findings: readonly Pick<Finding, "code" | "outcome" | "path" | "version" | "notice" | "message">[];
  readonly by?: Played["by"];
  /** Of our own, in milliseconds: without waiting for GitHub. */
  readonly ownMs?: number;
  readonly requests?: RequestCounts & { readonly withinBudget: boolean };
  readonly error?: string;
}

export function playedLine(bump: Bump, played: Played): PlayedLine {
  const { by, outcome, merged, measured } = played;
  const requests = countRequests(measured.requests);
  return {
    commit: bump.commit,
    outcome,
    merged,
    findings: played.findings.map(({ code, outcome: said, path, version, notice, message }) => ({
      code,
      outcome: said,
      path,
      ...(version === undefined ? {} : { version }),
      ...(notice === undefined ? {} : { notice }),
      message,
    })),
    by,
    ownMs: round(measured.ownMs),
    requests: { ...requests, withinBudget: isWithinBudget(requests, bump) },
  };
}

export const unplayableLine = (commit: string, error: string): PlayedLine => ({
  commit,
  outcome: "unplayable",
  merged: false,
  findings: [],
  error,
});

/** The last line of the output. */
export interface Totals {
  readonly bumps: number;
  readonly merged: number;
  readonly stopped: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Bumps with an objection of this code. */
  readonly objections: Readonly<Record<string, number>>;
  readonly errors: number;
  /** Jobs that were given up, and those that failed and were tried again. */
  readonly jobsLost: readonly string[];
  readonly jobsTriedAgain: readonly string[];
  /** Requests that GitHub's own description does not allow. */
  readonly violations: readonly string[];
  /** Bumps that asked more than the design allows: a defect, though none of what was decided. */
  readonly overBudget: number;
  readonly ownMs: { readonly median: number; readonly p95: number; readonly most: number };
  readonly seconds: number;
  readonly bumpsPerSecond: number;
}

export function totalsOf(
  lines: readonly PlayedLine[],
  of: Pick<Totals, "jobsLost" | "jobsTriedAgain" | "violations"> & { readonly ms: number },
): Totals {
  const { ms, ...rest } = of;
  const merged = lines.filter((line) => line.merged).length;
  const codes = lines.flatMap(({ findings }) => [
    ...new Set(findings.filter(({ outcome }) => outcome !== "pass").map(({ code }) => code)),
  ]);
  const own = lines.flatMap(({ ownMs }) => ownMs ?? []).sort((a, b) => a - b);
  const at = (part: number) => own[Math.min(own.length - 1, Math.floor(own.length * part))] ?? 0;
  return {
    bumps: lines.length,
    merged,
    stopped: lines.length - merged,
    outcomes: countEach(lines.map(({ outcome }) => outcome)),
    objections: countEach(codes),
    errors: lines.filter(({ error }) => error !== undefined).length,
    ...rest,
    overBudget: lines.filter(({ requests }) => requests?.withinBudget === false).length,
    ownMs: { median: at(0.5), p95: at(0.95), most: own.at(-1) ?? 0 },
    seconds: round(ms / 1_000),
    bumpsPerSecond: round((lines.length * 1_000) / Math.max(ms, 1)),
  };
}

/** Whether the machinery held; what became of each bump is for the reader to judge. */
export const isSound = ({ errors, jobsLost, violations }: Totals): boolean =>
  errors + jobsLost.length + violations.length === 0;

/** Milliseconds a bump, longest first. */
export const profileOf = (places: readonly ProfiledPlace[], bumps: number): readonly ProfiledPlace[] =>
  places.slice(0, 25).map(({ place, ms }) => ({ place, ms: round(ms / Math.max(bumps, 1)) }));

const countEach = (values: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]).sort());

const round = (value: number): number => Math.round(value * 10) / 10;
