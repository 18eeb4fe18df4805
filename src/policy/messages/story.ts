import type { Outcome } from "../../registry/finding.ts";
import type { ReviewInput } from "../../rules/rule.ts";
import type { Verdict } from "../../rules/verdict.ts";
import type { PassedOver } from "../approval.ts";
import type { Decision } from "../decision.ts";
import type { Stop } from "../kept.ts";
import { type WaivedFinding, withoutWaived } from "../waiver.ts";

/** What a comment, a check and a review are written from. */
export interface Story {
  readonly input: ReviewInput;
  readonly verdict: Verdict;
  readonly decision: Decision;
  /** Approvals that lift nothing; absent where none were asked for. */
  readonly passedOver?: readonly PassedOver[];
  readonly headSha: string;
  /** Set once the pull request is merged. */
  readonly merged: boolean;
  /** Where the release pages are, e.g. `https://github.com`. */
  readonly serverUrl: string;
  /** The folder of this project's documentation, where rules are linked to; null where nobody has said where it is. */
  readonly docsUrl: string | null;
  /** Whether it is a bump of ours that a sweep made of many records. */
  readonly grouped: boolean;
  /** What a maintainer lets stand of this head. */
  readonly waived?: readonly WaivedFinding[];
  /** Who has stopped merging it, or has let it go on. */
  readonly stop?: Stop | null;
}

/**
 * A grouped bump is merged as a whole or not at all: one version that does not pass must not hold up the others. One that
 * is stopped stays whole: its parts would be other pull requests, which nobody has stopped.
 */
export const isUngrouped = ({ grouped, decision, stop }: Pick<Story, "grouped" | "decision" | "stop">): boolean =>
  grouped && stop?.stopped !== true && ["blocked", "ask-maintainers", "outdated"].includes(decision.kind);

/** What still stands of a verdict, once that is left out which a maintainer lets stand. */
export const standingVerdict = ({ verdict, waived = [] }: Pick<Story, "verdict" | "waived">): Verdict =>
  withoutWaived(verdict, waived);

export const icons: Readonly<Record<Outcome, string>> = { fail: "❌", retry: "⏳", hold: "✋", pass: "✅" };
