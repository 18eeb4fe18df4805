import { quoted } from "../registry/plain-text.ts";
import type { Reading, TagFacts } from "./evidence.ts";
import type { Ask } from "./github-releases-ask.ts";
import { isTagName } from "./names.ts";
import { splitRepository } from "./split-repository.ts";

/** 100 tags each. The largest module of a big registry has a few hundred. */
const mostTagPages = 30;
/** A tag of a tag happens (`git tag -a v1.0.0 v1.0.0-rc1`); longer chains are nobody's release. */
const mostTagObjects = 2;

/** What GitHub's API says of a repository's tags. */
export interface TagsReader {
  listTags(repository: string): Promise<Reading<{ tags: readonly string[]; complete: boolean }>>;
  /** At most three requests. */
  readTag(repository: string, tag: string): Promise<Reading<TagFacts>>;
  /**
   * The commit that a tag's ref resolves to. Never asked for by the commit's id: GitHub gives the commits of every fork
   * under the parent's name.
   */
  readTagCommit(repository: string, tag: string): Promise<Reading<{ sha: string }>>;
}

interface Resolved {
  readonly sha: string;
  readonly taggedAt: string | null;
  readonly tagObjects: number;
}

export function createTagsReader(ask: Ask): TagsReader {
  async function listTags(repository: string): Promise<Reading<{ tags: readonly string[]; complete: boolean }>> {
    const tags: string[] = [];
    for (let page = 1; page <= mostTagPages; page += 1) {
      const answer = await ask(`listing the tags of ${quoted(repository)}`, (octokit) =>
        octokit.rest.repos.listTags({ ...splitRepository(repository), per_page: 100, page }),
      );
      if (answer.kind !== "found") return answer;
      tags.push(...answer.value.data.map(({ name }) => name));
      if (answer.value.data.length < 100) return { kind: "found", tags, complete: true };
    }
    return { kind: "found", tags, complete: false };
  }

  async function resolve(repository: string, tag: string): Promise<Reading<Resolved>> {
    // Only what git allows as a name is asked for: `..` would climb out of the request's path.
    if (!isTagName(tag)) return { kind: "missing", reason: `${quoted(tag)} is no name that a tag can have.` };
    const of = splitRepository(repository);
    const doing = `resolving tag ${quoted(tag)} of ${quoted(repository)}`;
    const ref = await ask(doing, (octokit) => octokit.rest.git.getRef({ ...of, ref: `tags/${tag}` }));
    if (ref.kind === "missing") {
      return { kind: "missing", reason: `The repository ${quoted(repository)} has no tag ${quoted(tag)}.` };
    }
    if (ref.kind === "unavailable") return ref;
    let { type, sha } = ref.value.data.object as { type: string; sha: string };
    let taggedAt: string | null = null;
    let tagObjects = 0;
    for (; type === "tag" && tagObjects < mostTagObjects; tagObjects += 1) {
      const tagSha = sha;
      const object = await ask(doing, (octokit) => octokit.rest.git.getTag({ ...of, tag_sha: tagSha }));
      if (object.kind !== "found") return object;
      const { data } = object.value;
      if (tagObjects === 0) taggedAt = momentOf(data.tagger?.date);
      ({ type, sha } = data.object);
    }
    return type === "commit"
      ? { kind: "found", sha, taggedAt, tagObjects }
      : { kind: "missing", reason: `The tag ${quoted(tag)} names no commit.` };
  }

  async function readTag(repository: string, tag: string): Promise<Reading<TagFacts>> {
    const resolved = await resolve(repository, tag);
    if (resolved.kind !== "found") return resolved;
    const { sha: commit, taggedAt, tagObjects } = resolved;
    // A date is not worth a request more than the three.
    if (taggedAt !== null || tagObjects === mostTagObjects) {
      return { kind: "found", name: tag, commit, publishedAt: taggedAt };
    }
    const doing = `reading commit ${commit} of ${quoted(repository)}`;
    const answer = await ask(doing, (octokit) =>
      octokit.rest.git.getCommit({ ...splitRepository(repository), commit_sha: commit }),
    );
    if (answer.kind !== "found") return answer;
    return { kind: "found", name: tag, commit, publishedAt: momentOf(answer.value.data.committer?.date) };
  }

  async function readTagCommit(repository: string, tag: string): Promise<Reading<{ sha: string }>> {
    const resolved = await resolve(repository, tag);
    return resolved.kind === "found" ? { kind: "found", sha: resolved.sha } : resolved;
  }

  return { listTags, readTag, readTagCommit };
}

/** Git takes any number for a date, so GitHub may show years that no record can hold. */
function momentOf(text: string | undefined): string | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  return Number.isFinite(Date.parse(text)) ? text : null;
}
