import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import { type RefChange, ZERO } from "../git/refs.ts";
import { presentCheckSuite } from "../present/check.ts";
import { emit } from "../webhooks/emit.ts";
import { pushPayload } from "../webhooks/push-payload.ts";
import { time, type World } from "../world.ts";
import { suiteOf } from "./check-suites.ts";
import { followPush } from "./follow-push.ts";

/** Everything that happens because refs changed, however they changed. */
export async function afterPush(
  world: World,
  repository: Repository,
  { by, changes }: { by: Account; changes: readonly RefChange[] },
): Promise<void> {
  repository.pushedAt = time();
  repository.updatedAt = repository.pushedAt;
  world.lag.changed(repository);
  const tags = changes.filter(({ ref }) => ref.startsWith("refs/tags/"));
  for (const change of changes) {
    // https://docs.github.com/webhooks/webhook-events-and-payloads#push
    if (tags.length > 3 && tags.includes(change)) continue;
    await tell(world, repository, { by, change });
  }
  for (const change of changes) await followPush(world, repository, { by, change });
}

async function tell(
  world: World,
  repository: Repository,
  { by, change }: { by: Account; change: RefChange },
): Promise<void> {
  const { ref, before, after } = change;
  const kind = ref.startsWith("refs/heads/") ? "branch" : ref.startsWith("refs/tags/") ? "tag" : null;
  if (kind === null) return;
  const name = ref.split("/").slice(2).join("/");
  const common = { repository, sender: by };
  if (before === ZERO || after === ZERO) {
    await emit(world, {
      ...common,
      event: after === ZERO ? "delete" : "create",
      payload: () => ({
        ref: name,
        ref_type: kind,
        ...(after === ZERO ? {} : { master_branch: repository.defaultBranch, description: repository.description }),
        pusher_type: "user",
      }),
    });
  }
  await emit(world, { ...common, event: "push", payload: () => pushPayload(world, repository, { by, change }) });
  if (kind === "branch" && after !== ZERO)
    await requestSuites(world, repository, { by, change: { ...change, ref: name } });
}

// A suite for every app that may write checks, asked for or not.
// https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks#about-check-suites
async function requestSuites(
  world: World,
  repository: Repository,
  { by, change }: { by: Account; change: RefChange },
): Promise<void> {
  for (const installation of world.store.installations.values()) {
    const { app } = installation;
    if (app.permissions.checks !== "write" || !world.store.covers(installation, repository)) continue;
    const suite = suiteOf(world, repository, {
      app,
      sha: change.after,
      branch: change.ref,
      before: change.before,
    });
    await emit(world, {
      repository,
      event: "check_suite",
      action: "requested",
      sender: by,
      onlyTo: app,
      payload: async () => ({ check_suite: await presentCheckSuite(world, repository, suite) }),
    });
  }
}
