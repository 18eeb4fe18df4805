import type { Outcome } from "../../registry/finding.ts";
import type { ReviewInput } from "../../rules/rule.ts";
import type { Verdict } from "../../rules/verdict.ts";
import type { Decision } from "../decision.ts";

/** What a comment, a check and a review are written from. */
export interface Story {
  readonly input: ReviewInput;
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly headSha: string;
  /** Set once the pull request is merged. */
  readonly merged: boolean;
  /** Where the release pages are, e.g. `https://github.com`. */
  readonly serverUrl: string;
  /** The folder of this project's documentation, where rules are linked to; null where nobody has said where it is. */
  readonly docsUrl: string | null;
  /** Whether it is a bump of ours that a sweep made of many records. */
  readonly grouped: boolean;
}

/** A grouped bump is merged as a whole or not at all: one version that does not pass must not hold up the others. */
export const isUngrouped = ({ grouped, decision }: Pick<Story, "grouped" | "decision">): boolean =>
  grouped && ["blocked", "ask-maintainers", "outdated"].includes(decision.kind);

export const icons: Readonly<Record<Outcome, string>> = { fail: "❌", retry: "⏳", hold: "✋", pass: "✅" };
