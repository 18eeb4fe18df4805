import type { S3Environment } from "../config/env.ts";
import { parseTarget } from "../publish/parse-target.ts";
import type { PublishTarget } from "../publish/target.ts";
import { directoryTarget } from "../publish/targets/directory.ts";
import { gitBranchTarget } from "../publish/targets/git-branch.ts";
import { s3Target } from "../publish/targets/s3.ts";

export interface TargetOptions {
  /** Where copies of branches elsewhere are kept; null: only as long as a publication takes. */
  readonly dataFolder: string | null;
  readonly s3?: S3Environment;
  /** The registry's own repository, which `git:#host` means: its URL, or its folder. */
  readonly own: { readonly kind: "url"; readonly url: string } | { readonly kind: "folder"; readonly path: string };
  /** What pushes to a URL of a repository; null: what git has of its own. */
  readonly tokenFor: (url: string) => () => Promise<string | null>;
}

/** A publish target by its text, e.g. `dir:/srv/registry` or `git:#host`. */
export function composeTarget(text: string, { dataFolder, s3, own, tokenFor }: TargetOptions): PublishTarget {
  const address = parseTarget(text);
  switch (address.kind) {
    case "directory":
      return directoryTarget(address.path);
    case "git-branch": {
      const repository = address.repository.kind === "own" ? own : address.repository;
      const isOwn = JSON.stringify(repository) === JSON.stringify(own);
      const token = repository.kind === "url" ? tokenFor(repository.url) : async () => null;
      return gitBranchTarget({ repository, branch: address.branch, isOwn, dataFolder, token });
    }
    case "s3":
      return s3Target({ ...address, endpoint: null, region: "us-east-1", credentials: null, ...s3, dataFolder });
  }
}
