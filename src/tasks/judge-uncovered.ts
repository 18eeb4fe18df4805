import type { RegistryHost } from "../github/port.ts";
import { findUncovered } from "./find-uncovered.ts";
import { judgePush } from "./judge-push.ts";
import type { ReviewContext } from "./read-review.ts";
import type { Progress } from "./reconcile.ts";

/** What came of judging what no verdict covered. */
export interface UncoveredJudged {
  /** Set when something could not be judged yet. */
  readonly lookAgain: { readonly at: string | null } | null;
  /** Commits that are not judged yet, newest first. */
  readonly pending: readonly string[];
}

export const nothingJudged: UncoveredJudged = { lookAgain: null, pending: [] };

/**
 * Judges the commits of the default branch up to this one that no verdict covers. Oldest first, and none before those below
 * it: whoever looks for uncovered commits stops at the first that is covered.
 */
export async function judgeUncovered(
  context: ReviewContext & { readonly host: RegistryHost },
  commit: string,
  progress: Pick<Progress, "covered" | "judging">,
): Promise<UncoveredJudged> {
  // Publishing and inspecting a push ask for the same at the same time; one of them judges.
  return progress.judging(() => judgeBelow(context, commit, progress));
}

/** The same for whoever has the turn already. */
export async function judgeBelow(
  context: ReviewContext & { readonly host: RegistryHost },
  commit: string,
  { covered }: Pick<Progress, "covered">,
): Promise<UncoveredJudged> {
  const commits = await findUncovered(context.host, commit, { covered });
  for (const [index, sha] of commits.entries()) {
    const lookAgain = await judgePush(context, sha);
    if (lookAgain !== null) return { lookAgain, pending: commits.slice(index).toReversed() };
    covered.add(sha);
  }
  return nothingJudged;
}
