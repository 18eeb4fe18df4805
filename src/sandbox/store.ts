import type { Account } from "./entities/account.ts";
import type { App, Installation } from "./entities/app.ts";
import type { Asset } from "./entities/release.ts";
import type { Repository } from "./entities/repository.ts";
import type { Viewer } from "./viewer.ts";

export interface Token {
  readonly viewer: Viewer;
  readonly expiresAt: number;
}

/** What is looked up all the time, made when it is asked for. */
interface Index {
  /** By login and full name in small letters. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly repositories: Map<string, Repository>;
  readonly forks: Map<Repository | null, Repository[]>;
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
  /** By the secret part of the address that serves the bytes. */
  readonly assets = new Map<string, Asset>();
  #index: Index | null = null;
  #lastId = 1000;

  /** One sequence for all kinds: an id used for the wrong kind of thing finds nothing. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  account(login: string): Account | undefined {
    return this.#indexed().accounts.get(login.toLowerCase());
  }

  repository(fullName: string): Repository | undefined {
    return this.#indexed().repositories.get(fullName.toLowerCase());
  }

  forks(repository: Repository): readonly Repository[] {
    return this.#indexed().forks.get(repository) ?? [];
  }

  addRepository(repository: Repository): void {
    this.takeName(nameOf(repository));
    this.repositories.set(repository.id, repository);
    // Making the index anew for each of thousands would be quadratic.
    this.#index?.repositories.set(nameOf(repository).toLowerCase(), repository);
    const { parent } = repository;
    if (parent !== null) this.#index?.forks.set(parent, [...this.forks(parent), repository]);
  }

  /** The name leads on from now on. */
  leaveName(former: string, repository: Repository): void {
    this.formerNames.set(former.toLowerCase(), repository.id);
    this.namesChanged();
  }

  /** Whatever had the name before is not found by it any more, also when this one goes. */
  takeName(fullName: string): void {
    this.formerNames.delete(fullName.toLowerCase());
  }

  /** To be called when an account came, or anything went or got another name or owner. */
  namesChanged(): void {
    this.#index = null;
  }

  #indexed(): Index {
    this.#index ??= {
      accounts: new Map([...this.accounts.values()].map((account) => [account.login.toLowerCase(), account])),
      repositories: new Map([...this.repositories.values()].map((one) => [nameOf(one).toLowerCase(), one])),
      forks: Map.groupBy(this.repositories.values(), ({ parent }) => parent),
    };
    return this.#index;
  }

  /** The repository that had this name before it was renamed, as long as nobody took the name. */
  formerly(fullName: string): Repository | undefined {
    const id = this.formerNames.get(fullName.toLowerCase());
    return id === undefined ? undefined : this.repositories.get(id);
  }

  /** Repositories that share objects with this one, itself included. */
  *network(repository: Repository): Iterable<Repository> {
    for (const other of this.repositories.values()) if (other.git.objects === repository.git.objects) yield other;
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
