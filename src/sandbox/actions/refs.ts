import type { Repository } from "../entities/repository.ts";
import { ApiError, conflict, unprocessable } from "../errors.ts";
import { type RefChange, readRef } from "../git/refs.ts";
import { writeRefs } from "../git/write-refs.ts";
import { ruleMessage, violationsOfChange } from "../rulesets/enforce.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { afterPush } from "./after-push.ts";
import { refuseWorkflows } from "./workflows.ts";

/** Moves, makes or removes one ref as this viewer: rules first, then git, then everything that follows a push. */
export function changeRef(
  world: World,
  repository: Repository,
  { viewer, change, refusal = 422 }: { viewer: Viewer; change: RefChange; refusal?: number },
): Promise<void> {
  return world.lock.run(repository.git.objects, async () => {
    const violations = await violationsOfChange(repository, change, { viewer });
    if (violations.length > 0) throw new ApiError(refusal, ruleMessage(violations));
    await refuseWorkflows(repository, change, viewer);
    // git's own refusal would be a failure of ours: what came between is the caller's to know.
    const current = await readRef(repository.git, change.ref);
    if ((current ?? "0".repeat(40)) !== change.before) throw conflict(`is at ${current} but expected ${change.before}`);
    await checkNames(repository, change);
    await writeRefs(repository.git, [change]);
    await afterPush(world, repository, { by: accountOf(viewer), changes: [change] });
  });
}

// A branch `a` and a branch `a/b` cannot both exist.
async function checkNames(repository: Repository, { ref, before }: RefChange): Promise<void> {
  if (!/^0+$/.test(before)) return;
  const parts = ref.split("/");
  for (let length = 3; length < parts.length; length += 1) {
    const shorter = parts.slice(0, length).join("/");
    if ((await readRef(repository.git, shorter)) !== null) {
      throw unprocessable(`Reference update failed: '${shorter}' exists; cannot create '${ref}'`);
    }
  }
}
