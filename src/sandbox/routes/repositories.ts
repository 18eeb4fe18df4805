import { roleOf } from "../access.ts";
import { forkRepository } from "../actions/repositories.ts";
import type { Account } from "../entities/account.ts";
import type { Repository, Role } from "../entities/repository.ts";
import { notFound } from "../errors.ts";
import { listRefs } from "../git/refs.ts";
import { peel } from "../git/resolve.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentAccount } from "../present/account.ts";
import { api } from "../present/git.ts";
import { nodeId } from "../present/node-id.ts";
import { presentFullRepository, presentMinimalRepository } from "../present/repository.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/rest/repos/repos, https://docs.github.com/rest/collaborators, https://docs.github.com/rest/repos/forks */
export const repositoryRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}", read("metadata"), ({ world, repository, viewer }) =>
    ok(presentFullRepository(world, repository, viewer)),
  ),
  route("GET /repos/{owner}/{repo}/tags", read("metadata"), async (request) => {
    const { repository, world } = request;
    const tags = listRefs(repository.git, "refs/tags/");
    const commits = await Promise.all(tags.map(({ sha }) => peel(repository.git, sha)));
    const named = tags.map(({ name }, index) => ({ name: name.slice("refs/tags/".length), sha: commits[index] ?? "" }));
    return list(request, named.reverse(), ({ name, sha }) => ({
      name,
      zipball_url: `${api(world, repository)}/zipball/refs/tags/${name}`,
      tarball_url: `${api(world, repository)}/tarball/refs/tags/${name}`,
      commit: { sha, url: `${api(world, repository)}/commits/${sha}` },
      node_id: nodeId("Ref", `${repository.id}:refs/tags/${name}`),
    }));
  }),
  route("GET /repos/{owner}/{repo}/collaborators", { ...read("metadata"), role: "write" }, collaborators),
  route("GET /repos/{owner}/{repo}/collaborators/{username}/permission", read("metadata"), permission),
  route("GET /repos/{owner}/{repo}/forks", read("metadata"), (request) => {
    const { world, repository } = request;
    return list(request, world.store.forks(repository), (fork) => presentMinimalRepository(world, fork));
  }),
  route("POST /repos/{owner}/{repo}/forks", write("administration", "read"), async (request) => {
    const { world, repository, account, viewer } = request;
    const fork = await forkRepository(world, repository, account);
    return { status: 202, json: presentFullRepository(world, fork, viewer) };
  }),
];

/** The older answer knows read, write and admin only. https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
const LEGACY: Readonly<Record<Role, string>> = {
  none: "none",
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
};

/** Who was given a role, and a user who owns it. https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators */
function collaborators(request: ApiRequest) {
  const { world, repository } = request;
  const wanted = request.query("permission");
  const ids = new Set([...(repository.owner.type === "User" ? [repository.owner.id] : []), ...repository.roles.keys()]);
  const people = [...world.store.accounts.values()].filter(({ id }) => ids.has(id));
  const able = people.filter((account) => {
    const permissions: Readonly<Record<string, boolean>> = permissionsOf(repository, account);
    return wanted === null || permissions[wanted] === true;
  });
  return list(request, able, (account) => presentCollaborator(world, repository, account));
}

function presentCollaborator(world: World, repository: Repository, account: Account) {
  const permissions = permissionsOf(repository, account);
  return { ...presentAccount(world, account), permissions, role_name: roleOf(repository, account) };
}

function permissionsOf(repository: Repository, account: Account) {
  const role = roleOf(repository, account);
  const legacy = LEGACY[role];
  return {
    admin: role === "admin",
    maintain: role === "admin" || role === "maintain",
    push: legacy === "write" || legacy === "admin",
    triage: role !== "none" && role !== "read",
    pull: role !== "none",
  };
}

function permission(request: ApiRequest) {
  const { world, repository } = request;
  const account = world.store.account(request.param("username"));
  if (account === undefined) throw notFound();
  const role = roleOf(repository, account);
  return ok({
    permission: LEGACY[role],
    user: presentCollaborator(world, repository, account),
    role_name: role,
  });
}
