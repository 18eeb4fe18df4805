import { mkdir } from "node:fs/promises";
import { runGit } from "./program.ts";

/** A bare copy of one branch of the registry repository, for publishing. */
export interface Mirror {
  readonly folder: string;
  /** Brings the copy up to date and returns the commit of the branch. */
  fetch(branch: string): Promise<string>;
}

/** Keeps a bare copy below `folder`; whatever is lost there is fetched again. `token` null: anonymously. */
export function createMirror(input: {
  readonly folder: string;
  /** e.g. `https://github.com/owner/name.git` */
  readonly url: string;
  readonly token: () => Promise<string | null>;
}): Mirror {
  const { folder, url, token } = input;
  return {
    folder,
    fetch: async (branch) => {
      await mkdir(folder, { recursive: true });
      await runGit(["init", "--quiet", "--bare"], { cwd: folder });
      const secret = await token();
      const basic = Buffer.from(`x-access-token:${secret}`).toString("base64");
      const ref = `refs/heads/${branch}`;
      await runGit(["fetch", "--quiet", "--force", "--no-tags", url, `+${ref}:${ref}`], {
        cwd: folder,
        config: secret === null ? {} : { "http.extraHeader": `Authorization: Basic ${basic}` },
      });
      return (await runGit(["rev-parse", "--verify", `${ref}^{commit}`], { cwd: folder })).trim();
    },
  };
}
