import type { Faults } from "../sandbox/index.ts";
import type { GitHubSide } from "./github-side.ts";

/** Does something just before the next such request of Registrar is answered; resolves when it is done. */
export const justBefore = (
  { sandbox }: Pick<GitHubSide, "sandbox">,
  request: Parameters<Faults["before"]>[0],
  work: () => Promise<unknown>,
): Promise<unknown> =>
  new Promise((resolve, reject) => sandbox.faults.before(request, () => work().then(resolve, reject)));

/** The request that merges a pull request. */
export const mergeOf = (number: number) => ({ method: "PUT", path: new RegExp(`/pulls/${number}/merge$`) });
