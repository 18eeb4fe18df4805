import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import type { Pull, PullThread } from "../entities/thread.ts";
import { ApiError, type FieldError, notFound, unprocessable } from "../errors.ts";
import { isAncestor, mergeBase } from "../git/history.ts";
import { readRef, ZERO } from "../git/refs.ts";
import { writeRefs } from "../git/write-refs.ts";
import { accountOf, appOf, type Viewer } from "../viewer.ts";
import { time, type World } from "../world.ts";
import { setState, tellPull } from "./pull-state.ts";
import { addThread } from "./threads.ts";

export interface NewPull {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly maintainerCanModify?: boolean;
}

/** https://docs.github.com/rest/pulls/pulls#create-a-pull-request */
export function openPull(
  world: World,
  repository: Repository,
  { viewer, wanted }: { viewer: Viewer; wanted: NewPull },
): Promise<PullThread> {
  return world.lock.run(repository.git.objects, async () => {
    const author = accountOf(viewer);
    const head = findHead(world, repository, wanted.head);
    const baseSha = await readRef(repository.git, `refs/heads/${wanted.base}`);
    const headSha = head === null ? null : await readRef(head.repository.git, `refs/heads/${head.ref}`);
    if (baseSha === null) throw refuse({ field: "base", code: "invalid" });
    if (head === null || headSha === null) throw refuse({ field: "head", code: "invalid" });
    await refuseUseless(repository, { baseSha, headSha, wanted });
    const twin = [...repository.threads.values()].find(
      ({ state, pull }) =>
        state === "open" &&
        pull !== null &&
        pull.head.repository === head.repository &&
        pull.head.ref === head.ref &&
        pull.base.ref === wanted.base,
    );
    if (twin !== undefined) {
      const label = `${head.repository.owner.login}:${head.ref}`;
      throw refuse({ code: "custom", message: `A pull request already exists for ${label}.` });
    }
    const pull: Pull = {
      id: world.store.nextId(),
      base: { ref: wanted.base, sha: baseSha },
      head: { repository: head.repository, owner: head.repository.owner, ref: head.ref, sha: headSha },
      maintainerCanModify: wanted.maintainerCanModify ?? head.repository !== repository,
      draft: wanted.draft ?? false,
      merged: null,
      mergeability: null,
      requested: [],
      reviews: [],
      reviewComments: [],
    };
    const thread = addThread(world, repository, {
      author,
      app: appOf(viewer),
      title: wanted.title,
      body: wanted.body ?? null,
      pull,
    });
    await writeRefs(repository.git, [{ ref: `refs/pull/${thread.number}/head`, before: ZERO, after: headSha }]);
    await tellPull(world, thread, { by: author, action: "opened" });
    return thread;
  });
}

export interface PullChanges {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: "open" | "closed" | undefined;
  readonly base?: string | undefined;
}

/** https://docs.github.com/rest/pulls/pulls#update-a-pull-request */
export function updatePull(
  world: World,
  thread: PullThread,
  { by, changes }: { by: Account; changes: PullChanges },
): Promise<void> {
  return world.lock.run(thread.repository.git.objects, async () => {
    const { repository, pull } = thread;
    const before: Record<string, unknown> = {};
    if (changes.title !== undefined && changes.title !== thread.title) {
      before.title = { from: thread.title };
      thread.title = changes.title;
    }
    if (changes.body !== undefined && changes.body !== thread.body) {
      before.body = { from: thread.body };
      thread.body = changes.body;
    }
    if (changes.base !== undefined && changes.base !== pull.base.ref) {
      const sha = await readRef(repository.git, `refs/heads/${changes.base}`);
      if (sha === null) throw refuse({ field: "base", code: "invalid" });
      if (thread.state === "closed")
        throw refuse({
          field: "base",
          code: "invalid",
          message: "Cannot change the base branch of a closed pull request.",
        });
      before.base = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
      Object.assign(pull.base, { ref: changes.base, sha });
      pull.mergeability = null;
    }
    if (Object.keys(before).length > 0) {
      thread.updatedAt = time();
      await tellPull(world, thread, { by, action: "edited", more: { changes: before } });
    }
    if (changes.state === "closed") await setState(world, thread, { by, state: "closed" });
    if (changes.state === "open" && thread.state === "closed") await reopen(world, thread, by);
  });
}

async function reopen(world: World, thread: PullThread, by: Account): Promise<void> {
  const { pull, repository } = thread;
  const current =
    pull.head.repository === null ? null : await readRef(pull.head.repository.git, `refs/heads/${pull.head.ref}`);
  if (pull.merged !== null || current === null) {
    throw refuse({
      field: "state",
      code: "invalid",
      message: "state cannot be changed. The pull request cannot be reopened.",
    });
  }
  if (!(await isAncestor(repository.git, pull.head.sha, current))) {
    const label = `${pull.head.owner.login}:${pull.head.ref}`;
    throw refuse({
      field: "state",
      code: "invalid",
      message: `state cannot be changed. The ${label} branch was force-pushed or recreated.`,
    });
  }
  if (current !== pull.head.sha) {
    await writeRefs(repository.git, [
      { ref: `refs/pull/${thread.number}/head`, before: pull.head.sha, after: current },
    ]);
    pull.head.sha = current;
  }
  pull.mergeability = null;
  await setState(world, thread, { by, state: "open" });
}

export async function setDraft(
  world: World,
  thread: PullThread,
  { by, draft }: { by: Account; draft: boolean },
): Promise<void> {
  if (thread.pull.draft === draft) return;
  thread.pull.draft = draft;
  thread.updatedAt = time();
  await tellPull(world, thread, { by, action: draft ? "converted_to_draft" : "ready_for_review" });
}

export function pullOf(repository: Repository, number: number): PullThread {
  const thread = repository.threads.get(number);
  if (thread === undefined || thread.pull === null) throw notFound();
  return thread as PullThread;
}

function findHead(world: World, repository: Repository, head: string): { repository: Repository; ref: string } | null {
  const colon = head.indexOf(":");
  if (colon < 0) return { repository, ref: head };
  const login = head.slice(0, colon).toLowerCase();
  const ref = head.slice(colon + 1);
  if (repository.owner.login.toLowerCase() === login) return { repository, ref };
  for (const other of world.store.network(repository)) {
    if (other.owner.login.toLowerCase() === login) return { repository: other, ref };
  }
  return null;
}

async function refuseUseless(
  repository: Repository,
  { baseSha, headSha, wanted }: { baseSha: string; headSha: string; wanted: NewPull },
): Promise<void> {
  if ((await mergeBase(repository.git, baseSha, headSha)) === null) {
    throw unprocessable(`The ${wanted.head} branch has no history in common with ${wanted.base}`);
  }
  if (await isAncestor(repository.git, headSha, baseSha)) {
    throw refuse({ code: "custom", message: `No commits between ${wanted.base} and ${wanted.head}` });
  }
}

function refuse(error: Omit<FieldError, "resource">): ApiError {
  return new ApiError(422, "Validation Failed", { errors: [{ resource: "PullRequest", ...error }] });
}
