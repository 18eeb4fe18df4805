import type { PostedCheckRun, RegistryReader } from "../github/port.ts";
import type { ApprovalFacts } from "../policy/approval.ts";
import { digestVerdict, type Verdict } from "../rules/verdict.ts";
import type { ReviewFacts } from "./read-review.ts";

/** Reads who approved and with what right. Asked only when a hold could be lifted: it costs a request for each approver. */
export async function readApprovals(
  host: RegistryReader,
  facts: ReviewFacts,
  /** Of the verdict that an approval has to answer. */
  identity: string,
): Promise<ApprovalFacts> {
  const { number, headSha, author } = facts.pullRequest;
  const [reviews, commit] = await Promise.all([host.listReviews(number), host.readCommitPeople(headSha)]);
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
    verdictPostedAt: verdictPostedAt(facts, identity),
  };
}

/** When a verdict was first posted, by its identity; null when none is, or another one. */
export function verdictPostedAt(facts: ReviewFacts, identity: string): string | null {
  const posted = ownRun(facts);
  return posted?.externalId === identity ? posted.startedAt : null;
}

/** The newest check run on the head that speaks of this pull request. */
export const ownRun = ({ pullRequest, runs }: ReviewFacts): PostedCheckRun | undefined =>
  runs.find(({ externalId }) => externalId.startsWith(`${pullRequest.number}:`));

/** What a check run is recognised by: the pull request, and the digest of its verdict. */
export const checkIdentity = ({ pullRequest, digest }: ReviewFacts, verdict: Verdict): string =>
  `${pullRequest.number}:${digestVerdict(digest, verdict)}`;
