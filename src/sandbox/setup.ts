import { generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { Account } from "./entities/account.ts";
import type { App } from "./entities/app.ts";
import type { Repository } from "./entities/repository.ts";
import type { NewApp, App as PublicApp, RulesetJson } from "./sandbox.ts";
import type { Store } from "./store.ts";
import { time } from "./world.ts";

export function addAccount(
  store: Store,
  { login, type }: { login: string; type: "User" | "Organization" | "Bot" },
): Account {
  if (store.account(login) !== undefined) throw new Error(`The account "${login}" exists already.`);
  const account: Account = {
    id: store.nextId(),
    login,
    type,
    createdAt: time(),
    deleted: false,
    ipAllowList: false,
    gpgKeys: [],
    publicMembers: new Set(),
  };
  store.accounts.set(account.id, account);
  store.namesChanged();
  return account;
}

const keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }>[] = [];

/** Making a key is slow: the first app of every sandbox of this process has the same one, the second another. */
function keysOf(index: number) {
  keys[index] ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return keys[index];
}

export async function addApp(store: Store, wanted: NewApp): Promise<PublicApp> {
  const { publicKey, privateKey } = await keysOf(store.apps.size);
  const bot = addAccount(store, { login: `${wanted.slug}[bot]`, type: "Bot" });
  const id = store.nextId();
  const webhookSecret = wanted.webhook?.secret ?? randomBytes(20).toString("hex");
  const app: App = {
    id,
    slug: wanted.slug,
    name: wanted.name,
    clientId: `Iv23li${randomBytes(7).toString("hex")}`,
    owner: store.account("github") ?? addAccount(store, { login: "github", type: "Organization" }),
    bot,
    permissions: wanted.permissions,
    events: wanted.events,
    publicKey,
    hookId: store.nextId(),
    createdAt: time(),
    webhook: wanted.webhook ?? null,
  };
  store.apps.set(id, app);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { id, slug: app.slug, name: app.name, clientId: app.clientId, privateKey: pem, webhookSecret, bot };
}

export function addInstallation(
  store: Store,
  { appId, account, repositories }: { appId: number; account: Account; repositories: readonly string[] | "all" },
): { id: number } {
  const app = store.apps.get(appId);
  if (app === undefined) throw new Error(`There is no app ${appId}.`);
  const ids = repositories === "all" ? "all" : new Set(repositories.map((name) => idOf(store, account, name)));
  const id = store.nextId();
  store.installations.set(id, { id, app, account, repositories: ids, createdAt: time() });
  return { id };
}

/** With or without the owner. */
function idOf(store: Store, account: Account, name: string): number {
  for (const repository of store.repositories.values()) {
    if (repository.owner !== account) continue;
    if (repository.name === name || `${repository.owner.login}/${repository.name}` === name) return repository.id;
  }
  throw new Error(`${account.login} has no repository "${name}".`);
}

export function addRuleset(store: Store, repository: Repository, wanted: RulesetJson): { id: number } {
  for (const { actor_id, actor_type } of wanted.bypass_actors ?? []) {
    const app = actor_type === "Integration" ? store.apps.get(actor_id ?? 0) : undefined;
    const installed = [...store.installations.values()].some((one) => one.app === app && store.covers(one, repository));
    if (actor_type === "Integration" && !installed) {
      // GitHub: an integration must belong to the repository or its owner's organisation.
      throw new Error(`Actor ${actor_id} integration must be part of the ruleset source or owner organization.`);
    }
  }
  const id = store.nextId();
  repository.rulesets.push({
    id,
    name: wanted.name,
    target: wanted.target ?? "branch",
    enforcement: wanted.enforcement,
    bypassActors: (wanted.bypass_actors ?? []).map(({ actor_id = null, actor_type, bypass_mode = "always" }) => ({
      actor_id,
      actor_type,
      bypass_mode,
    })),
    include: wanted.conditions?.ref_name?.include ?? [],
    exclude: wanted.conditions?.ref_name?.exclude ?? [],
    rules: wanted.rules ?? [],
    createdAt: time(),
    updatedAt: time(),
  });
  return { id };
}
