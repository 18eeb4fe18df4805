import type { Repository } from "../entities/repository.ts";
import type { Rule } from "../entities/ruleset.ts";
import type { PullThread } from "../entities/thread.ts";
import { isAncestor } from "../git/history.ts";
import { type RefChange, ZERO } from "../git/refs.ts";
import type { Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { bypasses, bypassOf } from "./bypass.ts";
import { appliesTo } from "./match.ts";
import { missingReview } from "./reviews.ts";
import { missingCheck } from "./status-checks.ts";

/** The rules that hold for this viewer on this ref. */
export function rulesFor(
  repository: Repository,
  ref: string,
  { viewer, way }: { viewer: Viewer; way: "push" | "merge" },
) {
  return repository.rulesets
    .filter((ruleset) => appliesTo(ruleset, repository, ref))
    .filter((ruleset) => !bypasses(bypassOf(ruleset, repository, viewer), way))
    .flatMap((ruleset) => ruleset.rules);
}

/** What a direct change of a ref would violate, in GitHub's words. Force is judged by the caller when it cannot be here. */
export async function violationsOfChange(
  repository: Repository,
  { ref, before, after }: RefChange,
  { viewer, skipForce = false }: { viewer: Viewer; skipForce?: boolean },
): Promise<string[]> {
  const found: string[] = [];
  if (ref.startsWith("refs/tags/") && repository.burnedTags.has(ref.slice("refs/tags/".length))) {
    found.push("Cannot change the tag of an immutable release.");
  }
  for (const rule of rulesFor(repository, ref, { viewer, way: "push" })) {
    if (rule.type === "creation" && before === ZERO) found.push("Cannot create ref due to creations being restricted.");
    if (rule.type === "deletion" && after === ZERO) found.push("Cannot delete this protected ref.");
    if (rule.type === "update" && before !== ZERO && after !== ZERO) found.push("Cannot update this protected ref.");
    if (after === ZERO) continue;
    if (rule.type === "pull_request" && before !== ZERO) found.push("Changes must be made through a pull request.");
    if (rule.type === "required_status_checks" && !(before === ZERO && rule.parameters?.do_not_enforce_on_create)) {
      found.push(...missingChecks(repository, after, rule));
    }
    if (rule.type === "non_fast_forward" && before !== ZERO && !skipForce) {
      if (!(await isAncestor(repository.git, before, after))) found.push("Cannot force-push to this branch");
    }
  }
  return [...new Set(found)];
}

/** What a merge of this pull request would violate, in GitHub's words. */
export function violationsOfMerge(
  world: World,
  thread: PullThread,
  { viewer, method }: { viewer: Viewer; method: string },
): string[] {
  const { repository, pull } = thread;
  const found: string[] = [];
  for (const rule of rulesFor(repository, `refs/heads/${pull.base.ref}`, { viewer, way: "merge" })) {
    if (rule.type === "update") found.push("Cannot update this protected ref.");
    if (rule.type === "required_status_checks") found.push(...missingChecks(repository, pull.head.sha, rule));
    if (rule.type === "required_linear_history" && method === "merge") {
      found.push("This branch must not contain merge commits.");
    }
    if (rule.type === "pull_request") {
      const missing = missingReview(world, thread, Number(rule.parameters?.required_approving_review_count ?? 0));
      if (missing !== null) found.push(missing);
      const allowed = rule.parameters?.allowed_merge_methods;
      if (Array.isArray(allowed) && !allowed.includes(method)) {
        found.push(`Merge method ${method} is not allowed on this branch.`);
      }
    }
  }
  return [...new Set(found)];
}

export function ruleMessage(violations: readonly string[]): string {
  return `Repository rule violations found\n\n${violations.join("\n\n")}\n\n`;
}

function missingChecks(repository: Repository, sha: string, rule: Rule): string[] {
  const required = rule.parameters?.required_status_checks;
  if (!Array.isArray(required)) return [];
  return required
    .map((entry: { context: string; integration_id?: number | null }) =>
      missingCheck(repository, sha, { context: entry.context, integrationId: entry.integration_id ?? null }),
    )
    .filter((missing) => missing !== null);
}
