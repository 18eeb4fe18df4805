import { requestReviewers, unrequestReviewers } from "../actions/requested-reviewers.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentAccount } from "../present/account.ts";
import { presentPull } from "../present/pull.ts";
import { pullFrom } from "./pulls.ts";

const REVIEWERS = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";

/** https://docs.github.com/rest/pulls/review-requests */
export const requestedReviewerRoutes: readonly Route[] = [
  route(`GET ${REVIEWERS}`, read("pull_requests"), (request) => {
    const { pull } = pullFrom(request);
    return ok({ users: pull.requested.map((account) => presentAccount(request.world, account)), teams: [] });
  }),
  route(`POST ${REVIEWERS}`, write("pull_requests", "triage"), async (request) => {
    const { world, account: by } = request;
    const thread = pullFrom(request);
    const teams = textsOf(request, "team_reviewers");
    await requestReviewers(world, thread, { by, logins: textsOf(request, "reviewers"), teams });
    return created(presentPull(world, thread));
  }),
  route(`DELETE ${REVIEWERS}`, write("pull_requests", "triage"), async (request) => {
    const { world, account: by } = request;
    const thread = pullFrom(request);
    await unrequestReviewers(world, thread, { by, logins: textsOf(request, "reviewers") });
    return ok(presentPull(world, thread));
  }),
];

function textsOf({ body }: ApiRequest, name: string): string[] {
  return (body.list(name) ?? []).map(String);
}
