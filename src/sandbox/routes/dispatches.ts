import { notFound } from "../errors.ts";
import { resolveCommit } from "../git/resolve.ts";
import { noContent } from "../http/answer.ts";
import { type Route, route, write } from "../http/route.ts";
import { emit } from "../webhooks/emit.ts";

/**
 * https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event and, for workflows, which the sandbox does
 * not run, https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export const dispatchRoutes: readonly Route[] = [
  route("POST /repos/{owner}/{repo}/dispatches", write("contents"), async ({ world, repository, account, body }) => {
    await emit(world, {
      repository,
      event: "repository_dispatch",
      action: body.needed("event_type"),
      sender: account,
      payload: () => ({ branch: repository.defaultBranch, client_payload: body.get("client_payload") ?? null }),
    });
    return noContent;
  }),
  route(
    "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    write("actions"),
    async ({ repository, body }) => {
      if ((await resolveCommit(repository.git, body.needed("ref"))) === null) throw notFound();
      return noContent;
    },
  ),
];
