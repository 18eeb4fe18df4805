import { atLeast, roleOf } from "../access.ts";
import type { Side } from "../actions/diff-lines.ts";
import { addReview, dismissReview, type ReviewEvent, submitReview } from "../actions/reviews.ts";
import type { PullThread, Review } from "../entities/thread.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import type { Body } from "../http/body.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentReview, presentReviewComment } from "../present/pull.ts";
import { pullFrom } from "./pulls.ts";

const PULL = "/repos/{owner}/{repo}/pulls/{pull_number}";

/** https://docs.github.com/rest/pulls/reviews, https://docs.github.com/rest/pulls/comments */
export const reviewRoutes: readonly Route[] = [
  route(`GET ${PULL}/reviews`, read("pull_requests"), (request) => {
    const thread = pullFrom(request);
    return list(request, visibleReviews(request, thread), (review) => presentReview(request.world, thread, review));
  }),
  route(`POST ${PULL}/reviews`, write("pull_requests", "read"), async (request) => {
    const { world, viewer, body } = request;
    const thread = pullFrom(request);
    const review = await addReview(world, thread, {
      viewer,
      wanted: {
        event: eventOf(body),
        body: body.text("body"),
        commitId: body.text("commit_id"),
        comments: body.objects("comments")?.map((comment) => ({
          path: comment.needed("path"),
          body: comment.needed("body"),
          line: comment.number("line"),
          side: sideOf(comment.text("side")),
          startLine: comment.number("start_line"),
          startSide: sideOf(comment.text("start_side")),
          position: comment.number("position"),
        })),
      },
    });
    return ok(presentReview(world, thread, review));
  }),
  route(`GET ${PULL}/reviews/{review_id}`, read("pull_requests"), (request) => {
    const { thread, review } = reviewFrom(request);
    return ok(presentReview(request.world, thread, review));
  }),
  route(`POST ${PULL}/reviews/{review_id}/events`, write("pull_requests", "read"), async (request) => {
    const { world, viewer, body, account } = request;
    const { thread, review } = reviewFrom(request);
    const event = eventOf(body);
    if (review.author !== account || event === undefined) throw notFound();
    await submitReview(world, thread, { viewer, review, event, body: body.text("body") });
    return ok(presentReview(world, thread, review));
  }),
  route(`PUT ${PULL}/reviews/{review_id}/dismissals`, write("pull_requests"), async (request) => {
    const { world, viewer, repository } = request;
    const { thread, review } = reviewFrom(request);
    if (viewer.kind === "user" && !atLeast(roleOf(repository, viewer.account), "write")) throw forbidden();
    await dismissReview(world, thread, { viewer, review });
    return ok(presentReview(world, thread, review));
  }),
  route(`GET ${PULL}/reviews/{review_id}/comments`, read("pull_requests"), (request) => {
    const { thread, review } = reviewFrom(request);
    const comments = thread.pull.reviewComments.filter(({ reviewId }) => reviewId === review.id);
    return list(request, comments, (comment) => {
      // This list knows positions only. https://docs.github.com/rest/pulls/reviews#list-comments-for-a-pull-request-review
      const {
        line: _l,
        start_line: _s,
        start_side: _t,
        subject_type: _y,
        ...shown
      } = presentReviewComment(request.world, thread, comment);
      return shown;
    });
  }),
  route(`GET ${PULL}/comments`, read("pull_requests"), (request) => {
    const thread = pullFrom(request);
    const seen = new Set(visibleReviews(request, thread).map(({ id }) => id));
    const comments = thread.pull.reviewComments.filter(({ reviewId }) => seen.has(reviewId));
    return list(request, comments, (comment) => presentComment(request, thread, comment));
  }),
];

// `position` is null when the line is gone; GitHub's description knows no null there and leaves it out.
function presentComment(
  request: ApiRequest,
  thread: PullThread,
  comment: PullThread["pull"]["reviewComments"][number],
) {
  const { position, ...shown } = presentReviewComment(request.world, thread, comment);
  return position === null ? shown : { ...shown, position };
}

function visibleReviews({ viewer }: ApiRequest, thread: PullThread): Review[] {
  const own = viewer.kind === "user" ? viewer.account : viewer.kind === "installation" ? viewer.app.bot : null;
  return thread.pull.reviews.filter(({ state, author }) => state !== "PENDING" || author === own);
}

function reviewFrom(request: ApiRequest): { thread: PullThread; review: Review } {
  const thread = pullFrom(request);
  const review = visibleReviews(request, thread).find(({ id }) => id === request.id("review_id"));
  if (review === undefined) throw notFound();
  return { thread, review };
}

function eventOf(body: Body): ReviewEvent | undefined {
  const event = body.text("event");
  if (event === undefined || event === "") return undefined;
  if (event === "APPROVE" || event === "REQUEST_CHANGES" || event === "COMMENT") return event;
  throw unprocessable("Unprocessable Entity", [
    `Variable $event of type PullRequestReviewEvent was provided invalid value ${event}`,
  ]);
}

function sideOf(side: string | undefined): Side | undefined {
  return side === "LEFT" || side === "RIGHT" ? side : undefined;
}
