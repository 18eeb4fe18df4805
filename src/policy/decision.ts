import type { Finding } from "../registry/finding.ts";
import type { Verdict } from "../rules/verdict.ts";

/** What policy makes of a verdict. Policy knows no rule by name, only outcomes and liftability. */
export type Decision =
  /** To another base, or touches nothing of the registry: the check says so, and nothing is ever merged. */
  | { readonly kind: "not-ours"; readonly reason: string }
  /** The base's configuration cannot be read: nothing is decided until an operator mends it. */
  | { readonly kind: "misconfigured"; readonly problems: readonly string[] }
  | { readonly kind: "merge"; readonly approve: boolean }
  /** Right, but a person or the configuration keeps it from being merged now. */
  | { readonly kind: "ready"; readonly because: "draft" | "paused" }
  /** The base has changed the same files since; a text merge is not what was judged. */
  | { readonly kind: "outdated"; readonly rebuild: boolean }
  | { readonly kind: "blocked" }
  | { readonly kind: "wait"; readonly until: string | null }
  | { readonly kind: "ask-maintainers"; readonly liftable: boolean };

export interface Circumstances {
  /** Why the pull request is none of ours; null when it is. */
  readonly notOurs: string | null;
  readonly configurationProblems: readonly string[];
  readonly byRegistrar: boolean;
  readonly draft: boolean;
  readonly paused: boolean;
  /** Whether a touched file differs between the merge base and the base's tip. */
  readonly outdated: boolean;
}

/** Total and fail-closed: everything that is not plainly right ends in something other than `merge`. */
export function decide(verdict: Verdict, circumstances: Circumstances): Decision {
  if (circumstances.notOurs !== null) return { kind: "not-ours", reason: circumstances.notOurs };
  if (circumstances.configurationProblems.length > 0) {
    return { kind: "misconfigured", problems: circumstances.configurationProblems };
  }
  switch (verdict.outcome) {
    case "fail":
      return { kind: "blocked" };
    case "retry":
      return { kind: "wait", until: waitsUntil(verdict.findings) };
    case "hold":
      return { kind: "ask-maintainers", liftable: holds(verdict).every((finding) => finding.liftable === true) };
    case "pass":
      if (verdict.findings.length === 0) return { kind: "wait", until: null };
      if (circumstances.outdated) return { kind: "outdated", rebuild: circumstances.byRegistrar };
      if (circumstances.draft) return { kind: "ready", because: "draft" };
      if (circumstances.paused) return { kind: "ready", because: "paused" };
      return { kind: "merge", approve: !circumstances.byRegistrar };
  }
}

const holds = (verdict: Verdict): readonly Finding[] =>
  verdict.findings.filter((finding) => finding.outcome === "hold");

/** When the last of the waits ends: looking earlier would only find another one. */
function waitsUntil(findings: readonly Finding[]): string | null {
  const times = findings.filter((finding) => finding.outcome === "retry").map((finding) => finding.retryAt ?? null);
  const known = times.filter((time) => time !== null).sort();
  return known.at(-1) ?? null;
}
