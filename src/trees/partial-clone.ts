import type { RegistrarError } from "../registry/errors.ts";
import { runGit } from "./git-process.ts";
import { gitFailed } from "./git-remote.ts";

/** What git leaves on the other side, where that knows how; elsewhere git gets everything. */
export const withoutBlobs = "--filter=blob:none";

/**
 * Git's settings by which it knows that what is missing here is there, for one run. They are never kept in the repository:
 * whoever reads there is then told that an object is missing, while git would fetch one after the other, each by a request
 * of its own, and with what credential? Objects can be asked for by their ids from the second version of the protocol on.
 * https://git-scm.com/docs/partial-clone
 */
export const partialConfig = (url: string): Readonly<Record<string, string>> => ({
  [`remote.${url}.promisor`]: "true",
  [`remote.${url}.partialCloneFilter`]: "blob:none",
  "protocol.version": "2",
});

/** The ids of which the repository has no object. */
export async function missingObjects(gitFolder: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const fail = gitFailed("Git cannot say which objects it has");
  const input = ids.map((id) => `${id}\n`).join("");
  const text = await runGit(gitFolder, ["cat-file", "--batch-check"], { fail, input });
  return text.split("\n").flatMap((line) => /^([0-9a-f]+) missing$/.exec(line)?.[1] ?? []);
}

/** Fetches objects by their ids, all in one request. */
export async function fetchObjects(
  gitFolder: string,
  of: {
    readonly url: string;
    readonly ids: readonly string[];
    /** How the other side is talked to. */
    readonly config: Readonly<Record<string, string>>;
    readonly fail: (errors: string) => RegistrarError;
  },
): Promise<void> {
  const { url, ids, config, fail } = of;
  const args = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", withoutBlobs, "--stdin", url];
  await runGit(gitFolder, args, {
    fail,
    input: ids.map((id) => `${id}\n`).join(""),
    // What is here already says nothing about what is asked for.
    config: { ...config, ...partialConfig(url), "fetch.negotiationAlgorithm": "noop" },
  });
}
