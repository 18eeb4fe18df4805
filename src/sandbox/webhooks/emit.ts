import { isSilent } from "../actions/silently.ts";
import type { Account } from "../entities/account.ts";
import type { App } from "../entities/app.ts";
import type { Repository } from "../entities/repository.ts";
import { presentAccount } from "../present/account.ts";
import { nodeId } from "../present/node-id.ts";
import { presentRepository } from "../present/repository.ts";
import type { World } from "../world.ts";

export interface Happening {
  readonly repository: Repository;
  readonly event: string;
  readonly action?: string;
  readonly sender: Account;
  /** Only when somebody listens is it built; what it shows is the state at that moment. */
  readonly payload: () => object | Promise<object>;
  /** Events about an app's own checks go to that app alone, whether it subscribes or not. */
  readonly onlyTo?: App;
}

/** The permission that an app needs for an event. https://docs.github.com/webhooks/webhook-events-and-payloads */
const PERMISSION: Readonly<Record<string, string>> = {
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  pull_request_review_comment: "pull_requests",
  issue_comment: "issues",
  issues: "issues",
  check_run: "checks",
  check_suite: "checks",
  status: "statuses",
  push: "contents",
  create: "contents",
  delete: "contents",
  release: "contents",
  repository_dispatch: "contents",
};

const LARGEST = 25 * 1024 * 1024;

/** Tells every app whose installation covers the repository and that listens. */
export function emit(world: World, happening: Happening): Promise<void> {
  const { repository, event, action, sender } = happening;
  world.lag.changed(repository);
  const listening = [...world.store.installations.values()].filter(
    (installation) => world.store.covers(installation, repository) && listens(installation.app, happening),
  );
  if (listening.length === 0 || isSilent()) return Promise.resolve();
  return world.webhooks.during(async () => {
    const specific = await happening.payload();
    const common = {
      repository: presentRepository(world, repository),
      ...(repository.owner.type === "Organization" ? { organization: presentAccount(world, repository.owner) } : {}),
      sender: presentAccount(world, sender),
    };
    for (const { id, app } of listening) {
      const installation = { id, node_id: nodeId("IntegrationInstallation", id) };
      const payload = JSON.stringify({
        ...(action === undefined ? {} : { action }),
        ...specific,
        ...common,
        installation,
      });
      // https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap
      if (payload.length > LARGEST) continue;
      const to = { app, event, action: action ?? null };
      world.webhooks.send({ ...to, payload, installationId: id, repositoryId: repository.id });
    }
  });
}

function listens(app: App, { event, onlyTo }: Happening): boolean {
  if (app.webhook === null) return false;
  if (onlyTo !== undefined) return app === onlyTo && app.permissions.checks === "write";
  const permission = PERMISSION[event];
  return app.events.includes(event) && (permission === undefined || app.permissions[permission] !== undefined);
}
