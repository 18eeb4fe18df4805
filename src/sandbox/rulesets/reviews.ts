import { canWrite } from "../access.ts";
import type { PullThread, Review } from "../entities/thread.ts";
import type { World } from "../world.ts";

/** The latest review of each person that says yes or no; comments do not change what was said before. */
export function latestOpinions({ pull }: PullThread): Review[] {
  const latest = new Map<number, Review>();
  for (const review of pull.reviews) {
    if (review.state === "COMMENTED" || review.state === "PENDING") continue;
    latest.set(review.author.id, review);
  }
  return [...latest.values()];
}

/** What keeps the reviews from being enough, in GitHub's words; null when nothing does. */
export function missingReview(world: World, thread: PullThread, needed: number): string | null {
  const opinions = latestOpinions(thread).filter(({ author }) => canWrite(world.store, thread.repository, author));
  if (needed > 0 && opinions.some(({ state }) => state === "CHANGES_REQUESTED")) {
    return "Changes must be approved by all reviewers who requested changes.";
  }
  const approvals = opinions.filter(({ state }) => state === "APPROVED").length;
  if (approvals >= needed) return null;
  const missing = needed - approvals;
  return approvals === 0
    ? `At least ${needed} approving review${needed === 1 ? " is" : "s are"} required by reviewers with write access.`
    : `Waiting on ${missing} more approving review${missing === 1 ? "" : "s"} from reviewers with write access.`;
}
