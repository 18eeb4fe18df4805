import { personOf } from "../actions/people.ts";
import { ApiError, notFound, unprocessable } from "../errors.ts";
import type { Person } from "../git/objects.ts";
import { peel } from "../git/resolve.ts";
import { writeBlob, writeCommit, writeTag } from "../git/write.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import type { Body } from "../http/body.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { api, presentGitCommit, presentTag } from "../present/git.ts";
import { nodeId } from "../present/node-id.ts";
import { time } from "../world.ts";

const LARGEST_BLOB = 100 * 1024 * 1024;

/** https://docs.github.com/rest/git */
export const gitObjectRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", read("contents"), getBlob),
  route("POST /repos/{owner}/{repo}/git/blobs", write("contents"), async ({ world, repository, body }) => {
    const encoding = body.text("encoding") === "base64" ? "base64" : "utf8";
    const sha = writeBlob(repository.git, Buffer.from(body.needed("content"), encoding));
    return created({ url: `${api(world, repository)}/git/blobs/${sha}`, sha } as { url: string });
  }),
  route("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", read("contents"), async (request) => {
    const { world, repository } = request;
    const commit = await repository.git.commit(request.param("commit_sha"));
    if (commit === null) throw notFound();
    return ok(presentGitCommit(world, repository, commit));
  }),
  route("POST /repos/{owner}/{repo}/git/commits", write("contents"), createCommit),
  route("GET /repos/{owner}/{repo}/git/tags/{tag_sha}", read("contents"), async (request) => {
    const tag = await request.repository.git.tag(request.param("tag_sha"));
    if (tag === null) throw notFound();
    return ok(presentTag(request.world, request.repository, tag));
  }),
  route("POST /repos/{owner}/{repo}/git/tags", write("contents"), createTag),
];

async function getBlob(request: ApiRequest) {
  const { world, repository } = request;
  const sha = request.param("file_sha");
  const info = /^[0-9a-f]{40}$/.test(sha) ? await repository.git.objects.info(sha) : null;
  if (info === null || info.type !== "blob") throw notFound();
  if (info.size > LARGEST_BLOB) throw new ApiError(403, "This API returns blobs up to 100 MB in size.");
  const content = (await repository.git.blob(sha)) ?? Buffer.alloc(0);
  if (request.accepts("raw")) {
    return { status: 200, raw: { bytes: content, contentType: "application/vnd.github.raw+json; charset=utf-8" } };
  }
  return ok({
    sha,
    node_id: nodeId("Blob", `${repository.id}:${sha}`),
    size: content.length,
    url: `${api(world, repository)}/git/blobs/${sha}`,
    content: base64Lines(content),
    encoding: "base64",
  });
}

/** GitHub breaks base64 after 60 characters, with a line feed at the end. */
export function base64Lines(content: Buffer): string {
  return content.toString("base64").replace(/.{1,60}/g, "$&\n");
}

async function createCommit({ world, repository, body, account }: ApiRequest) {
  const tree = body.needed("tree");
  if ((await repository.git.objects.info(tree))?.type !== "tree") throw unprocessable("Tree SHA does not exist");
  const parents = (body.list("parents") ?? []).map(String);
  for (const parent of parents) {
    if ((await peel(repository.git, parent)) !== parent)
      throw unprocessable("Parent SHA does not exist or is not a commit object");
  }
  const author = personFrom(body.object("author")) ?? personOf(account);
  const committer = personFrom(body.object("committer")) ?? author;
  const sha = writeCommit(repository.git, { tree, parents, author, committer, message: body.needed("message") });
  const commit = await repository.git.commit(sha);
  if (commit === null) throw notFound();
  return created(presentGitCommit(world, repository, commit));
}

async function createTag({ world, repository, body, account }: ApiRequest) {
  const object = body.needed("object");
  const type = (await repository.git.objects.info(object))?.type;
  if (type === undefined || type !== body.text("type")) throw unprocessable("Object does not exist");
  const sha = writeTag(repository.git, {
    object,
    type,
    tag: body.needed("tag"),
    message: body.needed("message"),
    tagger: personFrom(body.object("tagger")) ?? personOf(account),
  });
  const tag = await repository.git.tag(sha);
  if (tag === null) throw notFound();
  return created(presentTag(world, repository, tag));
}

export function personFrom(body: Body | undefined): Person | undefined {
  if (body === undefined) return undefined;
  const date = body.text("date");
  return { name: body.needed("name"), email: body.needed("email"), date: date ?? time() };
}
