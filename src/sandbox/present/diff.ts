import type { Repository } from "../entities/repository.ts";
import type { DiffFile } from "../git/diff.ts";
import type { World } from "../world.ts";
import { api, html } from "./git.ts";

/** GitHub's `diff-entry`. */
export function presentDiffFile(world: World, repository: Repository, { file, at }: { file: DiffFile; at: string }) {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html(world, repository)}/blob/${at}/${path}`,
    raw_url: `${html(world, repository)}/raw/${at}/${path}`,
    contents_url: `${api(world, repository)}/contents/${path}?ref=${at}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}
