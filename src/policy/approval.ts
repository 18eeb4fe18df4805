import type { Review } from "../github/port.ts";

/** Everything that decides whether somebody's approval lifts a hold, by numeric ids and rights at this moment. */
export interface ApprovalFacts {
  readonly headSha: string;
  readonly reviews: readonly Review[];
  /** Ids of users with the permission `maintain` or `admin` on the registry now. */
  readonly maintainers: readonly number[];
  /** Who opened the pull request, and who wrote and committed its head: they cannot approve their own work. */
  readonly interested: readonly number[];
  /** When the verdict on this head and these inputs was posted; null when none is, or another one. */
  readonly verdictPostedAt: string | null;
}

/**
 * The login of the maintainer whose approval lifts the liftable holds of the posted verdict; null when there is none. An
 * approval counts for the head that it was given for, after the verdict that it answers, as the reviewer's last word. Pure.
 */
export function findApproval(facts: ApprovalFacts): string | null {
  const { verdictPostedAt } = facts;
  if (verdictPostedAt === null) return null;
  const lastWords = new Map<number, Review>();
  for (const review of facts.reviews) {
    // A comment takes nothing back, and a pending review is not given yet.
    if (["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state))
      lastWords.set(review.reviewer.id, review);
  }
  const approval = [...lastWords.values()].find(
    ({ reviewer, state, headSha, submittedAt }) =>
      state === "APPROVED" &&
      headSha === facts.headSha &&
      !reviewer.isBot &&
      facts.maintainers.includes(reviewer.id) &&
      !facts.interested.includes(reviewer.id) &&
      // GitHub's times have no fractions: in the same second nobody can have read the verdict first.
      Math.floor(Date.parse(submittedAt) / 1000) > Math.floor(Date.parse(verdictPostedAt) / 1000),
  );
  return approval?.reviewer.login ?? null;
}
