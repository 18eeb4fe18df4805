import type { Repository } from "../../entities/repository.ts";
import type { Person } from "../../git/objects.ts";
import { entryAt, resolveCommit } from "../../git/resolve.ts";
import { html } from "../../present/git.ts";
import { nodeId } from "../../present/node-id.ts";
import { type Fields, optional, type Sources, type Value, value } from "../sources.ts";

/** GitHub cuts texts somewhere; where is not documented. */
const LONGEST_TEXT = 512_000;

/** Git itself takes a file for binary when its start holds a zero byte. */
const LOOKED_AT = 8000;

export async function gitObject(
  repository: Repository,
  sha: string,
  path = "",
): Promise<Value<"Commit" | "Tag" | "Tree" | "Blob"> | null> {
  const { git } = repository;
  const info = await git.objects.info(sha);
  switch (info?.type) {
    case "commit": {
      const commit = await git.commit(info.sha);
      return optional("Commit", commit === null ? null : { repository, commit });
    }
    case "tag": {
      const tag = await git.tag(info.sha);
      return optional("Tag", tag === null ? null : { repository, tag });
    }
    case "tree":
      return value("Tree", { repository, sha: info.sha, path });
    case "blob":
      return value("Blob", { repository, sha: info.sha, size: info.size });
    default:
      return null;
  }
}

/** `main:providers/a/b.json`, a branch, a tag, a SHA: what `git rev-parse` understands of them. */
export async function objectByExpression(repository: Repository, expression: string) {
  const colon = expression.indexOf(":");
  const name = colon < 0 ? expression : expression.slice(0, colon);
  if (colon < 0 && /^[0-9a-f]{40}$/.test(name)) return gitObject(repository, name);
  const commit = await resolveCommit(repository.git, name === "HEAD" ? repository.defaultBranch : name);
  if (commit === null) return null;
  if (colon < 0) return gitObject(repository, commit);
  const path = expression.slice(colon + 1);
  const entry = await entryAt(repository.git, commit, path);
  return entry === null ? null : gitObject(repository, entry.sha, path);
}

/** What every git object has. */
function common<S extends { readonly repository: Repository }>(kind: string, shaOf: (source: S) => string): Fields<S> {
  return {
    id: (source) => nodeId(kind, shaOf(source)),
    oid: shaOf,
    abbreviatedOid: (source) => shaOf(source).slice(0, 7),
    commitUrl: (source, { world }) => `${html(world, source.repository)}/commit/${shaOf(source)}`,
    repository: ({ repository }) => value("Repository", repository),
  };
}

export const ref: Fields<Sources["Ref"]> = {
  id: ({ repository, name }) => nodeId("Ref", `${repository.id}:${name}`),
  name: ({ name, prefix }) => name.slice(prefix.length),
  prefix: ({ prefix }) => prefix,
  target: ({ repository, sha }) => gitObject(repository, sha),
  repository: ({ repository }) => value("Repository", repository),
};

export const commit: Fields<Sources["Commit"]> = {
  ...common("Commit", ({ commit }) => commit.sha),
  url: ({ repository, commit }, { world }) => `${html(world, repository)}/commit/${commit.sha}`,
  message: ({ commit }) => commit.message,
  messageHeadline: ({ commit }) => commit.message.split("\n")[0] ?? "",
  authoredDate: ({ commit }) => commit.author.date,
  committedDate: ({ commit }) => commit.committer.date,
  author: ({ commit }) => value("GitActor", commit.author),
  committer: ({ commit }) => value("GitActor", commit.committer),
  tree: ({ repository, commit }) => value("Tree", { repository, sha: commit.tree, path: "" }),
};

export const tag: Fields<Sources["Tag"]> = {
  ...common("Tag", ({ tag }) => tag.sha),
  name: ({ tag }) => tag.tag,
  message: ({ tag }) => tag.message.trimEnd(),
  tagger: ({ tag }) => value("GitActor", tag.tagger),
  target: ({ repository, tag }) => gitObject(repository, tag.object),
};

export const tree: Fields<Sources["Tree"]> = {
  ...common("Tree", ({ sha }) => sha),
  entries: async ({ repository, sha, path }) =>
    ((await repository.git.tree(sha)) ?? []).map((entry) =>
      value("TreeEntry", { repository, entry, path: path === "" ? entry.name : `${path}/${entry.name}` }),
    ),
};

export const treeEntry: Fields<Sources["TreeEntry"]> = {
  name: ({ entry }) => entry.name,
  path: ({ path }) => path,
  mode: ({ entry }) => Number.parseInt(entry.mode, 8),
  type: ({ entry }) => entry.type,
  oid: ({ entry }) => entry.sha,
  size: async ({ repository, entry }) =>
    entry.type === "blob" ? ((await repository.git.objects.info(entry.sha))?.size ?? 0) : 0,
  object: ({ repository, entry, path }) => gitObject(repository, entry.sha, path),
};

export const blob: Fields<Sources["Blob"]> = {
  ...common("Blob", ({ sha }) => sha),
  byteSize: ({ size }) => size,
  isTruncated: ({ size }) => size > LONGEST_TEXT,
  isBinary: async (source) => isBinary(await contentOf(source)),
  text: async (source) => {
    const content = await contentOf(source);
    return isBinary(content) ? null : content.subarray(0, LONGEST_TEXT).toString("utf8");
  },
};

export const gitActor: Fields<Person> = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  date: ({ date }) => date,
};

async function contentOf({ repository, sha }: Sources["Blob"]): Promise<Buffer> {
  return (await repository.git.blob(sha)) ?? Buffer.alloc(0);
}

function isBinary(content: Buffer): boolean {
  return content.subarray(0, LOOKED_AT).includes(0);
}
