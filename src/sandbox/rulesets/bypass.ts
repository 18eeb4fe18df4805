import { atLeast, roleOf } from "../access.ts";
import type { Repository, Role } from "../entities/repository.ts";
import type { Ruleset } from "../entities/ruleset.ts";
import type { Viewer } from "../viewer.ts";

/** The ids of the built-in roles in `bypass_actors` (RepositoryRole). https://docs.github.com/rest/repos/rules */
const ROLES: Readonly<Record<number, Role>> = { 1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin" };

export type Bypass = "always" | "pull_request" | "exempt" | "never";

/** A bypass is of a whole ruleset, never of one rule. */
export function bypassOf(ruleset: Ruleset, repository: Repository, viewer: Viewer): Bypass {
  const modes = ruleset.bypassActors
    .filter(({ actor_id, actor_type }) => {
      if (actor_type === "Integration") return viewer.kind === "installation" && viewer.app.id === actor_id;
      if (viewer.kind !== "user") return false;
      if (actor_type === "User") return viewer.account.id === actor_id;
      if (actor_type === "OrganizationAdmin") return repository.owner.id === viewer.account.id;
      const role = actor_type === "RepositoryRole" && actor_id !== null ? ROLES[actor_id] : undefined;
      return role !== undefined && atLeast(roleOf(repository, viewer.account), role);
    })
    .map(({ bypass_mode }) => bypass_mode);
  if (modes.includes("exempt")) return "exempt";
  if (modes.includes("always")) return "always";
  return modes.includes("pull_request") ? "pull_request" : "never";
}

export function bypasses(bypass: Bypass, way: "push" | "merge"): boolean {
  return bypass === "always" || bypass === "exempt" || (bypass === "pull_request" && way === "merge");
}
