import { atLeast, roleOf } from "../access.ts";
import type { Ruleset } from "../entities/ruleset.ts";
import { notFound } from "../errors.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route } from "../http/route.ts";
import { presentRuleset } from "../present/ruleset.ts";
import { bypassOf } from "../rulesets/bypass.ts";
import { appliesTo } from "../rulesets/match.ts";
import { nameOf } from "../store.ts";

/** https://docs.github.com/rest/repos/rules */
export const ruleRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/rules/branches/{branch}", read("metadata"), (request) => {
    const { repository } = request;
    const ref = `refs/heads/${request.param("branch")}`;
    const rules = repository.rulesets
      .filter((ruleset) => appliesTo(ruleset, repository, ref))
      .flatMap(({ id, rules }) =>
        rules.map((rule) => ({
          ...rule,
          ruleset_source_type: "Repository",
          ruleset_source: nameOf(repository),
          ruleset_id: id,
        })),
      );
    return list(request, rules, (rule) => rule);
  }),
  route("GET /repos/{owner}/{repo}/rulesets", read("metadata"), (request) => {
    const targets = request.query("targets")?.split(",");
    const found = request.repository.rulesets.filter(({ target }) => targets?.includes(target) ?? true);
    return list(request, found, (ruleset) => present(request, ruleset, "no"));
  }),
  route("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", read("metadata"), (request) => {
    const found = request.repository.rulesets.find(({ id }) => id === request.id("ruleset_id"));
    if (found === undefined) throw notFound();
    return ok(present(request, found, mayWrite(request) ? "write" : "read"));
  }),
];

function mayWrite({ viewer, repository }: ApiRequest): boolean {
  if (viewer.kind === "user") return atLeast(roleOf(repository, viewer.account), "admin");
  return viewer.kind === "installation" && viewer.permissions.administration === "write";
}

function present({ world, repository, viewer }: ApiRequest, ruleset: Ruleset, whole: "no" | "read" | "write") {
  const bypass = bypassOf(ruleset, repository, viewer);
  return presentRuleset(world, repository, {
    ruleset,
    whole,
    bypass: bypass === "pull_request" ? "pull_requests_only" : bypass,
  });
}
