import type { CommitStatus } from "../entities/check.ts";
import { notFound, unprocessable } from "../errors.ts";
import { resolveCommit } from "../git/resolve.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentAccount } from "../present/account.ts";
import { api } from "../present/git.ts";
import { nodeId } from "../present/node-id.ts";
import { presentMinimalRepository } from "../present/repository.ts";
import { appOf } from "../viewer.ts";
import { time } from "../world.ts";

const REPO = "/repos/{owner}/{repo}";

/** https://docs.github.com/rest/commits/statuses */
export const statusRoutes: readonly Route[] = [
  route(`POST ${REPO}/statuses/{sha}`, write("statuses"), async (request) => {
    const { world, repository, account, viewer, body } = request;
    const sha = await resolveCommit(repository.git, request.param("sha"));
    if (sha === null) throw unprocessable(`No commit found for SHA: ${request.param("sha")}`);
    const status: CommitStatus = {
      id: world.store.nextId(),
      sha,
      context: body.text("context") ?? "default",
      state: body.needed("state"),
      description: body.nullableText("description") ?? null,
      targetUrl: body.nullableText("target_url") ?? null,
      creatorId: account.id,
      appId: appOf(viewer)?.id ?? null,
      createdAt: time(),
    };
    repository.statuses.push(status);
    return created(present(request, status));
  }),
  route(`GET ${REPO}/commits/{ref}/statuses`, read("statuses"), async (request) => {
    const statuses = await statusesOf(request);
    return list(request, statuses, (status) => present(request, status));
  }),
  route(`GET ${REPO}/commits/{ref}/status`, read("statuses"), async (request) => {
    const { world, repository } = request;
    const sha = await commitFrom(request);
    const all = await statusesOf(request);
    const latest = all.filter((status, index) => all.findIndex(({ context }) => context === status.context) === index);
    const states = latest.map(({ state }) => state);
    const failed = states.some((state) => state === "failure" || state === "error");
    return ok({
      state: failed ? "failure" : states.length === 0 || states.includes("pending") ? "pending" : "success",
      statuses: latest.map((status) => {
        const { creator: _creator, ...shown } = present(request, status);
        return shown;
      }),
      sha,
      total_count: latest.length,
      repository: presentMinimalRepository(world, repository),
      commit_url: `${api(world, repository)}/commits/${sha}`,
      url: `${api(world, repository)}/commits/${sha}/status`,
    });
  }),
];

async function commitFrom(request: ApiRequest): Promise<string> {
  const sha = await resolveCommit(request.repository.git, request.param("ref"));
  if (sha === null) throw notFound();
  return sha;
}

async function statusesOf(request: ApiRequest): Promise<CommitStatus[]> {
  const sha = await commitFrom(request);
  return request.repository.statuses.filter((status) => status.sha === sha).reverse();
}

function present({ world, repository }: ApiRequest, status: CommitStatus) {
  const creator = world.store.accounts.get(status.creatorId);
  return {
    url: `${api(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.serverUrl}/_sandbox/avatar/${status.creatorId}`,
    id: status.id,
    node_id: nodeId("StatusContext", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: creator === undefined ? null : presentAccount(world, creator),
  };
}
