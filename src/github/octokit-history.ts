import { quoted } from "../registry/plain-text.ts";
import type { RepositoryContext } from "./octokit-context.ts";
import type { MergedPullRequest, RegistryReader } from "./port.ts";

type HistoryReader = Pick<
  RegistryReader,
  "readParents" | "listBranches" | "listCommits" | "listMergesOf" | "listRecentMerges"
>;

/** What has happened in the registry repository: its branches, commits and merges. */
export function historyReader({ client: { rest }, here, tried }: RepositoryContext): HistoryReader {
  return {
    readParents: async (commit) => {
      const { data } = await tried(`reading commit ${commit}`, () =>
        rest.git.getCommit({ ...here, commit_sha: commit }),
      );
      return data.parents.map((parent) => parent.sha);
    },

    listBranches: async (prefix) => {
      const { data } = await tried(`listing the branches below ${quoted(prefix)}`, () =>
        rest.git.listMatchingRefs({ ...here, ref: `heads/${prefix}` }),
      );
      return data.map(({ ref, object }) => ({ name: ref.replace(/^refs\/heads\//, ""), sha: object.sha }));
    },

    listCommits: async (of) => {
      const { data } = await tried(`listing the commits of ${quoted(of)}`, () =>
        rest.repos.listCommits({ ...here, sha: of, per_page: 100 }),
      );
      return data.map(({ sha, parents }) => ({ sha, parents: parents.map((parent) => parent.sha) }));
    },

    listMergesOf: async (commit) => {
      const { data } = await tried(`looking for the pull request of commit ${commit}`, () =>
        rest.repos.listPullRequestsAssociatedWithCommit({ ...here, commit_sha: commit, per_page: 100 }),
      );
      return data.flatMap(mergedOf).filter(({ mergeCommit }) => mergeCommit === commit);
    },

    listRecentMerges: async () => {
      const { data } = await tried("listing the newest merges", () =>
        rest.pulls.list({ ...here, state: "closed", sort: "updated", direction: "desc", per_page: 50 }),
      );
      return data.flatMap(mergedOf);
    },
  };
}

interface ClosedAnswer {
  number: number;
  merged_at: string | null;
  merge_commit_sha: string | null;
  head: { sha: string; ref: string; repo: { id: number } | null };
  base: { repo: { id: number } };
  user: { id: number } | null;
}

function mergedOf(data: ClosedAnswer): MergedPullRequest[] {
  if (data.merged_at === null || data.merge_commit_sha === null) return [];
  return [
    {
      number: data.number,
      headSha: data.head.sha,
      headBranch: data.head.ref,
      inRegistry: data.head.repo?.id === data.base.repo.id,
      authorId: data.user?.id ?? 0,
      mergeCommit: data.merge_commit_sha,
      mergedAt: data.merged_at,
    },
  ];
}
