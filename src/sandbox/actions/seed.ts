import type { Repository } from "../entities/repository.ts";
import { type RefChange, readRef, ZERO } from "../git/refs.ts";
import { writeCommit, writeTag } from "../git/write.ts";
import { writeRefs } from "../git/write-refs.ts";
import type { World } from "../world.ts";
import { type Files, writeFiles } from "./commit-files.ts";
import { personOf } from "./people.ts";
import { addRelease, type NewRelease } from "./releases.ts";
import { createRepository, type NewRepository } from "./repositories.ts";
import { silently } from "./silently.ts";

/** What happened at one time: a commit, a tag on what was then the newest commit, a release of the tag. */
export interface HistoryStep {
  /** ISO 8601: everything of the step is dated then. */
  readonly date: string;
  readonly files?: Files;
  readonly message?: string;
  readonly tag?: string;
  /** The tag becomes a tag object. */
  readonly annotated?: boolean;
  /** Needs `tag`. */
  readonly release?: Pick<NewRelease, "name" | "body" | "prerelease" | "draft" | "immutable" | "assets">;
}

export interface SeededRepository extends NewRepository {
  /** Oldest first. */
  readonly history?: readonly HistoryStep[];
}

/** More at a time is no quicker: the disk is what takes long. */
const AT_A_TIME = 8;

/** Many repositories as if they had always been there: nobody is told, and no rule is asked. */
export function seed(world: World, wanted: readonly SeededRepository[]): Promise<Repository[]> {
  const made: Repository[] = new Array(wanted.length);
  const waiting = wanted.entries();
  const work = async () => {
    for (const [index, one] of waiting) made[index] = await seedOne(world, one);
  };
  return silently(async () => {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return made;
  });
}

async function seedOne(world: World, { history = [], ...wanted }: SeededRepository): Promise<Repository> {
  const [first] = history;
  const repository = await createRepository(world, {
    ...(first === undefined ? {} : { createdAt: first.date }),
    ...wanted,
  });
  const { git, owner, defaultBranch } = repository;
  const main = `refs/heads/${defaultBranch}`;
  const before = (await readRef(git, main)) ?? ZERO;
  const refs: RefChange[] = [];
  let tip = before;
  for (const { date, files, tag, annotated = false, message, release } of history) {
    const person = personOf(owner, date);
    if (files !== undefined) {
      const tree = await writeFiles(repository, (await git.commit(tip))?.tree ?? null, files);
      const commit = { tree, parents: [tip], author: person, committer: person, message: message ?? "Change" };
      tip = writeCommit(git, commit);
    }
    // A draft has no tag yet.
    if (tag === undefined || release?.draft === true) continue;
    const object = { object: tip, type: "commit", tag, tagger: person, message: message ?? tag };
    refs.push({ ref: `refs/tags/${tag}`, before: ZERO, after: annotated ? writeTag(git, object) : tip });
  }
  if (tip !== before) refs.push({ ref: main, before, after: tip });
  await writeRefs(git, refs);
  for (const { date, tag, release } of history) {
    if (release === undefined) continue;
    if (tag === undefined)
      throw new Error(`A release of ${wanted.owner}/${wanted.name} has no tag: give its step one.`);
    const viewer = { kind: "user", account: owner } as const;
    await addRelease(world, repository, { viewer, wanted: { ...release, tag, publishedAt: date, silent: true } });
  }
  repository.pushedAt = history.at(-1)?.date ?? repository.pushedAt;
  repository.updatedAt = repository.pushedAt;
  return repository;
}
