import { setTimeout as sleep } from "node:timers/promises";
import { people, registryRepository } from "./demo.ts";
import { pollUntil } from "./poll.ts";
import type { Show } from "./scenario.ts";
import { type SeenCheck, seeCheck, seeComment, seePullRequest } from "./view.ts";

/** Waits until a pull request is held and its comment says so. */
export async function readHold({ view }: Show, number: number): Promise<SeenCheck> {
  return pollUntil(`pull request ${number} to be held`, async () => {
    const check = await seeCheck(view, (await seePullRequest(view, number)).headSha);
    return check?.verdict === "hold" && (await seeComment(view, number)) !== null ? check : null;
  });
}

/**
 * Approves a pull request as a person does who has read its verdict first. GitHub's times are whole seconds, and an approval
 * of the same second would not count as an answer, so it is given in the next one.
 */
export async function approve(show: Show, wish: { readonly number: number; readonly by: string }): Promise<void> {
  const { startedAt } = await readHold(show, wish.number);
  await sleep(Math.max(0, Date.parse(startedAt) + 1_000 - Date.now()));
  await show.stage.sandbox
    .as(wish.by)
    .review({ repository: registryRepository, number: wish.number, event: "APPROVE" });
}

/** The button "Re-run" of its check, so that what has been approved is certainly looked at. */
export async function rerunCheck(show: Show, number: number): Promise<void> {
  const { id } = await readHold(show, number);
  await show.stage.sandbox.as(people.maintainer).rerequestCheck({ repository: registryRepository, id });
}
