import type { Job } from "../jobs/job.ts";
import { isObject, type JsonObject, type JsonValue } from "../registry/json.ts";
import { isRegistryPath } from "../registry/tree.ts";

/** Webhook payloads are hints: of each only what names a job is taken, and everything else is read from GitHub later. */
export interface Delivery {
  readonly name: string;
  readonly id: string;
  readonly payload: JsonObject;
}

const at = (payload: JsonObject, ...path: string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((value, key) => (isObject(value) ? value[key] : undefined), payload);

const textAt = (payload: JsonObject, ...path: string[]): string => {
  const value = at(payload, ...path);
  return typeof value === "string" ? value : "";
};

const pullRequestActions = new Set([
  "opened",
  "reopened",
  "synchronize",
  "ready_for_review",
  "edited",
  "converted_to_draft",
]);

/** The jobs that a delivery of the registry's own app asks for; none for other repositories and for what we did ourselves. */
export function jobsOfRegistryEvent(delivery: Delivery, repository: string): readonly Job[] {
  const { payload } = delivery;
  if (textAt(payload, "repository", "full_name").toLowerCase() !== repository.toLowerCase()) return [];
  switch (delivery.name) {
    case "pull_request":
      if (endsRevert(payload)) return [{ kind: "reconcile" }];
      return asksForReview(payload) ? reviewOf(at(payload, "pull_request", "number")) : [];
    case "pull_request_review":
      // Our own reviews would only make us look at what we have just decided.
      return textAt(payload, "sender", "type") === "Bot" ? [] : reviewOf(at(payload, "pull_request", "number"));
    case "check_run":
    case "check_suite":
      return rerequested(payload, delivery.name);
    case "issue_comment":
      return commented(payload);
    case "push":
      return pushed(payload);
    default:
      return [];
  }
}

/** An edit counts only when it changes the base: titles and descriptions decide nothing, and anybody can edit for ever. */
function asksForReview(payload: JsonObject): boolean {
  const action = textAt(payload, "action");
  return pullRequestActions.has(action) && (action !== "edited" || isObject(at(payload, "changes", "base")));
}

/** Whether what would take a commit back is decided: merged, or closed. */
const endsRevert = (payload: JsonObject): boolean =>
  textAt(payload, "action") === "closed" &&
  textAt(payload, "pull_request", "head", "ref").startsWith("registrar/revert/");

function reviewOf(number: JsonValue | undefined): readonly Job[] {
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? [{ kind: "review", number }] : [];
}

/** Of a check run or of the whole suite. Pull requests from forks are listed in neither, so the commit has to say which. */
function rerequested(payload: JsonObject, name: string): readonly Job[] {
  const headSha = textAt(payload, name, "head_sha");
  return textAt(payload, "action") === "rerequested" && /^[0-9a-f]{40,64}$/.test(headSha)
    ? [{ kind: "rerun", headSha }]
    : [];
}

/** Only as it was created, and only where a line may be a command; what it says is read again later. */
function commented(payload: JsonObject): readonly Job[] {
  const number = at(payload, "issue", "number");
  const isCommand = /^\/registrar(?=\s|$)/m.test(textAt(payload, "comment", "body"));
  if (textAt(payload, "action") !== "created" || textAt(payload, "sender", "type") === "Bot" || !isCommand) return [];
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? [{ kind: "commands", number }] : [];
}

/** GitHub lists no more commits in a push; github.com 2,048, older servers 20. */
const mostListedCommits = 20;

function pushed(payload: JsonObject): readonly Job[] {
  if (textAt(payload, "ref") !== `refs/heads/${textAt(payload, "repository", "default_branch")}`) return [];
  if (at(payload, "deleted") === true) return [];
  const commits = at(payload, "commits");
  const paths = (Array.isArray(commits) ? commits : [])
    .filter(isObject)
    .flatMap((commit) =>
      ["added", "modified", "removed"].flatMap((kind) => (Array.isArray(commit[kind]) ? commit[kind] : [])),
    );
  const texts = [...new Set(paths.filter((path: unknown): path is string => typeof path === "string"))];
  const relevant = texts.filter(isRegistryPath);
  // Where GitHub may not have listed everything, the paths are unknown; publishing twice does no harm.
  const listed = Array.isArray(commits) ? commits.length : 0;
  const unknown = listed === 0 || listed >= mostListedCommits || at(payload, "forced") === true;
  if (!unknown && relevant.length === 0) return [];
  const commit = textAt(payload, "after");
  return [{ kind: "publish" }, { kind: "inspect-push", commit, paths: unknown ? [] : relevant }];
}

const releaseActions = new Set(["published", "released", "prereleased", "edited"]);

/** The jobs that a delivery of the authors' app asks for: releases are providers' versions, tags are modules'. */
export function jobsOfAuthorEvent({ name, payload }: Delivery): readonly Job[] {
  const tag = newTag(name, payload);
  if (tag === undefined) return [];
  const repository = textAt(payload, "repository", "full_name");
  if (!/^[A-Za-z0-9-]{1,100}\/[A-Za-z0-9._-]{1,100}$/.test(repository)) return [];
  const id = at(payload, "repository", "id");
  const repositoryId = typeof id === "number" && Number.isSafeInteger(id) ? id : null;
  return [{ kind: "notice-release", repository, repositoryId, tag: tag.slice(0, 256) || null }];
}

function newTag(name: string, payload: JsonObject): string | undefined {
  if (name === "release" && releaseActions.has(textAt(payload, "action")))
    return textAt(payload, "release", "tag_name");
  return name === "create" && textAt(payload, "ref_type") === "tag" ? textAt(payload, "ref") : undefined;
}
