import { type Finding, type Outcome, worstOutcome } from "../registry/finding.ts";
import type { Verdict } from "../rules/verdict.ts";

/** What policy makes of a verdict. Policy knows no rule by name, only outcomes and liftability. */
export type Decision =
  /** To another base, or touches nothing of the registry: the check says so, and nothing is ever merged. */
  | { readonly kind: "not-ours"; readonly reason: string; readonly harmless: boolean }
  /** The base's configuration cannot be read: nothing is decided until an operator mends it. */
  | { readonly kind: "misconfigured"; readonly problems: readonly string[] }
  | {
      readonly kind: "merge";
      readonly approve: boolean;
      /** The maintainer whose approval lifted every hold; null where there was none to lift. */
      readonly liftedBy: string | null;
    }
  /** Right, but a person or the configuration keeps it from being merged now. */
  | { readonly kind: "ready"; readonly because: "draft" | "paused" | "halted" }
  /** Right, but somebody who may has stopped merging it. */
  | { readonly kind: "stopped"; readonly by: string }
  /** Merging would not do just what was judged. */
  | { readonly kind: "outdated"; readonly because: Outdated; readonly rebuild: boolean }
  /** Another open pull request has the same head, and the commit's check speaks of that one. */
  | { readonly kind: "duplicate"; readonly of: number }
  | { readonly kind: "blocked" }
  | { readonly kind: "wait"; readonly until: string | null }
  | { readonly kind: "ask-maintainers"; readonly liftable: boolean };

/** The base changed the same files, even so that GitHub cannot merge both; or the history hides changes in merges or in steps. */
export type Outdated = "base-moved" | "conflict" | "history";

export interface NotOurs {
  readonly reason: string;
  /**
   * Whether the head changes nothing of the registry. A check belongs to a commit, not to a pull request: a success for
   * another base would also open the door to the default branch for the same commit.
   */
  readonly harmless: boolean;
}

export interface Circumstances {
  /** Why the pull request is none of ours; null when it is. */
  readonly notOurs: NotOurs | null;
  readonly configurationProblems: readonly string[];
  readonly byRegistrar: boolean;
  readonly draft: boolean;
  readonly paused: boolean;
  /** The merge that brought something else than what was judged, while that is neither taken back nor accepted; else null. */
  readonly haltedBy: string | null;
  /** Why merging would not do just what was judged; null when it would. */
  readonly outdated: Outdated | null;
  /** Another open pull request with the same head, to which the commit's check belongs; null when there is none. */
  readonly duplicateOf: number | null;
  /** The maintainer whose approval answers the posted verdict on this head and these inputs; null when there is none. */
  readonly approvedBy: string | null;
  /** Who has stopped merging it; null where nobody has. */
  readonly stoppedBy: string | null;
}

/** Total and fail-closed: everything that is not plainly right ends in something other than `merge`. */
export function decide(verdict: Verdict, circumstances: Circumstances): Decision {
  if (circumstances.duplicateOf !== null) return { kind: "duplicate", of: circumstances.duplicateOf };
  if (circumstances.notOurs !== null) return { kind: "not-ours", ...circumstances.notOurs };
  if (circumstances.configurationProblems.length > 0) {
    return { kind: "misconfigured", problems: circumstances.configurationProblems };
  }
  switch (outcomeOf(verdict)) {
    case "fail":
      return { kind: "blocked" };
    case "retry":
      return { kind: "wait", until: waitsUntil(verdict.findings) };
    case "hold":
      if (!mayBeLifted(verdict)) return { kind: "ask-maintainers", liftable: false };
      if (circumstances.approvedBy === null) return { kind: "ask-maintainers", liftable: true };
      return whenRight(circumstances, circumstances.approvedBy);
    case "pass":
      // Nothing said is nothing verified.
      if (verdict.findings.length === 0) return { kind: "wait", until: null };
      return whenRight(circumstances, null);
  }
}

function whenRight(
  { outdated, byRegistrar, draft, paused, haltedBy, stoppedBy }: Circumstances,
  liftedBy: string | null,
): Decision {
  if (stoppedBy !== null) return { kind: "stopped", by: stoppedBy };
  if (outdated !== null) return { kind: "outdated", because: outdated, rebuild: byRegistrar };
  if (draft) return { kind: "ready", because: "draft" };
  if (haltedBy !== null) return { kind: "ready", because: "halted" };
  if (paused) return { kind: "ready", because: "paused" };
  return { kind: "merge", approve: !byRegistrar, liftedBy };
}

/** The findings are believed, whatever a verdict makes of them. */
const outcomeOf = ({ outcome, findings }: Verdict): Outcome => worstOutcome([...findings, { outcome }]);

/** Whether a maintainer's approval would be enough: everything that holds is liftable. */
export function mayBeLifted(verdict: Verdict): boolean {
  const held = verdict.findings.filter((finding) => finding.outcome === "hold");
  return outcomeOf(verdict) === "hold" && held.length > 0 && held.every((finding) => finding.liftable === true);
}

/** When the last of the waits ends: looking earlier would only find another one. */
export function waitsUntil(findings: readonly Finding[]): string | null {
  const times = findings.filter((finding) => finding.outcome === "retry").map((finding) => finding.retryAt ?? null);
  const known = times.filter((time) => time !== null).sort();
  return known.at(-1) ?? null;
}
