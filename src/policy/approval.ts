import type { Review } from "../github/port.ts";

/** Everything that decides whether somebody's approval lifts a hold, by numeric ids and rights at this moment. */
export interface ApprovalFacts {
  readonly headSha: string;
  readonly reviews: readonly Review[];
  /** Ids of users with the permission `maintain` or `admin` on the registry now. */
  readonly maintainers: readonly number[];
  /** Who opened the pull request, first; then who wrote and committed its head: they cannot approve their own work. */
  readonly interested: readonly number[];
  /** When the verdict on this head and these inputs was posted; null when none is, or another one. */
  readonly verdictPostedAt: string | null;
}

/** An approval that lifts nothing. */
export interface PassedOver {
  readonly login: string;
  readonly because: "bot" | "author" | "committer" | "rights" | "old-head" | "old-verdict";
}

/**
 * The login of the maintainer whose approval lifts the liftable holds of the posted verdict; null when there is none. An
 * approval counts for the head that it was given for, after the verdict that it answers, as the reviewer's last word. Pure.
 */
export function findApproval(facts: ApprovalFacts): string | null {
  return approvalsOf(facts).find((approval) => objection(facts, approval) === null)?.reviewer.login ?? null;
}

/** The approvals that lift nothing, in the order in which their reviewers came, and why. Pure. */
export const passedOver = (facts: ApprovalFacts): readonly PassedOver[] =>
  approvalsOf(facts).flatMap((approval) => {
    const because = objection(facts, approval);
    return because === null ? [] : [{ login: approval.reviewer.login, because }];
  });

/** Everybody's last word, where that is an approval. */
function approvalsOf({ reviews }: ApprovalFacts): readonly Review[] {
  const lastWords = new Map<number, Review>();
  for (const review of reviews) {
    // A comment takes nothing back, and a pending review is not given yet.
    if (["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state))
      lastWords.set(review.reviewer.id, review);
  }
  return [...lastWords.values()].filter(({ state }) => state === "APPROVED");
}

function objection(facts: ApprovalFacts, { reviewer, headSha, submittedAt }: Review): PassedOver["because"] | null {
  const [author, ...committers] = facts.interested;
  if (reviewer.isBot) return "bot";
  if (reviewer.id === author) return "author";
  if (committers.includes(reviewer.id)) return "committer";
  if (!facts.maintainers.includes(reviewer.id)) return "rights";
  if (headSha !== facts.headSha) return "old-head";
  return answers(submittedAt, facts.verdictPostedAt) ? null : "old-verdict";
}

/** GitHub's times have no fractions: in the same second nobody can have read the verdict first. */
const answers = (submittedAt: string, postedAt: string | null): boolean =>
  postedAt !== null && Math.floor(Date.parse(submittedAt) / 1000) > Math.floor(Date.parse(postedAt) / 1000);
