import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import type { PullThread } from "../entities/thread.ts";
import { isAncestor } from "../git/history.ts";
import { type RefChange, readRef, ZERO } from "../git/refs.ts";
import { writeRefs } from "../git/write-refs.ts";
import { appliesTo } from "../rulesets/match.ts";
import { emit } from "../webhooks/emit.ts";
import { reviewPayload } from "../webhooks/review-payload.ts";
import { time, type World } from "../world.ts";
import { markMerged, setState, tellPull } from "./pull-state.ts";

/** Pull requests follow the branches they come from and go to. */
export async function followPush(
  world: World,
  repository: Repository,
  { by, change }: { by: Account; change: RefChange },
): Promise<void> {
  if (!change.ref.startsWith("refs/heads/")) return;
  const branch = change.ref.slice("refs/heads/".length);
  for (const base of world.store.network(repository)) {
    for (const thread of openPulls(base)) {
      if (thread.pull.head.repository === repository && thread.pull.head.ref === branch) {
        await moveHead(world, thread, { by, change });
      }
    }
  }
  const going = openPulls(repository).filter(({ pull }) => pull.base.ref === branch);
  if (change.after === ZERO) {
    for (const thread of going) await setState(world, thread, { by, state: "closed" });
    return;
  }
  if (going.length === 0) return;
  const contained = await containedHeads(repository, change.after);
  for (const thread of going) {
    if (contained.has(thread.number)) await markMerged(world, thread, { by, sha: change.after });
  }
}

/** The numbers of the pull requests whose head the commit contains. */
async function containedHeads(repository: Repository, commit: string): Promise<Set<number>> {
  const text = await repository.git.text(["for-each-ref", "--format=%(refname)", `--merged=${commit}`, "refs/pull/"]);
  return new Set(
    text.split("\n").flatMap((line) => /^refs\/pull\/(\d+)\/head$/.exec(line)?.slice(1).map(Number) ?? []),
  );
}

async function moveHead(
  world: World,
  thread: PullThread,
  { by, change }: { by: Account; change: RefChange },
): Promise<void> {
  const { pull, repository } = thread;
  if (change.after === ZERO) return setState(world, thread, { by, state: "closed" });
  const before = pull.head.sha;
  await writeRefs(repository.git, [{ ref: `refs/pull/${thread.number}/head`, before, after: change.after }]);
  pull.head.sha = change.after;
  pull.base.sha = (await readRef(repository.git, `refs/heads/${pull.base.ref}`)) ?? pull.base.sha;
  pull.mergeability = null;
  thread.updatedAt = time();
  await dismissStale(world, thread, by);
  await tellPull(world, thread, { by, action: "synchronize", more: { before, after: change.after } });
  // A head that brings nothing any more is closed by GitHub.
  if (await isAncestor(repository.git, change.after, pull.base.sha))
    await setState(world, thread, { by, state: "closed" });
}

async function dismissStale(world: World, thread: PullThread, by: Account): Promise<void> {
  const { repository, pull } = thread;
  const dismisses = repository.rulesets
    .filter((ruleset) => appliesTo(ruleset, repository, `refs/heads/${pull.base.ref}`))
    .flatMap(({ rules }) => rules)
    .some(({ type, parameters }) => type === "pull_request" && parameters?.dismiss_stale_reviews_on_push === true);
  if (!dismisses) return;
  for (const review of pull.reviews) {
    if (review.state !== "APPROVED") continue;
    review.state = "DISMISSED";
    await emit(world, {
      repository,
      event: "pull_request_review",
      action: "dismissed",
      sender: by,
      payload: () => reviewPayload(world, thread, review),
    });
  }
}

function openPulls(repository: Repository): PullThread[] {
  return [...repository.threads.values()].filter(
    (thread): thread is PullThread => thread.pull !== null && thread.state === "open",
  );
}
