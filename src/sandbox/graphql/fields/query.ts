import { demandAllowedAddress, visible } from "../../access.ts";
import type { Account } from "../../entities/account.ts";
import { accountOf } from "../../viewer.ts";
import { couldNotResolve } from "../problem.ts";
import { type Call, type Fields, value } from "../sources.ts";
import { accountValue } from "./account.ts";

export const query: Fields<null> = {
  rateLimit: () => value("RateLimit", null),
  viewer: (_, { viewer }) => accountValue(accountOf(viewer)),
  user: { takes: ["login"], resolve: (_, call) => accountOfType("User", call) },
  organization: { takes: ["login"], resolve: (_, call) => accountOfType("Organization", call) },
  repositoryOwner: {
    takes: ["login"],
    resolve: (_, { world, args }) => {
      const account = world.store.account(args.needed("login"));
      return account === undefined || account.type === "Bot" ? null : accountValue(account);
    },
  },
  repository: {
    takes: ["owner", "name", "followRenames"],
    resolve: (_, { world, viewer, args }) => {
      const name = `${args.needed("owner")}/${args.needed("name")}`;
      const { store } = world;
      if (world.gaps.meet(name)) return null;
      const former = args.flag("followRenames") === false ? undefined : store.formerly(name);
      const repository = store.repository(name) ?? former;
      if (repository === undefined || !visible(store, repository, viewer)) {
        throw couldNotResolve("Repository", `name '${name}'`);
      }
      demandAllowedAddress(repository, viewer);
      return value("Repository", world.lag.view(repository, "/api/graphql"));
    },
  },
};

export const rateLimit: Fields<null> = {
  cost: (_, { rateLimit }) => rateLimit.cost,
  nodeCount: (_, { rateLimit }) => rateLimit.nodeCount,
  limit: (_, { rateLimit }) => rateLimit.limit,
  remaining: (_, { rateLimit }) => rateLimit.remaining,
  used: (_, { rateLimit }) => rateLimit.used,
  resetAt: (_, { rateLimit }) => rateLimit.resetAt,
};

function accountOfType(type: Account["type"], { world, args }: Call) {
  const login = args.needed("login");
  const account = world.store.account(login);
  if (account?.type !== type) {
    throw couldNotResolve(type === "User" ? "User" : "Organization", `login of '${login}'`);
  }
  return accountValue(account);
}
