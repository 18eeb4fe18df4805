import { notFound } from "../errors.ts";
import { ok } from "../http/answer.ts";
import type { Limits } from "../http/limits.ts";
import { type Route, route } from "../http/route.ts";
import { presentPublicAccount } from "../present/account.ts";

/** https://docs.github.com/rest/meta, https://docs.github.com/rest/rate-limit, https://docs.github.com/rest/users */
export function metaRoutes(limits: Limits): readonly Route[] {
  return [
    route("GET /rate_limit", "anyone", ({ viewer }) => {
      const core = limits.state(viewer);
      const other = { ...core, used: 0, remaining: core.limit };
      const graphql = limits.state(viewer, "graphql");
      return ok({ resources: { core, search: { ...other, limit: 30, remaining: 30 }, graphql }, rate: core });
    }),
    route("GET /meta", "anyone", ({ world }) => {
      const { hostname } = new URL(world.serverUrl);
      return ok({
        verifiable_password_authentication: false,
        hooks: ["127.0.0.1/32"],
        web: ["127.0.0.1/32"],
        api: ["127.0.0.1/32"],
        git: ["127.0.0.1/32"],
        domains: { website: [hostname], storage: [hostname] },
      });
    }),
    route("GET /users/{username}", "anyone", (request) => {
      const { world } = request;
      const account = world.store.account(request.param("username"));
      if (account === undefined) throw notFound();
      const repositories = [...world.store.repositories.values()].filter(
        (repository) => repository.owner === account && !repository.private,
      );
      return ok(presentPublicAccount(world, account, repositories.length));
    }),
  ];
}
