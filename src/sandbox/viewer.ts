import type { Account } from "./entities/account.ts";
import type { App, Installation, Permissions } from "./entities/app.ts";
import { requiresAuthentication } from "./errors.ts";

/** Who asks. */
export type Viewer =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "app"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly app: App;
      readonly installation: Installation;
      readonly permissions: Permissions;
      /** null: all that the installation has. */
      readonly repositories: ReadonlySet<number> | null;
    };

/** The account that a change is attributed to. */
export function accountOf(viewer: Viewer): Account {
  if (viewer.kind === "user") return viewer.account;
  if (viewer.kind === "installation") return viewer.app.bot;
  throw requiresAuthentication();
}

export function appOf(viewer: Viewer): App | null {
  return viewer.kind === "installation" || viewer.kind === "app" ? viewer.app : null;
}

/** The name of the purse that limits are counted in: GitHub counts by user or installation, not by token. */
export function purseOf(viewer: Viewer): string {
  switch (viewer.kind) {
    case "anonymous":
      return "anonymous";
    case "user":
      return `user ${viewer.account.id}`;
    case "app":
      return `app ${viewer.app.id}`;
    case "installation":
      return `installation ${viewer.installation.id}`;
  }
}

export function nameOfViewer(viewer: Viewer): string {
  switch (viewer.kind) {
    case "anonymous":
      return "anonymous";
    case "user":
      return viewer.account.login;
    case "app":
      return `app ${viewer.app.slug}`;
    case "installation":
      return viewer.app.bot.login;
  }
}
