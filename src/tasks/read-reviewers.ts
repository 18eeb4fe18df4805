import type { RegistryReader } from "../github/port.ts";
import type { ApprovalFacts } from "../policy/approval.ts";
import { areToBeAsked, chooseReviewers } from "../policy/review-requests.ts";
import type { ReviewFacts } from "./read-review.ts";

/** Who is asked to review what is held: one request, and none while somebody is asked already. */
export async function readReviewers(
  host: RegistryReader,
  { pullRequest }: ReviewFacts,
  { interested }: ApprovalFacts,
): Promise<readonly string[]> {
  if (pullRequest.draft || !areToBeAsked(pullRequest)) return [];
  return chooseReviewers({ number: pullRequest.number, maintainers: await host.listMaintainers(), interested });
}
