import type { Account } from "./entities/account.ts";
import type { Repository, Role } from "./entities/repository.ts";
import { forbidden, notFound, requiresAuthentication } from "./errors.ts";
import type { Store } from "./store.ts";
import type { Viewer } from "./viewer.ts";

const ORDER: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

export const atLeast = (role: Role, needed: Role): boolean => ORDER.indexOf(role) >= ORDER.indexOf(needed);

/** What a request needs: the permission of an app, and the role of a user (default: read to read, write to write). */
export interface Need {
  readonly permission: string;
  readonly level: "read" | "write";
  readonly role?: Role;
}

export function roleOf(repository: Repository, account: Account): Role {
  if (repository.owner.id === account.id) return "admin";
  return repository.roles.get(account.id) ?? (repository.private ? "none" : "read");
}

/** A bot has no role of its own: its app's permission on contents stands for it. */
export function canWrite(store: Store, repository: Repository, account: Account): boolean {
  if (account.type !== "Bot") return atLeast(roleOf(repository, account), "write");
  for (const installation of store.installations.values()) {
    if (installation.app.bot.id === account.id && store.covers(installation, repository)) {
      return installation.app.permissions.contents === "write";
    }
  }
  return false;
}

export function visible(store: Store, repository: Repository, viewer: Viewer): boolean {
  if (!repository.private) return true;
  if (viewer.kind === "user") return atLeast(roleOf(repository, viewer.account), "read");
  return viewer.kind === "installation" && reaches(store, repository, viewer);
}

/** Drafts of releases are seen by those who can push. */
export function seesDrafts(store: Store, repository: Repository, viewer: Viewer): boolean {
  if (viewer.kind === "user") return atLeast(roleOf(repository, viewer.account), "write");
  return (
    viewer.kind === "installation" && reaches(store, repository, viewer) && viewer.permissions.contents === "write"
  );
}

/**
 * Throws GitHub's refusal unless the viewer may do this. What is public may be read by every token: an installation's
 * permissions limit it in private repositories and in writing.
 */
export function demand(store: Store, repository: Repository, { viewer, need }: { viewer: Viewer; need: Need }): void {
  if (!visible(store, repository, viewer)) throw notFound();
  demandAllowedAddress(repository, viewer);
  if (need.level === "write" && repository.archived) throw forbidden("Repository was archived so is read-only.");
  if (viewer.kind === "installation") {
    demandOfInstallation(store, repository, { viewer, need });
    return;
  }
  if (need.level === "read" && !repository.private && (need.role ?? "read") === "read") return;
  if (viewer.kind === "app") throw forbidden();
  if (viewer.kind === "anonymous") throw requiresAuthentication();
  const role = need.role ?? (need.level === "read" ? "read" : "write");
  // GitHub does not tell users without push access that there is something to write to.
  if (!atLeast(roleOf(repository, viewer.account), role)) {
    throw need.level === "write" && role === "write" && need.permission === "contents"
      ? notFound()
      : forbidden(role === "admin" ? "Must have admin rights to Repository." : "Must have write access to Repository.");
  }
}

/** https://docs.github.com/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/managing-allowed-ip-addresses-for-your-organization */
export function demandAllowedAddress({ owner }: Repository, viewer: Viewer): void {
  if (!owner.ipAllowList || viewer.kind === "anonymous" || viewer.kind === "app") return;
  throw forbidden(
    `Although you appear to have the correct authorization credentials, the \`${owner.login}\` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.`,
  );
}

function demandOfInstallation(
  store: Store,
  repository: Repository,
  { viewer, need }: { viewer: Viewer & { kind: "installation" }; need: Need },
): void {
  if (need.level === "read" && !repository.private) return;
  if (!reaches(store, repository, viewer)) throw forbidden();
  const granted = need.permission === "metadata" ? "read" : viewer.permissions[need.permission];
  if (granted !== "write" && granted !== need.level) throw forbidden();
}

function reaches(store: Store, repository: Repository, viewer: Viewer & { kind: "installation" }): boolean {
  return (
    store.covers(viewer.installation, repository) &&
    (viewer.repositories === null || viewer.repositories.has(repository.id))
  );
}
