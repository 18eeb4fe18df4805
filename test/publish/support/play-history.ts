import { expect } from "vitest";
import type { PublishTarget } from "../../../src/publish/target.ts";
import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { publishRegistry } from "../../../src/tasks/publish-registry.ts";
import type { Files } from "./files.ts";
import { readTextKeys } from "./read-text-keys.ts";
import { filesOf, type Step } from "./registry-steps.ts";

export const run = (
  tree: RegistryHistory,
  target: PublishTarget,
  more: { readonly full?: boolean; readonly serverUrl?: string } = {},
) => publishRegistry({ tree, target, readKeys: readTextKeys, ...more });

const killed = "killed";

/** A target whose publications die when they have put that many folders, at the latest at their end. */
export function cutOff(target: PublishTarget, puts: number): PublishTarget {
  return {
    ...target,
    open: async (request) => {
      const session = await target.open(request);
      const put = session.put.bind(session);
      let left = puts;
      session.put = async (folder) => {
        if (left <= 0) throw new Error(killed);
        left -= 1;
        await put(folder);
      };
      session.finish = async () => {
        throw new Error(killed);
      };
      return session;
    },
  };
}

interface Place {
  readonly target: PublishTarget;
  read(): Record<string, string> | Promise<Record<string, string>>;
}

/** Publishes commit after commit to one place, and holds what is there against a publication to an empty one. */
export async function playHistory(
  steps: readonly Step[],
  of: {
    readonly registry: { commit(files: Files): Promise<RegistryHistory> };
    readonly place: () => Promise<Place>;
  },
): Promise<void> {
  const { target, read } = await of.place();
  const before: Files[] = [];
  let now: Files = {};
  let where = {};
  const publishes = async (commit: RegistryHistory, how: { readonly full?: boolean } = {}) => {
    await run(commit, target, { ...where, ...how });
    const fresh = await of.place();
    await run(commit, fresh.target, where);
    expect(await read()).toEqual(await fresh.read());
  };
  for (const [index, { change, cutAfter, isNew, ...more }] of steps.entries()) {
    const files = filesOf(change, { now, before });
    before.push(now);
    now = Object.fromEntries(Object.entries({ ...now, ...files }).filter(([, value]) => value !== null));
    where = { ...where, ...more };
    const known = await of.registry.commit(files);
    const commit = isNew === true ? { ...known, changedSince: async () => null } : known;
    if (cutAfter !== undefined) await expect(run(commit, cutOff(target, cutAfter), where)).rejects.toThrow(killed);
    else await publishes(commit);
    if (index === steps.length - 1) await publishes(commit, { full: true });
  }
}
