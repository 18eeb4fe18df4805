import type { KeyObject } from "node:crypto";
import type { Account } from "./account.ts";

export type Permissions = Readonly<Record<string, string>>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly publicKey: KeyObject;
  readonly hookId: number;
  readonly createdAt: string;
  webhook: { readonly url: string; readonly secret: string } | null;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Ids of the repositories, or all of the account, those to come included. */
  readonly repositories: ReadonlySet<number> | "all";
  readonly createdAt: string;
}
