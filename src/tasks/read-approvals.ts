import type { RegistryReader } from "../github/port.ts";
import type { ApprovalFacts } from "../policy/approval.ts";
import type { ReviewFacts } from "./read-review.ts";

/** Reads who approved and with what right. Asked only when a hold could be lifted: it costs a request for each approver. */
export async function readApprovals(host: RegistryReader, facts: ReviewFacts): Promise<ApprovalFacts> {
  const { number, headSha, author } = facts.pullRequest;
  const [reviews, commit] = await Promise.all([host.listReviews(number), host.readCommitPeople(headSha)]);
  const identity = checkIdentity(number, facts.digest);
  const posted = facts.runs.find(({ externalId }) => externalId.startsWith(`${number}:`));
  const approvers = new Map(
    reviews.filter(({ state }) => state === "APPROVED").map(({ reviewer }) => [reviewer.id, reviewer.login]),
  );
  const rights = await Promise.all(
    [...approvers].map(async ([id, login]) => ({ id, maintains: await host.maintains(login, id) })),
  );
  return {
    headSha,
    reviews,
    maintainers: rights.filter(({ maintains }) => maintains).map(({ id }) => id),
    interested: [author.id, ...commit],
    verdictPostedAt: posted?.externalId === identity ? posted.startedAt : null,
  };
}

/** What a check run is recognised by: the pull request and the digest of everything that was judged. */
export const checkIdentity = (number: number, digest: string): string => `${number}:${digest}`;
