import type { Repository } from "../entities/repository.ts";
import type { Ruleset } from "../entities/ruleset.ts";
import { nameOf } from "../store.ts";
import type { World } from "../world.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";

export function presentRuleset(
  world: World,
  repository: Repository,
  {
    ruleset,
    bypass,
    whole,
  }: { ruleset: Ruleset; bypass: "always" | "pull_requests_only" | "never" | "exempt"; whole: "no" | "read" | "write" },
) {
  return {
    id: ruleset.id,
    node_id: nodeId("RepositoryRuleset", ruleset.id),
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: nameOf(repository),
    enforcement: ruleset.enforcement,
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
    _links: {
      self: { href: `${api(world, repository)}/rulesets/${ruleset.id}` },
      html: { href: `${html(world, repository)}/rules/${ruleset.id}` },
    },
    ...(whole === "no"
      ? {}
      : {
          conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
          rules: ruleset.rules,
          current_user_can_bypass: bypass,
        }),
    // Shown only to those who may write the ruleset: https://docs.github.com/rest/repos/rules#get-a-repository-ruleset
    ...(whole === "write" ? { bypass_actors: ruleset.bypassActors } : {}),
  };
}
