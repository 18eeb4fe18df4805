import { noContent } from "../http/answer.ts";
import { type Route, route, write } from "../http/route.ts";
import { emit } from "../webhooks/emit.ts";

/** https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event */
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
];
