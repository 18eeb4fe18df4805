import { quoted } from "../registry/plain-text.ts";
import { runGit } from "./git-process.ts";
import { gitFailed, remoteConfig } from "./git-remote.ts";
import { makeFolder } from "./make-folder.ts";

/** A bare copy of one branch of the registry repository, for publishing. */
export interface GitMirror {
  readonly folder: string;
  /** Brings the copy up to date and returns the commit of the branch. Not for two callers at once. */
  fetch(branch: string): Promise<string>;
}

/** Keeps a bare copy below `folder`; whatever is lost there is fetched again. `token` null: anonymously. */
export function createMirror(input: {
  readonly folder: string;
  /** e.g. `https://github.com/owner/name.git` */
  readonly url: string;
  readonly token: () => Promise<string | null>;
}): GitMirror {
  const { folder, url, token } = input;
  return {
    folder,
    fetch: async (branch) => {
      makeFolder(folder);
      await runGit(folder, ["init", "--quiet", "--bare"], {
        fail: gitFailed(`${quoted(folder)} cannot be made a repository`),
      });
      const ref = `refs/heads/${branch}`;
      await runGit(
        folder,
        ["fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", url, `+${ref}:${ref}`],
        {
          fail: gitFailed(`${quoted(url)} could not be fetched`),
          config: remoteConfig(url, await token()),
        },
      );
      const fail = gitFailed(`The branch ${quoted(branch)} was not fetched`);
      return (await runGit(folder, ["rev-parse", "--verify", `${ref}^{commit}`], { fail })).trim();
    },
  };
}
