import type { Account } from "../../entities/account.ts";
import { presentAccount } from "../../present/account.ts";
import { type Fields, type Value, value } from "../sources.ts";

/** Bots appear where GitHub's schema has room for users only, so they are shown as users. */
export function accountValue(account: Account): Value<"User" | "Organization"> {
  return value(account.type === "Organization" ? "Organization" : "User", account);
}

/** Users and organisations share what is asked here. */
export const account: Fields<Account> = {
  id: (one, { world }) => presentAccount(world, one).node_id,
  databaseId: (one, { world }) => presentAccount(world, one).id,
  login: (one, { world }) => presentAccount(world, one).login,
  name: (one, { world }) => presentAccount(world, one).login,
  createdAt: ({ createdAt }) => createdAt,
  url: (one, { world }) => presentAccount(world, one).html_url,
  resourcePath: (one, { world }) => presentAccount(world, one).html_url.slice(world.serverUrl.length),
};
