import type { Sandbox } from "../sandbox/index.ts";
import { isTagName } from "../upstream/names.ts";
import type { PlannedUpstream } from "./upstreams.ts";
import type { World } from "./world.ts";

/** GitHub's numeric ids of a repository and its owner. */
export interface UpstreamIds {
  readonly repository_id: number;
  readonly owner_id: number;
}

/** Upstreams that exist for as long as one bump is played. */
export interface RaisedUpstreams {
  /** By `owner/name` in small letters, of today and of before. */
  readonly ids: ReadonlyMap<string, UpstreamIds>;
  remove(): void;
}

/** Makes the repositories of authors, with their releases, tags and former names. What GitHub does not allow is not made. */
export async function raiseUpstreams(
  world: Pick<World, "sandbox" | "signer">,
  { planned, date }: { readonly planned: readonly PlannedUpstream[]; readonly date: string },
): Promise<RaisedUpstreams> {
  const accounts = new Accounts(world.sandbox);
  const ids = new Map<string, UpstreamIds>();
  for (const upstream of planned) {
    const raised = await raise(world, { upstream, accounts, date });
    for (const name of [upstream.current, ...upstream.former]) ids.set(name.toLowerCase(), raised);
  }
  return { ids, remove: () => accounts.remove() };
}

async function raise(
  { sandbox, signer }: Pick<World, "sandbox" | "signer">,
  { upstream, accounts, date }: { upstream: PlannedUpstream; accounts: Accounts; date: string },
): Promise<UpstreamIds> {
  const [first = upstream.current, ...later] = [...upstream.former, upstream.current];
  const [owner = "", name = ""] = first.split("/");
  accounts.need(owner);
  const { id } = await sandbox.createRepository({ owner, name, createdAt: date });
  let at = first;
  for (const next of later) at = move(sandbox, { at, next, accounts });
  const author = sandbox.as(at.split("/")[0] ?? "");
  accounts.keep(at);
  for (const tag of upstream.tags.filter(isTagName)) {
    await author.createTag({ repository: at, tag }).catch(forbidden);
  }
  for (const [tag, files] of upstream.releases) {
    if (!isTagName(tag)) continue;
    const assets = [];
    for (const { name, content, signs } of files) {
      const signed = files.find((file) => file.name === signs)?.content;
      const bytes = typeof signed === "string" ? await signer.sign(Buffer.from(signed)) : content;
      assets.push({ name, bytes });
    }
    await author.release({ repository: at, tag, assets, publishedAt: date, silent: true }).catch(forbidden);
  }
  return { repository_id: id, owner_id: author.account.id };
}

/** To another name, another account, or both. */
function move(sandbox: Sandbox, { at, next, accounts }: { at: string; next: string; accounts: Accounts }): string {
  const [owner = "", name = ""] = next.split("/");
  const [formerOwner = "", formerName = ""] = at.split("/");
  let now = at;
  if (name !== formerName) now = sandbox.renameRepository(now, name).fullName;
  if (owner.toLowerCase() === formerOwner.toLowerCase()) return now;
  accounts.need(owner);
  return sandbox.transferRepository(now, owner).fullName;
}

/** What GitHub refuses there never was, such as two files of one name: Registrar will say that it is not there. */
function forbidden(error: unknown): void {
  const { status } = error as { readonly status?: number };
  if (status === undefined || status >= 500) throw error;
}

/** The owners that were made for one bump, and the repositories of all. */
class Accounts {
  readonly #sandbox: Sandbox;
  readonly #repositories: string[] = [];
  readonly #made = new Map<string, string>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  need(login: string): void {
    if (this.#made.has(login.toLowerCase()) || isThere(this.#sandbox, login)) return;
    this.#sandbox.createAccount({ login, type: "Organization" });
    this.#made.set(login.toLowerCase(), login);
  }

  keep(repository: string): void {
    this.#repositories.push(repository);
  }

  remove(): void {
    for (const repository of this.#repositories) this.#sandbox.deleteRepository(repository);
    for (const login of this.#made.values()) this.#sandbox.deleteAccount(login);
  }
}

function isThere(sandbox: Sandbox, login: string): boolean {
  try {
    return sandbox.as(login).account.login !== "";
  } catch {
    return false;
  }
}
