import { visible } from "../access.ts";
import { nameOf } from "../store.ts";
import type { Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import type { Answer } from "./answer.ts";
import type { Match } from "./router.ts";

/** `/repositories/{id}` and what is below it are the same as `/repos/{owner}/{repo}`, but not in GitHub's description. */
export function resolveIds(world: World, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = id === undefined ? undefined : world.store.repositories.get(Number(id));
  return repository === undefined ? path : `/repos/${nameOf(repository)}${rest}`;
}

/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects */
export function redirectRenamed(
  world: World,
  { match, viewer, url, method }: { match: Match; viewer: Viewer; url: URL; method: string },
): Answer | null {
  const { owner, repo } = match.params;
  if (owner === undefined || repo === undefined) return null;
  const name = `${owner}/${repo}`;
  const repository = world.store.repository(name) === undefined ? world.store.formerly(name) : undefined;
  if (repository === undefined || !visible(world.store, repository, viewer)) return null;
  const rest = url.pathname.split("/").slice("/api/v3/repos/o/r".split("/").length).join("/");
  const location = `${world.apiUrl}/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}${url.search}`;
  const documentation = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
  return {
    status: method === "GET" || method === "HEAD" ? 301 : 307,
    headers: { location },
    json: { message: "Moved Permanently", url: location, documentation_url: documentation },
  };
}
