import { pullCommits } from "../actions/pull-numbers.ts";
import type { Repository } from "../entities/repository.ts";
import type { PullThread } from "../entities/thread.ts";
import { notFound, unprocessable } from "../errors.ts";
import { diff, EMPTY_TREE } from "../git/diff.ts";
import { commitsBetween, count, isAncestor, listHistory, mergeBase } from "../git/history.ts";
import { readRef } from "../git/refs.ts";
import { resolveCommit } from "../git/resolve.ts";
import { ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list, page } from "../http/pagination.ts";
import { type Route, read, route } from "../http/route.ts";
import { presentDiffFile } from "../present/diff.ts";
import { api, html, presentCommit } from "../present/git.ts";
import { presentPull } from "../present/pull.ts";

const FILES_A_PAGE = 300;
const MOST_COMMITS = 250;

/** https://docs.github.com/rest/commits/commits */
export const commitRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/commits", read("contents"), async (request) => {
    const { repository, world } = request;
    const name = request.query("sha") ?? repository.defaultBranch;
    const start = await resolveCommit(repository.git, name);
    if (start === null) throw notFound();
    const path = request.query("path");
    const limits = ["since", "until"].flatMap((name) => {
      const date = request.query(name);
      return date === null ? [] : [`--${name}=${date}`];
    });
    if (path !== null) limits.push("--", path);
    const all = await listHistory(repository.git, start, limits);
    const answer = page(request, all, (shas) => shas);
    const shown = answer.json as readonly string[];
    const commits = await Promise.all(shown.map((sha) => repository.git.commit(sha)));
    const json = commits.flatMap((commit) => (commit === null ? [] : presentCommit(world, repository, commit)));
    return { ...answer, json };
  }),
  route("GET /repos/{owner}/{repo}/commits/{ref}", read("contents"), async (request) => {
    const { repository, world } = request;
    const name = request.param("ref");
    const sha = await resolveCommit(repository.git, name);
    const commit = sha === null ? null : await repository.git.commit(sha);
    if (commit === null) throw unprocessable(`No commit found for SHA: ${name}`);
    if (/application\/vnd\.github(\.v3)?\.sha/.test(request.headers.accept ?? "")) {
      return {
        status: 200,
        raw: { bytes: Buffer.from(commit.sha), contentType: "application/vnd.github.sha; charset=utf-8" },
      };
    }
    const files = await diff(repository.git, commit.parents[0] ?? EMPTY_TREE, commit.sha);
    const additions = files.reduce((sum, file) => sum + file.additions, 0);
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
    return ok({
      ...presentCommit(world, repository, commit),
      stats: { total: additions + deletions, additions, deletions },
      files: files.slice(0, FILES_A_PAGE).map((file) => presentDiffFile(world, repository, { file, at: commit.sha })),
    });
  }),
  route("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", read("pull_requests"), async (request) => {
    const { repository, world } = request;
    const sha = await resolveCommit(repository.git, request.param("commit_sha"));
    if (sha === null) throw unprocessable(`No commit found for SHA: ${request.param("commit_sha")}`);
    return list(request, await pullsOf(repository, sha), (thread) => presentPull(world, thread));
  }),
  route("GET /repos/{owner}/{repo}/compare/{basehead}", read("contents"), compare),
];

/**
 * Of a commit on the default branch the pull request that brought it there; of any other commit those, open or merged, that
 * have it. https://docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
async function pullsOf(repository: Repository, sha: string): Promise<PullThread[]> {
  const pulls = [...repository.threads.values()].filter((thread): thread is PullThread => thread.pull !== null);
  const tip = await readRef(repository.git, `refs/heads/${repository.defaultBranch}`);
  const arrived = tip !== null && (await isAncestor(repository.git, sha, tip));
  const found: PullThread[] = [];
  for (const thread of pulls) {
    const { merged } = thread.pull;
    if (merged === null && (arrived || thread.state === "closed")) continue;
    const brought = merged?.sha === sha || (await pullCommits(thread)).some((commit) => commit.sha === sha);
    if (brought) found.push(thread);
  }
  return found;
}

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
async function compare(request: ApiRequest) {
  const { repository, world } = request;
  const [, left = "", right = ""] = /^(.+)\.\.\.(.+)$/.exec(request.param("basehead")) ?? [];
  const [base, head] = await Promise.all([resolveEnd(request, left), resolveEnd(request, right)]);
  const common = base === null || head === null ? null : await mergeBase(repository.git, base, head);
  if (base === null || head === null || common === null) throw notFound();
  const [counts, commits, files] = await Promise.all([
    count(repository.git, base, head),
    commitsBetween(repository.git, base, head),
    diff(repository.git, common, head),
  ]);
  const [baseCommit, commonCommit] = await Promise.all([repository.git.commit(base), repository.git.commit(common)]);
  if (baseCommit === null || commonCommit === null) throw notFound();
  const page = `${html(world, repository)}/compare/${left}...${right}`;
  const { ahead, behind } = counts;
  // Files come with the first page only; the pages are of commits.
  const size = Math.min(Number(request.query("per_page") ?? MOST_COMMITS) || MOST_COMMITS, MOST_COMMITS);
  const number = Math.max(1, Number(request.query("page") ?? 1) || 1);
  return ok({
    url: `${api(world, repository)}/compare/${left}...${right}`,
    html_url: page,
    permalink_url: `${html(world, repository)}/compare/${base.slice(0, 7)}...${head.slice(0, 7)}`,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: presentCommit(world, repository, baseCommit),
    merge_base_commit: presentCommit(world, repository, commonCommit),
    status: ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
    ahead_by: ahead,
    behind_by: behind,
    total_commits: commits.length,
    commits: commits
      .slice((number - 1) * size, number * size)
      .map((commit) => presentCommit(world, repository, commit)),
    ...(number > 1
      ? {}
      : { files: files.slice(0, FILES_A_PAGE).map((file) => presentDiffFile(world, repository, { file, at: head })) }),
  });
}

/** A commit of this repository, or `login:branch` of one in its network. */
async function resolveEnd({ world, repository }: ApiRequest, name: string): Promise<string | null> {
  const colon = name.indexOf(":");
  if (colon < 0) return resolveCommit(repository.git, name);
  const login = name.slice(0, colon).toLowerCase();
  const owners: Iterable<Repository> = world.store.network(repository);
  for (const other of owners) {
    if (other.owner.login.toLowerCase() === login) return resolveCommit(other.git, name.slice(colon + 1));
  }
  return null;
}
