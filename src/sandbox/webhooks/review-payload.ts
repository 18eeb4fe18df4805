import type { PullThread, Review } from "../entities/thread.ts";
import { presentPull, presentReview } from "../present/pull.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request_review (states are in small letters here) */
export function reviewPayload(world: World, thread: PullThread, review: Review): object {
  const shown = presentReview(world, thread, review);
  return { review: { ...shown, state: shown.state.toLowerCase() }, pull_request: presentPull(world, thread) };
}
