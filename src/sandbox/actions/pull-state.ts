import type { Account } from "../entities/account.ts";
import type { PullThread } from "../entities/thread.ts";
import { presentFullPull } from "../present/pull.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";
import { pullNumbers } from "./pull-numbers.ts";

export async function tellPull(
  world: World,
  thread: PullThread,
  { by, action, more = {} }: { by: Account; action: string; more?: object },
): Promise<void> {
  await emit(world, {
    repository: thread.repository,
    event: "pull_request",
    action,
    sender: by,
    payload: async () => ({
      number: thread.number,
      pull_request: presentFullPull(world, thread, await pullNumbers(thread)),
      ...more,
    }),
  });
}

export async function setState(
  world: World,
  thread: PullThread,
  { by, state }: { by: Account; state: "open" | "closed" },
): Promise<void> {
  if (thread.state === state) return;
  const now = time();
  thread.state = state;
  thread.closedAt = state === "closed" ? now : null;
  thread.closedBy = state === "closed" ? by : null;
  thread.updatedAt = now;
  await tellPull(world, thread, { by, action: state === "closed" ? "closed" : "reopened" });
}

export async function markMerged(
  world: World,
  thread: PullThread,
  { by, sha }: { by: Account; sha: string },
): Promise<void> {
  thread.pull.merged = { at: time(), by, sha };
  await setState(world, thread, { by, state: "closed" });
}
