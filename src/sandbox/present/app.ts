import type { App, Installation, Permissions } from "../entities/app.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { nodeId } from "./node-id.ts";

/** GitHub's `integration`. */
export function presentApp(world: World, app: App) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    owner: presentAccount(world, app.owner),
    name: app.name,
    description: "",
    external_url: `${world.serverUrl}/apps/${app.slug}`,
    html_url: `${world.serverUrl}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: allPermissions(app.permissions),
    events: app.events,
  };
}

export function presentInstallation(world: World, installation: Installation) {
  const { id, app, account, repositories, createdAt } = installation;
  return {
    id,
    client_id: app.clientId,
    account: presentAccount(world, account),
    repository_selection: repositories === "all" ? "all" : "selected",
    access_tokens_url: `${world.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.serverUrl}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: allPermissions(app.permissions),
    events: app.events,
    created_at: createdAt,
    updated_at: createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

/** Every app can read metadata. */
export function allPermissions(permissions: Permissions): Permissions {
  return { metadata: "read", ...permissions };
}
