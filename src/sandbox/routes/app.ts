import { randomBytes } from "node:crypto";
import type { App, Installation, Permissions } from "../entities/app.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list, page } from "../http/pagination.ts";
import { type Route, route } from "../http/route.ts";
import { allPermissions, presentApp, presentInstallation } from "../present/app.ts";
import { presentRepository } from "../present/repository.ts";
import { time } from "../world.ts";

/** https://docs.github.com/rest/apps */
export const appRoutes: readonly Route[] = [
  route("GET /app", "app", (request) =>
    ok({ ...presentApp(request.world, appOf(request)), installations_count: installationsOf(request).length }),
  ),
  route("GET /app/installations", "app", (request) =>
    list(request, installationsOf(request), (one) => presentInstallation(request.world, one)),
  ),
  route("GET /app/installations/{installation_id}", "app", (request) =>
    ok(presentInstallation(request.world, installationOf(request))),
  ),
  route("POST /app/installations/{installation_id}/access_tokens", "app", createToken),
  route("GET /installation/repositories", "anyone", (request) => {
    const { viewer, world } = request;
    if (viewer.kind !== "installation")
      throw forbidden(
        "You must authenticate with an installation access token in order to list repositories for an installation.",
      );
    const all = [...world.store.repositories.values()].filter(
      (repository) =>
        world.store.covers(viewer.installation, repository) && (viewer.repositories?.has(repository.id) ?? true),
    );
    return page(request, all, (shown) => ({
      total_count: all.length,
      repository_selection: viewer.installation.repositories === "all" ? "all" : "selected",
      repositories: shown.map((repository) => presentRepository(world, repository)),
    }));
  }),
  route("GET /repos/{owner}/{repo}/installation", "app", (request) => {
    const name = `${request.param("owner")}/${request.param("repo")}`;
    const repository = request.world.store.repository(name);
    const found = installationsOf(request).find(
      (installation) => repository !== undefined && request.world.store.covers(installation, repository),
    );
    if (found === undefined) throw notFound();
    return ok(presentInstallation(request.world, found));
  }),
];

function appOf({ viewer }: ApiRequest): App {
  if (viewer.kind !== "app") throw notFound();
  return viewer.app;
}

function installationsOf(request: ApiRequest): Installation[] {
  const app = appOf(request);
  return [...request.world.store.installations.values()].filter((installation) => installation.app === app);
}

function installationOf(request: ApiRequest): Installation {
  const id = request.id("installation_id");
  const found = installationsOf(request).find((installation) => installation.id === id);
  if (found === undefined) throw notFound();
  return found;
}

const HOUR = 3_600_000;
const LEVELS = ["read", "write", "admin"];

/** https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
function createToken(request: ApiRequest) {
  const installation = installationOf(request);
  const { world } = request;
  const repositories = narrowedRepositories(request, installation);
  const permissions = narrowedPermissions(request, installation);
  // Since April 2026 tokens carry the app's id and a JWT, and are far longer than 40 characters.
  const token = `ghs_${installation.app.id}_${randomBytes(120).toString("base64url")}`;
  const expiresAt = Date.now() + HOUR;
  const viewer = { kind: "installation", app: installation.app, installation, permissions, repositories } as const;
  world.store.tokens.set(token, { viewer, expiresAt });
  const narrowed = [...(repositories ?? [])].flatMap((id) => world.store.repositories.get(id) ?? []);
  return created({
    token,
    expires_at: time(new Date(expiresAt)),
    permissions,
    repository_selection: repositories === null && installation.repositories === "all" ? "all" : "selected",
    ...(repositories === null
      ? {}
      : { repositories: narrowed.map((repository) => presentRepository(world, repository)) }),
  } as object);
}

function narrowedRepositories({ world, body }: ApiRequest, installation: Installation): ReadonlySet<number> | null {
  const names = body.list("repositories")?.map(String);
  const ids = body.list("repository_ids")?.map(Number);
  if (names === undefined && ids === undefined) return null;
  const found = [
    ...(names ?? []).map((name) => world.store.repository(`${installation.account.login}/${name}`)),
    ...(ids ?? []).map((id) => world.store.repositories.get(id)),
  ];
  const covered = found.filter(
    (repository) => repository !== undefined && world.store.covers(installation, repository),
  );
  if (covered.length < found.length) {
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return new Set(covered.flatMap((repository) => repository?.id ?? []));
}

function narrowedPermissions({ body }: ApiRequest, installation: Installation): Permissions {
  const granted = allPermissions(installation.app.permissions);
  const wanted = body.get("permissions");
  if (typeof wanted !== "object" || wanted === null) return granted;
  const entries = Object.entries(wanted).map(([name, level]) => [name, String(level)] as const);
  for (const [name, level] of entries) {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(granted[name] ?? "none")) {
      throw unprocessable("The permissions requested are not granted to this installation.");
    }
  }
  return { metadata: "read", ...Object.fromEntries(entries) };
}
