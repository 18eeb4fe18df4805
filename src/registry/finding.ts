import type { Fix } from "./fix.ts";

/** Worst first. Findings combine in this order, so nobody is asked while something may still settle. */
export const outcomes = ["fail", "retry", "hold", "pass"] as const;
export type Outcome = (typeof outcomes)[number];

/** What one rule says about one file, record or version. All texts are plain text (never Markdown) and terminal-safe. */
export interface Finding {
  /** The rule's code, e.g. `version-syntax`. */
  readonly code: string;
  readonly outcome: Outcome;
  /** Repository-relative path; empty when the finding is about the pull request as a whole. */
  readonly path: string;
  /** Version text as the record writes it, where the finding is about one. */
  readonly version?: string;
  /** JSON pointer into the file, where the finding is about one place of it. */
  readonly pointer?: string;
  readonly message: string;
  /** What the person concerned should do next. */
  readonly next?: string;
  /** The change of the file that would put it right, where that is known. */
  readonly fix?: Fix;
  /** A pass that is worth saying. */
  readonly notice?: true;
  /** A hold that a maintainer's approval ends. Absent on all other outcomes. */
  readonly liftable?: boolean;
  /** A fail or hold that a maintainer may waive for one commit. Absent on all others. */
  readonly waivable?: true;
  /** When a retry should look again: ISO 8601. */
  readonly retryAt?: string;
}

/** The worst outcome of many; `pass` of none. What is no outcome is never taken for a pass. */
export function worstOutcome(findings: readonly Pick<Finding, "outcome">[]): Outcome {
  const worst = outcomes.find((outcome) => findings.some((finding) => finding.outcome === outcome)) ?? "pass";
  return worst === "pass" && findings.some(({ outcome }) => outcome !== "pass") ? "retry" : worst;
}
