import type { Account } from "../entities/account.ts";
import type { PullThread, Thread } from "../entities/thread.ts";
import type { Body } from "../http/body.ts";
import { presentIssue } from "../present/thread.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";
import { updatePull } from "./pulls.ts";

/** https://docs.github.com/rest/issues/issues#update-an-issue; works for pull requests too. */
export async function setIssue(world: World, thread: Thread, { by, body }: { by: Account; body: Body }): Promise<void> {
  const state = body.text("state");
  const changes = {
    title: body.text("title"),
    body: body.nullableText("body"),
    state: state === "open" || state === "closed" ? (state as "open" | "closed") : undefined,
  };
  if (thread.pull !== null) return updatePull(world, thread as PullThread, { by, changes });
  if (changes.title !== undefined || changes.body !== undefined) {
    thread.title = changes.title ?? thread.title;
    thread.body = changes.body === undefined ? thread.body : changes.body;
    thread.updatedAt = time();
    await tellIssue(world, thread, { by, action: "edited" });
  }
  if (changes.state === undefined || changes.state === thread.state) return;
  const closed = changes.state === "closed";
  const reason = body.text("state_reason");
  thread.state = changes.state;
  thread.stateReason = closed
    ? reason === "not_planned" || reason === "duplicate"
      ? reason
      : "completed"
    : "reopened";
  thread.closedAt = closed ? time() : null;
  thread.closedBy = closed ? by : null;
  thread.updatedAt = time();
  await tellIssue(world, thread, { by, action: closed ? "closed" : "reopened" });
}

export function tellIssue(
  world: World,
  thread: Thread,
  { by, action }: { by: Account; action: string },
): Promise<void> {
  return emit(world, {
    repository: thread.repository,
    event: "issues",
    action,
    sender: by,
    payload: () => ({ issue: presentIssue(world, thread) }),
  });
}
