import { commitFiles } from "../actions/commit-files.ts";
import { personOf } from "../actions/people.ts";
import type { Repository } from "../entities/repository.ts";
import { ApiError, conflict, notFound, unprocessable } from "../errors.ts";
import { readRef } from "../git/refs.ts";
import { entryAt, resolveCommit } from "../git/resolve.ts";
import type { Answer } from "../http/answer.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { api, html, presentGitCommit } from "../present/git.ts";
import { base64Lines, personFrom } from "./git-objects.ts";

const MEGABYTE = 1024 * 1024;
const MOST_ENTRIES = 1000;

/** https://docs.github.com/rest/repos/contents */
export const contentRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/contents/{path}", read("contents"), getContent),
  route("PUT /repos/{owner}/{repo}/contents/{path}", write("contents"), (request) => changeContent(request, "put")),
  route("DELETE /repos/{owner}/{repo}/contents/{path}", write("contents"), (request) =>
    changeContent(request, "delete"),
  ),
];

interface Item {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

async function getContent(request: ApiRequest): Promise<Answer> {
  const { repository } = request;
  const ref = request.query("ref") ?? repository.defaultBranch;
  const path = request.param("path").replace(/\/$/, "");
  const commit = await resolveCommit(repository.git, ref);
  if (commit === null) throw notFound(`No commit found for the ref ${ref}`);
  const entry = await entryAt(repository.git, commit, path);
  if (entry === null) throw notFound();
  if (entry.type === "tree") return directory(request, { path, sha: entry.sha, ref });
  return file(request, { ref, item: { path, ...entry } });
}

async function directory(
  request: ApiRequest,
  { path, sha, ref }: { path: string; sha: string; ref: string },
): Promise<Answer> {
  const entries = ((await request.repository.git.tree(sha)) ?? []).slice(0, MOST_ENTRIES);
  const items = await Promise.all(
    entries.map(async ({ name, ...entry }) => {
      const item = { path: path === "" ? name : `${path}/${name}`, ...entry };
      const size = entry.type === "blob" ? ((await request.repository.git.objects.info(entry.sha))?.size ?? 0) : 0;
      return presentItem(request, { item, ref, size });
    }),
  );
  return ok(items);
}

async function file(request: ApiRequest, { ref, item }: { ref: string; item: Item }): Promise<Answer> {
  const content = (await request.repository.git.blob(item.sha)) ?? Buffer.alloc(0);
  if (content.length > 100 * MEGABYTE) {
    throw new ApiError(
      403,
      "This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the API.",
    );
  }
  if (request.accepts("raw")) {
    return { status: 200, raw: { bytes: content, contentType: "application/vnd.github.raw+json; charset=utf-8" } };
  }
  // Between 1 and 100 MB only `raw` and `object` work; the content of `object` stays empty.
  const large = content.length > MEGABYTE;
  return ok({
    ...presentItem(request, { item, ref, size: content.length }),
    content: large ? "" : base64Lines(content),
    encoding: large ? "none" : "base64",
  });
}

function presentItem(
  { world, repository }: ApiRequest,
  { item, ref, size }: { item: Item; ref: string; size: number },
) {
  const path = item.path.split("/").map(encodeURIComponent).join("/");
  const url = `${api(world, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api(world, repository)}/git/${item.type === "tree" ? "trees" : "blobs"}/${item.sha}`;
  const page = `${html(world, repository)}/${item.type === "tree" ? "tree" : "blob"}/${ref}/${path}`;
  return {
    name: item.path.split("/").at(-1) ?? "",
    path: item.path,
    sha: item.sha,
    size,
    url,
    html_url: page,
    git_url: git,
    download_url: item.type === "blob" ? `${html(world, repository)}/raw/${ref}/${path}` : null,
    type: kindOf(item),
    _links: { self: url, git, html: page },
  };
}

function kindOf({ type, mode }: Item): string {
  if (type === "tree") return "dir";
  if (type === "commit") return "submodule";
  return mode === "120000" ? "symlink" : "file";
}

async function changeContent(request: ApiRequest, way: "put" | "delete"): Promise<Answer> {
  const { world, repository, viewer, body } = request;
  const path = request.param("path");
  const branch = body.text("branch") ?? repository.defaultBranch;
  const tip = await readRef(repository.git, `refs/heads/${branch}`);
  if (tip === null) throw notFound(`Branch ${branch} not found`);
  const existing = await entryAt(repository.git, tip, path);
  checkSha(path, { existing, sha: body.text("sha"), way });
  const content = way === "delete" ? null : Buffer.from(body.needed("content"), "base64");
  const author = personFrom(body.object("author"));
  const committer = personFrom(body.object("committer"));
  const sha = await commitFiles(world, repository, {
    viewer,
    wish: {
      branch,
      files: { [path]: content },
      message: body.needed("message"),
      author: author ?? committer,
      committer: committer ?? personOf(request.account),
      refusal: 409,
    },
  });
  const status = way === "put" && existing === null ? 201 : 200;
  return { status, json: await presentChange(request, { path, branch, sha }) };
}

// As measured on GitHub: 409 for a wrong SHA, 422 for none, and none needed (nor looked at) for a new file.
function checkSha(
  path: string,
  {
    existing,
    sha,
    way,
  }: { existing: { type: string; sha: string } | null; sha: string | undefined; way: "put" | "delete" },
): void {
  if (existing === null && way === "delete") throw notFound();
  if (existing === null) return;
  if (existing.type === "tree") throw unprocessable(`${path} is a directory`);
  if (sha === undefined) throw unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== existing.sha) throw conflict(`${path} does not match ${sha}`);
}

async function presentChange(
  request: ApiRequest,
  { path, branch, sha }: { path: string; branch: string; sha: string },
) {
  const { world, repository } = request;
  const [entry, commit] = await Promise.all([entryAt(repository.git, sha, path), repository.git.commit(sha)]);
  const size = entry === null ? 0 : ((await sizeOf(repository, entry.sha)) ?? 0);
  return {
    content: entry === null ? null : presentItem(request, { item: { path, ...entry }, ref: branch, size }),
    commit: commit === null ? {} : presentGitCommit(world, repository, commit),
  };
}

async function sizeOf(repository: Repository, sha: string): Promise<number | undefined> {
  return (await repository.git.objects.info(sha))?.size;
}
