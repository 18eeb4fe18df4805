import { atLeast, roleOf } from "../access.ts";
import { mergePull } from "../actions/merge.ts";
import { askMergeability } from "../actions/mergeability.ts";
import { pullCommits, pullFiles, pullNumbers } from "../actions/pull-numbers.ts";
import { openPull, pullOf, updatePull } from "../actions/pulls.ts";
import type { PullThread } from "../entities/thread.ts";
import { forbidden, notFound } from "../errors.ts";
import { created, noContent, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentDiffFile } from "../present/diff.ts";
import { presentCommit } from "../present/git.ts";
import { presentFullPull, presentPull } from "../present/pull.ts";

const MOST_FILES = 3000;
const MOST_COMMITS = 250;

/** https://docs.github.com/rest/pulls/pulls */
export const pullRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/pulls", read("pull_requests"), listPulls),
  route("POST /repos/{owner}/{repo}/pulls", write("pull_requests", "read"), async (request) => {
    const { world, repository, viewer, body } = request;
    const thread = await openPull(world, repository, {
      viewer,
      wanted: {
        head: body.needed("head"),
        base: body.needed("base"),
        title: body.needed("title"),
        body: body.nullableText("body") ?? null,
        draft: body.flag("draft") ?? false,
        ...(body.flag("maintainer_can_modify") === undefined
          ? {}
          : { maintainerCanModify: body.flag("maintainer_can_modify") ?? false }),
      },
    });
    return created(await present(request, thread));
  }),
  route("GET /repos/{owner}/{repo}/pulls/{pull_number}", read("pull_requests"), async (request) => {
    const thread = pullFrom(request);
    const numbers = await pullNumbers(thread);
    // Asked last, shown at once: a computation that starts here cannot be done by then, so the first answer is null.
    await askMergeability(request.world, thread);
    return ok(presentFullPull(request.world, thread, numbers));
  }),
  route("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", write("pull_requests", "read"), async (request) => {
    const { world, repository, viewer, account, body } = request;
    const thread = pullFrom(request);
    if (viewer.kind === "user" && thread.author !== account && !atLeast(roleOf(repository, account), "triage")) {
      throw forbidden("Must have write access to Repository.");
    }
    const state = body.text("state");
    await updatePull(world, thread, {
      by: account,
      changes: {
        title: body.text("title"),
        body: body.nullableText("body"),
        base: body.text("base"),
        state: state === "open" || state === "closed" ? state : undefined,
      },
    });
    return ok(await present(request, thread));
  }),
  route("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", read("pull_requests"), async (request) => {
    const thread = pullFrom(request);
    const files = (await pullFiles(thread)).slice(0, MOST_FILES);
    const at = thread.pull.head.sha;
    return list(request, files, (file) => presentDiffFile(request.world, request.repository, { file, at }));
  }),
  route("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", read("pull_requests"), async (request) => {
    const commits = (await pullCommits(pullFrom(request))).slice(0, MOST_COMMITS);
    return list(request, commits, (commit) => presentCommit(request.world, request.repository, commit));
  }),
  route("GET /repos/{owner}/{repo}/pulls/{pull_number}/merge", read("pull_requests"), (request) => {
    if (pullFrom(request).pull.merged === null) throw notFound();
    return noContent;
  }),
  // Merging needs contents: write, not pull_requests: write.
  route("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", write("contents"), async (request) => {
    const { world, viewer, body } = request;
    const method = body.text("merge_method");
    const sha = await mergePull(world, pullFrom(request), {
      viewer,
      wish: {
        sha: body.text("sha"),
        method: method === "squash" || method === "rebase" ? method : "merge",
        title: body.text("commit_title"),
        message: body.text("commit_message"),
      },
    });
    return ok({ sha, merged: true, message: "Pull Request successfully merged" });
  }),
];

export function pullFrom(request: ApiRequest): PullThread {
  return pullOf(request.repository, request.id("pull_number"));
}

async function present({ world }: ApiRequest, thread: PullThread) {
  return presentFullPull(world, thread, await pullNumbers(thread));
}

function listPulls(request: ApiRequest) {
  const { world, repository } = request;
  const state = request.query("state") ?? "open";
  const head = request.query("head");
  const base = request.query("base");
  const sort = request.query("sort") ?? "created";
  const direction = request.query("direction") ?? (sort === "created" ? "desc" : "asc");
  const key = (thread: PullThread) => (sort === "updated" ? thread.updatedAt : thread.createdAt);
  const found = [...repository.threads.values()]
    .filter((thread): thread is PullThread => thread.pull !== null)
    .filter((thread) => state === "all" || thread.state === state)
    .filter(({ pull }) => base === null || pull.base.ref === base)
    // Without `login:` GitHub ignores the filter.
    .filter(({ pull }) => !head?.includes(":") || `${pull.head.owner.login}:${pull.head.ref}` === head)
    .sort((a, b) => (key(a) === key(b) ? a.number - b.number : key(a) < key(b) ? -1 : 1));
  return list(request, direction === "desc" ? found.reverse() : found, (thread) => presentPull(world, thread));
}
