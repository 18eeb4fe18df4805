import { notFound } from "../errors.ts";
import { resolveCommit } from "../git/resolve.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, read, route } from "../http/route.ts";
import { html } from "../present/git.ts";

/** https://docs.github.com/rest/repos/contents#download-a-repository-archive-tar */
export const archiveRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/tarball/{ref}", read("contents"), (request) => lead(request, "tar.gz")),
  route("GET /repos/{owner}/{repo}/zipball/{ref}", read("contents"), (request) => lead(request, "zip")),
];

async function lead({ world, repository, params }: ApiRequest, format: string) {
  const ref = params.ref ?? "";
  if ((await resolveCommit(repository.git, ref)) === null) throw notFound();
  return { status: 302, headers: { location: `${html(world, repository)}/archive/${ref}.${format}` } };
}
