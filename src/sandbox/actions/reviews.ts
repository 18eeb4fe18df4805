import type { PullThread, Review, ReviewComment, ReviewState } from "../entities/thread.ts";
import { ApiError, forbidden, unprocessable } from "../errors.ts";
import { presentPull, presentReviewComment } from "../present/pull.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import { emit } from "../webhooks/emit.ts";
import { reviewPayload } from "../webhooks/review-payload.ts";
import { time, type World } from "../world.ts";
import { locateLines, type WantedLines } from "./diff-lines.ts";
import { pullFiles } from "./pull-numbers.ts";
import { withdraw } from "./requested-reviewers.ts";

export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";

const STATE: Readonly<Record<ReviewEvent, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

export interface NewReview {
  /** Left out: the review stays pending, seen by its author only. */
  readonly event?: ReviewEvent | undefined;
  readonly body?: string | undefined;
  readonly commitId?: string | undefined;
  readonly comments?: readonly (WantedLines & { readonly body: string })[] | undefined;
}

/** https://docs.github.com/rest/pulls/reviews#create-a-review-for-a-pull-request */
export async function addReview(
  world: World,
  thread: PullThread,
  { viewer, wanted }: { viewer: Viewer; wanted: NewReview },
): Promise<Review> {
  const { pull } = thread;
  const author = accountOf(viewer);
  const { event, body = "", comments = [] } = wanted;
  checkEvent(thread, viewer, { event, body, comments: comments.length });
  if (pull.reviews.some((review) => review.author === author && review.state === "PENDING")) {
    throw unprocessable("Unprocessable Entity", ["User can only have one pending review per pull request"]);
  }
  const commitId = wanted.commitId ?? pull.head.sha;
  if ((await thread.repository.git.commit(commitId)) === null) {
    throw unprocessable("Unprocessable Entity", ["The commit_id is not part of the pull request"]);
  }
  const files = comments.length === 0 ? [] : await pullFiles(thread);
  const places = comments.map((comment) => locateLines(files, comment));
  const now = time();
  const review: Review = {
    id: world.store.nextId(),
    author,
    body,
    commitId,
    state: event === undefined ? "PENDING" : STATE[event],
    submittedAt: event === undefined ? null : now,
  };
  pull.reviews.push(review);
  comments.forEach((comment, index) => {
    const place = places[index];
    if (place === undefined) return;
    pull.reviewComments.push({
      id: world.store.nextId(),
      reviewId: review.id,
      author,
      commitId,
      inReplyTo: null,
      createdAt: now,
      updatedAt: now,
      body: comment.body,
      ...place,
    });
  });
  if (event !== undefined) await tellSubmitted(world, thread, review);
  return review;
}

/** https://docs.github.com/rest/pulls/reviews#submit-a-review-for-a-pull-request */
export async function submitReview(
  world: World,
  thread: PullThread,
  { viewer, review, event, body }: { viewer: Viewer; review: Review; event: ReviewEvent; body?: string | undefined },
): Promise<void> {
  if (review.state !== "PENDING") throw unprocessable("Unprocessable Entity", ["The review is not pending"]);
  const comments = thread.pull.reviewComments.filter(({ reviewId }) => reviewId === review.id).length;
  checkEvent(thread, viewer, { event, body: body ?? review.body, comments });
  review.body = body ?? review.body;
  review.state = STATE[event];
  review.submittedAt = time();
  await tellSubmitted(world, thread, review);
}

/** https://docs.github.com/rest/pulls/reviews#dismiss-a-review-for-a-pull-request */
export async function dismissReview(
  world: World,
  thread: PullThread,
  { viewer, review }: { viewer: Viewer; review: Review },
): Promise<void> {
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    throw unprocessable("Validation Failed", ["Can not dismiss a commented pull request review"]);
  }
  review.state = "DISMISSED";
  await emit(world, {
    repository: thread.repository,
    event: "pull_request_review",
    action: "dismissed",
    sender: accountOf(viewer),
    payload: () => reviewPayload(world, thread, review),
  });
}

function checkEvent(
  thread: PullThread,
  viewer: Viewer,
  { event, body, comments }: { event: ReviewEvent | undefined; body: string; comments: number },
): void {
  const own = accountOf(viewer).id === thread.author.id;
  if (own && event === "APPROVE") {
    throw unprocessable("Unprocessable Entity", ["Can not approve your own pull request"]);
  }
  if (own && event === "REQUEST_CHANGES") {
    throw unprocessable("Unprocessable Entity", ["Can not request changes on your own pull request"]);
  }
  if (thread.locked && viewer.kind === "user") throw forbidden("Conversation is locked");
  const needsBody = event === "REQUEST_CHANGES" || event === "COMMENT";
  if (needsBody && body.trim() === "" && comments === 0) {
    throw new ApiError(422, "Unprocessable Entity", { errors: ["Review body can't be blank"] });
  }
  if (
    thread.state === "closed" &&
    (event === "APPROVE" || event === "REQUEST_CHANGES") &&
    thread.pull.merged !== null
  ) {
    throw unprocessable("Unprocessable Entity", ["Can not approve or request changes on a merged pull request"]);
  }
}

async function tellSubmitted(world: World, thread: PullThread, review: Review): Promise<void> {
  thread.updatedAt = time();
  withdraw(thread, review.author);
  const common = { repository: thread.repository, sender: review.author };
  await emit(world, {
    ...common,
    event: "pull_request_review",
    action: "submitted",
    payload: () => reviewPayload(world, thread, review),
  });
  for (const comment of thread.pull.reviewComments.filter(({ reviewId }) => reviewId === review.id)) {
    await emit(world, {
      ...common,
      event: "pull_request_review_comment",
      action: "created",
      payload: () => commentPayload(world, thread, comment),
    });
  }
}

function commentPayload(world: World, thread: PullThread, comment: ReviewComment): object {
  return { comment: presentReviewComment(world, thread, comment), pull_request: presentPull(world, thread) };
}
