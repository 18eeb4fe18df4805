import type { Repository } from "../entities/repository.ts";
import { forbidden } from "../errors.ts";
import { type RefChange, readRef, ZERO } from "../git/refs.ts";
import { entryAt } from "../git/resolve.ts";
import type { Viewer } from "../viewer.ts";

const FOLDER = ".github/workflows";

/**
 * An app without `workflows: write` cannot bring in workflow files that the repository does not have yet.
 * https://docs.github.com/rest/authentication/permissions-required-for-github-apps
 */
export async function refuseWorkflows(repository: Repository, change: RefChange, viewer: Viewer): Promise<void> {
  if (await touchesWorkflows(repository, change, viewer)) {
    throw forbidden(
      `refusing to allow a GitHub App to create or update workflow \`${FOLDER}\` without \`workflows\` permission`,
    );
  }
}

async function touchesWorkflows(repository: Repository, change: RefChange, viewer: Viewer): Promise<boolean> {
  if (viewer.kind !== "installation" || viewer.permissions.workflows === "write") return false;
  if (change.after === ZERO || !change.ref.startsWith("refs/heads/")) return false;
  const after = await entryAt(repository.git, change.after, FOLDER);
  if (after === null) return false;
  const main = await readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
  for (const known of [change.before, main]) {
    if (known === null || known === ZERO) continue;
    if ((await entryAt(repository.git, known, FOLDER))?.sha === after.sha) return false;
  }
  return true;
}
