import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import { nameOf, type Store } from "../store.ts";
import { time, type World } from "../world.ts";
import { deleteRepository } from "./repositories.ts";

// Ids stay whatever is renamed; a name leads on to where its repository went until somebody else takes it.
// https://docs.github.com/repositories/creating-and-managing-repositories/renaming-a-repository

export function renameRepository(store: Store, repository: Repository, name: string): void {
  move(store, repository, { owner: repository.owner, name });
}

/** Roles of others stay; the former owner has none any more. */
export function transferRepository(store: Store, repository: Repository, owner: Account): void {
  move(store, repository, { owner, name: repository.name });
}

function move(store: Store, repository: Repository, to: { owner: Account; name: string }): void {
  const taken = store.repository(`${to.owner.login}/${to.name}`);
  if (taken !== undefined && taken !== repository) throw new Error(`${nameOf(taken)} exists already.`);
  const former = nameOf(repository);
  repository.owner = to.owner;
  repository.name = to.name;
  repository.updatedAt = time();
  store.leaveName(former, repository);
  store.takeName(nameOf(repository));
}

export function renameAccount(store: Store, account: Account, login: string): void {
  const taken = store.account(login);
  if (taken !== undefined && taken !== account) throw new Error(`The account "${login}" exists already.`);
  const owned = [...store.repositories.values()].filter(({ owner }) => owner === account);
  const former = owned.map((repository) => ({ name: nameOf(repository), repository }));
  account.login = login;
  for (const { name, repository } of former) {
    store.leaveName(name, repository);
    store.takeName(nameOf(repository));
  }
  store.namesChanged();
}

/**
 * Repositories, roles, installations and tokens go with the account; what it wrote elsewhere stays, by `ghost`. The login is
 * free: whoever takes it gets another id. https://docs.github.com/account-and-profile/concepts/account-management
 */
export function deleteAccount(world: World, account: Account): void {
  const { store } = world;
  account.deleted = true;
  store.accounts.delete(account.id);
  store.namesChanged();
  for (const repository of [...store.repositories.values()]) {
    repository.roles.delete(account.id);
    if (repository.owner === account) deleteRepository(world, repository);
  }
  for (const [id, installation] of store.installations) {
    if (installation.account === account) store.installations.delete(id);
  }
  for (const [token, { viewer }] of store.tokens) {
    const gone =
      (viewer.kind === "user" && viewer.account === account) ||
      (viewer.kind === "installation" && viewer.installation.account === account);
    if (gone) store.tokens.delete(token);
  }
}
