import { roleOf } from "../access.ts";
import type { Account } from "../entities/account.ts";
import type { PullThread } from "../entities/thread.ts";
import { unprocessable } from "../errors.ts";
import { presentAccount } from "../present/account.ts";
import { nameOf } from "../store.ts";
import { time, type World } from "../world.ts";
import { tellPull } from "./pull-state.ts";

/** https://docs.github.com/rest/pulls/review-requests#request-reviewers-for-a-pull-request; all are asked or none. */
export async function requestReviewers(
  world: World,
  thread: PullThread,
  { by, logins, teams }: { by: Account; logins: readonly string[]; teams: readonly string[] },
): Promise<void> {
  const accounts = logins.map((login) => collaborator(world, thread, login));
  if (teams.length > 0 || accounts.includes(null)) {
    throw unprocessable(
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${nameOf(thread.repository)} repository.`,
    );
  }
  if (accounts.includes(thread.author)) throw unprocessable("Review cannot be requested from pull request author.");
  for (const account of accounts) {
    if (account === null || thread.pull.requested.includes(account)) continue;
    thread.pull.requested.push(account);
    await tell(world, thread, { by, account, action: "review_requested" });
  }
}

export async function unrequestReviewers(
  world: World,
  thread: PullThread,
  { by, logins }: { by: Account; logins: readonly string[] },
): Promise<void> {
  for (const login of logins) {
    const account = world.store.account(login);
    if (account === undefined || !withdraw(thread, account)) continue;
    await tell(world, thread, { by, account, action: "review_request_removed" });
  }
}

/** Who has reviewed is not waited for any more. False when nobody waited. */
export function withdraw({ pull }: PullThread, account: Account): boolean {
  const index = pull.requested.indexOf(account);
  if (index >= 0) pull.requested.splice(index, 1);
  return index >= 0;
}

/** Whoever was given a role, and the owner; that everybody can read a public repository makes nobody a collaborator. */
function collaborator(world: World, { repository }: PullThread, login: string): Account | null {
  const account = world.store.account(login);
  if (account === undefined) return null;
  return repository.roles.has(account.id) || roleOf(repository, account) === "admin" ? account : null;
}

async function tell(
  world: World,
  thread: PullThread,
  { by, account, action }: { by: Account; account: Account; action: string },
): Promise<void> {
  thread.updatedAt = time();
  await tellPull(world, thread, { by, action, more: { requested_reviewer: presentAccount(world, account) } });
}
