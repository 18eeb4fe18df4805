import type { Repository } from "../entities/repository.ts";
import { notFound, unprocessable } from "../errors.ts";
import { Cache } from "../git/cache.ts";
import { editTree, type TreeChange, TreePathError } from "../git/edit-tree.ts";
import type { GitFolder } from "../git/folder.ts";
import type { TreeEntry } from "../git/objects.ts";
import { resolveCommit } from "../git/resolve.ts";
import { writeBlobs } from "../git/write.ts";
import { created, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { api } from "../present/git.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/rest/git/trees#get-a-tree */
const MOST_ENTRIES = 100_000;

export const gitTreeRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", read("contents"), async (request) => {
    const { repository } = request;
    const asked = request.param("tree_sha");
    const direct = /^[0-9a-f]{40}$/.test(asked) ? await repository.git.objects.info(asked) : null;
    const commit = direct?.type === "tree" ? null : await resolveCommit(repository.git, asked);
    const sha = direct?.type === "tree" ? asked : commit === null ? null : (await repository.git.commit(commit))?.tree;
    if (sha === null || sha === undefined) throw notFound();
    return ok(await presentTree(request.world, repository, { sha, recursive: request.query("recursive") !== null }));
  }),
  route("POST /repos/{owner}/{repo}/git/trees", write("contents"), createTree),
];

interface ListedEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size?: number;
}

const listings = new WeakMap<object, Cache<readonly ListedEntry[]>>();

async function presentTree(
  world: World,
  repository: Repository,
  { sha, recursive }: { sha: string; recursive: boolean },
) {
  const known = listings.get(repository.git.objects) ?? new Cache<readonly ListedEntry[]>(200);
  listings.set(repository.git.objects, known);
  const entries = await known.get(`${sha} ${recursive}`, () => listTree(repository, { sha, recursive }));
  const url = `${api(world, repository)}/git`;
  return {
    sha,
    url: `${url}/trees/${sha}`,
    tree: entries.slice(0, MOST_ENTRIES).map((entry) => ({
      ...entry,
      ...(entry.type === "commit" ? {} : { url: `${url}/${entry.type}s/${entry.sha}` }),
    })),
    truncated: entries.length > MOST_ENTRIES,
  };
}

/** As `git ls-tree` lists it, `-r -t` where it is recursive. */
async function listTree(
  { git }: Repository,
  { sha, recursive }: { sha: string; recursive: boolean },
): Promise<ListedEntry[]> {
  const listed: ListedEntry[] = [];
  const folders = subtrees.get(git.objects) ?? new Cache<readonly ListedEntry[]>(20_000);
  subtrees.set(git.objects, folders);
  const visit = async (tree: string, prefix: string): Promise<void> => {
    for (const entry of await folders.get(tree, () => listFolder(git, tree))) {
      listed.push(prefix === "" ? entry : { ...entry, path: prefix + entry.path });
      if (recursive && entry.type === "tree") await visit(entry.sha, `${prefix}${entry.path}/`);
    }
  };
  await visit(sha, "");
  return listed;
}

/** Of one commit and the next nearly all folders are the same. */
const subtrees = new WeakMap<object, Cache<readonly ListedEntry[]>>();

async function listFolder(git: GitFolder, tree: string): Promise<readonly ListedEntry[]> {
  const entries = (await git.tree(tree)) ?? [];
  return Promise.all(
    entries.map(async ({ mode, type, sha, name }) => {
      const size = type === "blob" ? (await git.objects.info(sha))?.size : undefined;
      return { path: name, mode, type, sha, ...(size === undefined ? {} : { size }) };
    }),
  );
}

const TYPE_OF_MODE: Readonly<Record<string, TreeEntry["type"]>> = { "040000": "tree", "160000": "commit" };

/** https://docs.github.com/rest/git/trees#create-a-tree */
async function createTree({ world, repository, body }: ApiRequest) {
  const items = body.objects("tree") ?? [];
  const contents = items.map((item) => item.text("content"));
  const inline = contents.filter((content) => content !== undefined);
  const written = await writeBlobs(
    repository.git,
    inline.map((content) => Buffer.from(content)),
  );
  const changes: TreeChange[] = [];
  for (const [index, item] of items.entries()) {
    const path = item.text("path");
    if (path === undefined) throw unprocessable("Must supply tree.path");
    const mode = item.text("mode") ?? "100644";
    const sha = contents[index] === undefined ? item.nullableText("sha") : written.shift();
    if (sha === undefined) throw unprocessable("Must supply either tree.sha or tree.content");
    if (sha === null) {
      changes.push({ path, entry: null });
      continue;
    }
    const type = TYPE_OF_MODE[mode] ?? "blob";
    if (type !== "commit" && (await repository.git.objects.info(sha))?.type !== type) {
      throw unprocessable(`tree.sha ${sha} is not a valid ${type}`);
    }
    changes.push({ path, entry: { mode, type, sha } });
  }
  const base = await baseOf(repository, body.text("base_tree"));
  try {
    const sha = await editTree(repository.git, base, changes);
    return created(await presentTree(world, repository, { sha, recursive: false }));
  } catch (error) {
    if (error instanceof TreePathError) throw unprocessable(error.message);
    throw error;
  }
}

async function baseOf(repository: Repository, name: string | undefined): Promise<string | null> {
  if (name === undefined) return null;
  const info = await repository.git.objects.info(name);
  if (info?.type === "tree") return name;
  const commit = info?.type === "commit" ? await repository.git.commit(name) : null;
  if (commit === null) throw unprocessable("base_tree is not a valid tree oid");
  return commit.tree;
}
