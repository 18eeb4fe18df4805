import type { PublishTarget } from "../../../src/publish/target.ts";
import { type GitBranchOptions, gitBranchTarget } from "../../../src/publish/targets/git-branch.ts";

/** The branch `host` of a repository in a folder. */
export const branchTarget = (path: string, more: Partial<GitBranchOptions> = {}): PublishTarget =>
  gitBranchTarget({
    repository: { kind: "folder", path },
    branch: "host",
    isOwn: false,
    dataFolder: null,
    token: async () => null,
    ...more,
  });
