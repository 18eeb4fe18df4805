import type { Account } from "./entities/account.ts";
import type { App, Installation } from "./entities/app.ts";
import type { Repository } from "./entities/repository.ts";
import type { Viewer } from "./viewer.ts";

export interface Token {
  readonly viewer: Viewer;
  readonly expiresAt: number;
}

/** Everything but the git objects and the bytes of assets, in memory. */
export class Store {
  readonly accounts = new Map<number, Account>();
  readonly apps = new Map<number, App>();
  readonly installations = new Map<number, Installation>();
  readonly repositories = new Map<number, Repository>();
  /** Former full names, for the redirects after a rename. */
  readonly formerNames = new Map<string, number>();
  readonly tokens = new Map<string, Token>();
  #lastId = 1000;

  /** One sequence for all kinds: an id used for the wrong kind of thing finds nothing. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  account(login: string): Account | undefined {
    const wanted = login.toLowerCase();
    for (const account of this.accounts.values()) if (account.login.toLowerCase() === wanted) return account;
    return undefined;
  }

  repository(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    for (const repository of this.repositories.values()) {
      if (nameOf(repository).toLowerCase() === wanted) return repository;
    }
    return undefined;
  }

  /** The repository that had this name before it was renamed, as long as nobody took the name. */
  formerly(fullName: string): Repository | undefined {
    const id = this.formerNames.get(fullName.toLowerCase());
    return id === undefined ? undefined : this.repositories.get(id);
  }

  /** Repositories that share objects with this one, itself included. */
  *network(repository: Repository): Iterable<Repository> {
    for (const other of this.repositories.values()) if (other.git.reader === repository.git.reader) yield other;
  }

  covers(installation: Installation, repository: Repository): boolean {
    return (
      installation.account.id === repository.owner.id &&
      (installation.repositories === "all" || installation.repositories.has(repository.id))
    );
  }
}

export function nameOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}
