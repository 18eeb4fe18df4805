import { setIssue, tellIssue } from "../actions/issues.ts";
import { addLabels, createLabel, findLabel, removeLabel, setLabels } from "../actions/labels.ts";
import { addComment, addThread, deleteComment, editComment, threadOf } from "../actions/threads.ts";
import type { Comment, Thread } from "../entities/thread.ts";
import { notFound } from "../errors.ts";
import { created, noContent, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentComment, presentIssue, presentLabel } from "../present/thread.ts";
import { appOf } from "../viewer.ts";

const REPO = "/repos/{owner}/{repo}";
const ISSUE = `${REPO}/issues/{issue_number}` as const;

/** https://docs.github.com/rest/issues */
export const issueRoutes: readonly Route[] = [
  route(`GET ${REPO}/issues`, read("issues"), (request) => {
    const { world, repository } = request;
    const state = request.query("state") ?? "open";
    const labels = (request.query("labels") ?? "").split(",").filter((name) => name !== "");
    const creator = request.query("creator");
    const found = [...repository.threads.values()]
      .filter((thread) => state === "all" || thread.state === state)
      .filter((thread) => labels.every((name) => thread.labels.some((label) => label.name === name)))
      .filter((thread) => creator === null || thread.author.login === creator)
      .reverse();
    return list(request, found, (thread) => presentIssue(world, thread));
  }),
  route(`POST ${REPO}/issues`, write("issues", "read"), async (request) => {
    const { world, repository, viewer, account, body } = request;
    const thread = addThread(world, repository, {
      author: account,
      app: appOf(viewer),
      title: String(body.get("title") ?? ""),
      body: body.text("body") ?? null,
      pull: null,
    });
    await tellIssue(world, thread, { by: account, action: "opened" });
    const names = body.list("labels")?.map((label) => (typeof label === "string" ? label : String(Object(label).name)));
    await addLabels(world, thread, { viewer, names: names ?? [] });
    return created(presentIssue(world, thread));
  }),
  route(`GET ${ISSUE}`, read("issues"), (request) => ok(presentIssue(request.world, threadFrom(request)))),
  route(`PATCH ${ISSUE}`, write("issues", "read"), async (request) => {
    const { world, account, body } = request;
    const thread = threadFrom(request);
    await setIssue(world, thread, { by: account, body });
    return ok(presentIssue(world, thread));
  }),
  route(`GET ${ISSUE}/comments`, read("issues"), (request) => {
    const thread = threadFrom(request);
    const since = request.query("since");
    const comments = thread.comments.filter(
      ({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since),
    );
    return list(request, comments, (comment) => presentComment(request.world, thread, comment));
  }),
  route(`POST ${ISSUE}/comments`, write("issues", "read"), async (request) => {
    const { world, viewer, body } = request;
    const thread = threadFrom(request);
    const comment = await addComment(world, thread, { viewer, body: body.needed("body") });
    return created(presentComment(world, thread, comment));
  }),
  route(`GET ${REPO}/issues/comments`, read("issues"), (request) => {
    const since = request.query("since");
    const time = request.query("sort") === "updated" ? "updatedAt" : "createdAt";
    const found = [...request.repository.threads.values()]
      .flatMap((thread) => thread.comments.map((comment) => ({ thread, comment })))
      .filter(({ comment }) => since === null || Date.parse(comment.updatedAt) >= Date.parse(since))
      .sort((a, b) => a.comment[time].localeCompare(b.comment[time]) || a.comment.id - b.comment.id);
    const ordered = request.query("direction") === "desc" ? found.reverse() : found;
    return list(request, ordered, ({ thread, comment }) => presentComment(request.world, thread, comment));
  }),
  route(`GET ${REPO}/issues/comments/{comment_id}`, read("issues"), (request) => {
    const { thread, comment } = commentFrom(request);
    return ok(presentComment(request.world, thread, comment));
  }),
  route(`PATCH ${REPO}/issues/comments/{comment_id}`, write("issues", "read"), async (request) => {
    const { world, viewer, body } = request;
    const { thread, comment } = commentFrom(request);
    await editComment(world, thread, { viewer, comment, body: body.needed("body") });
    return ok(presentComment(world, thread, comment));
  }),
  route(`DELETE ${REPO}/issues/comments/{comment_id}`, write("issues", "read"), async (request) => {
    const { thread, comment } = commentFrom(request);
    await deleteComment(request.world, thread, { viewer: request.viewer, comment });
    return noContent;
  }),
  route(`GET ${ISSUE}/labels`, read("issues"), (request) => {
    const thread = threadFrom(request);
    return list(request, thread.labels, (label) => presentLabel(request.world, request.repository, label));
  }),
  route(`POST ${ISSUE}/labels`, write("issues", "triage"), async (request) => {
    const { world, viewer, json } = request;
    const thread = threadFrom(request);
    await addLabels(world, thread, { viewer, names: namesIn(json) });
    return ok(thread.labels.map((label) => presentLabel(world, request.repository, label)));
  }),
  route(`PUT ${ISSUE}/labels`, write("issues", "triage"), async (request) => {
    const { world, viewer, json } = request;
    const thread = threadFrom(request);
    await setLabels(world, thread, { viewer, names: namesIn(json) });
    return ok(thread.labels.map((label) => presentLabel(world, request.repository, label)));
  }),
  route(`DELETE ${ISSUE}/labels/{name}`, write("issues", "triage"), async (request) => {
    const { world, viewer } = request;
    const thread = threadFrom(request);
    await removeLabel(world, thread, { viewer, name: request.param("name") });
    return ok(thread.labels.map((label) => presentLabel(world, request.repository, label)));
  }),
  route(`GET ${REPO}/labels`, read("issues"), (request) =>
    list(request, request.repository.labels, (label) => presentLabel(request.world, request.repository, label)),
  ),
  route(`POST ${REPO}/labels`, write("issues"), ({ world, repository, body }) => {
    const wanted = { name: body.needed("name"), color: body.text("color"), description: body.text("description") };
    return created(presentLabel(world, repository, createLabel(world, repository, wanted)));
  }),
  route(`GET ${REPO}/labels/{name}`, read("issues"), (request) => {
    const label = findLabel(request.repository, request.param("name"));
    if (label === undefined) throw notFound();
    return ok(presentLabel(request.world, request.repository, label));
  }),
];

function threadFrom(request: ApiRequest): Thread {
  return threadOf(request.repository, request.id("issue_number"));
}

function commentFrom(request: ApiRequest): { thread: Thread; comment: Comment } {
  const id = request.id("comment_id");
  for (const thread of request.repository.threads.values()) {
    const comment = thread.comments.find((candidate) => candidate.id === id);
    if (comment !== undefined) return { thread, comment };
  }
  throw notFound();
}

/** The labels come as a list, as `{labels: […]}`, or as one text. */
function namesIn(json: unknown): string[] {
  const value = typeof json === "object" && json !== null && "labels" in json ? json.labels : json;
  const items = Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
  return items.map((item: unknown) => (typeof item === "string" ? item : String(Object(item).name)));
}
