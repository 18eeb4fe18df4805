import type { Repository } from "../entities/repository.ts";
import { notFound } from "../errors.ts";
import { listRefs, readRef } from "../git/refs.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route } from "../http/route.ts";
import { api, html, presentCommit } from "../present/git.ts";
import { appliesTo } from "../rulesets/match.ts";

/** https://docs.github.com/rest/branches/branches */
export const branchRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/branches", read("contents"), async (request) => {
    const { repository, world } = request;
    const branches = listRefs(repository.git, "refs/heads/");
    return list(request, branches, ({ name, sha }) => ({
      name: name.slice("refs/heads/".length),
      commit: { sha, url: `${api(world, repository)}/commits/${sha}` },
      protected: isProtected(repository, name),
    }));
  }),
  route("GET /repos/{owner}/{repo}/branches/{branch}", read("contents"), getBranch),
];

async function getBranch(request: ApiRequest) {
  const { repository, world } = request;
  const name = request.param("branch");
  const sha = await readRef(repository.git, `refs/heads/${name}`);
  const commit = sha === null ? null : await repository.git.commit(sha);
  if (commit === null) throw notFound("Branch not found");
  const url = `${api(world, repository)}/branches/${name}`;
  return ok({
    name,
    commit: presentCommit(world, repository, commit),
    _links: { self: url, html: `${html(world, repository)}/tree/${name}` },
    protected: isProtected(repository, `refs/heads/${name}`),
    // Classic branch protection, which the sandbox does not have.
    protection: {
      enabled: false,
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${url}/protection`,
  });
}

function isProtected(repository: Repository, ref: string): boolean {
  return repository.rulesets.some((ruleset) => appliesTo(ruleset, repository, ref));
}
