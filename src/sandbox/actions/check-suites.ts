import type { App } from "../entities/app.ts";
import type { CheckSuite } from "../entities/check.ts";
import type { Repository } from "../entities/repository.ts";
import { time, type World } from "../world.ts";

/** The suite of an app on a commit: there is one, made when it is first needed. */
export function suiteOf(
  world: World,
  repository: Repository,
  { app, sha, branch, before = null }: { app: App; sha: string; branch: string | null; before?: string | null },
): CheckSuite {
  const known = repository.suites.find((suite) => suite.app === app && suite.headSha === sha);
  if (known !== undefined) return known;
  const now = time();
  const suite: CheckSuite = {
    id: world.store.nextId(),
    app,
    headSha: sha,
    headBranch: branch,
    before,
    createdAt: now,
    updatedAt: now,
    runs: [],
  };
  repository.suites.push(suite);
  return suite;
}
