import { join } from "node:path";
import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import { notFound } from "../errors.ts";
import { createGitFolder } from "../git/folder.ts";
import { listRefs, ZERO } from "../git/refs.ts";
import { writeCommit } from "../git/write.ts";
import { writeRefs } from "../git/write-refs.ts";
import { nameOf } from "../store.ts";
import { time, type World } from "../world.ts";
import { type Files, writeFiles } from "./commit-files.ts";
import { personOf } from "./people.ts";

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly files?: Files;
  readonly description?: string;
  readonly private?: boolean;
  /** SPDX identifier. */
  readonly license?: string;
  /** ISO 8601; also the date of the first commit. */
  readonly createdAt?: string;
}

/** A repository with one commit on `main`, by its owner. */
export async function createRepository(world: World, wanted: NewRepository): Promise<Repository> {
  const owner = world.store.account(wanted.owner);
  if (owner === undefined) throw new Error(`There is no account "${wanted.owner}": create it first.`);
  const repository = addRepository(world, { owner, wanted, parent: null });
  const tree = await writeFiles(repository, null, wanted.files ?? { "README.md": `# ${wanted.name}\n` });
  const person = personOf(owner, repository.createdAt);
  const sha = writeCommit(repository.git, {
    tree,
    parents: [],
    author: person,
    committer: person,
    message: "Initial commit",
  });
  await writeRefs(repository.git, [{ ref: "refs/heads/main", before: ZERO, after: sha }]);
  return repository;
}

/** https://docs.github.com/rest/repos/forks#create-a-fork */
export async function forkRepository(world: World, parent: Repository, owner: Account): Promise<Repository> {
  if (owner.id === parent.owner.id) throw new Error(`${owner.login} owns ${nameOf(parent)} and cannot fork it.`);
  const known = world.store.forks(parent).find((fork) => fork.owner === owner);
  if (known !== undefined) return known;
  const description = parent.description === null ? {} : { description: parent.description };
  const wanted = { owner: owner.login, name: parent.name, private: parent.private, ...description };
  const fork = addRepository(world, { owner, wanted, parent });
  const branches = listRefs(parent.git, "refs/heads/");
  const tags = listRefs(parent.git, "refs/tags/");
  await writeRefs(
    fork.git,
    [...branches, ...tags].map(({ name, sha }) => ({ ref: name, before: ZERO, after: sha })),
  );
  return fork;
}

/** The oldest fork takes the place of what it was forked from. Pull requests from a deleted fork lose their `head.repo` and stay open; the objects stay in the network. */
export function deleteRepository(world: World, repository: Repository): void {
  const [oldest, ...others] = world.store.forks(repository);
  if (!world.store.repositories.delete(repository.id)) throw notFound();
  for (const { assets } of repository.releases) for (const { key } of assets) world.store.assets.delete(key);
  if (oldest !== undefined) oldest.parent = repository.parent;
  for (const fork of others) fork.parent = oldest ?? null;
  world.store.namesChanged();
  for (const other of world.store.repositories.values()) {
    for (const { pull } of other.threads.values()) {
      if (pull !== null && pull.head.repository === repository) pull.head.repository = null;
    }
  }
}

function addRepository(
  world: World,
  { owner, wanted, parent }: { owner: Account; wanted: NewRepository; parent: Repository | null },
): Repository {
  if (world.store.repository(`${owner.login}/${wanted.name}`) !== undefined) {
    throw new Error(`${owner.login}/${wanted.name} exists already.`);
  }
  const id = world.store.nextId();
  const git = createGitFolder(world.program, join(world.folder, "repositories", `${id}.git`), parent?.git);
  const createdAt = wanted.createdAt ?? time();
  const repository: Repository = {
    id,
    owner,
    name: wanted.name,
    description: wanted.description ?? null,
    private: wanted.private ?? false,
    archived: false,
    license: wanted.license ?? null,
    createdAt,
    updatedAt: createdAt,
    pushedAt: createdAt,
    defaultBranch: parent?.defaultBranch ?? "main",
    parent,
    git,
    merge: { mergeCommit: true, squash: true, rebase: true, deleteBranch: false },
    roles: new Map(),
    rulesets: [],
    labels: [],
    threads: new Map(),
    releases: [],
    suites: [],
    statuses: [],
    workflowRuns: [],
    disabledWorkflows: new Set(),
    burnedTags: new Set(),
  };
  world.store.addRepository(repository);
  return repository;
}
