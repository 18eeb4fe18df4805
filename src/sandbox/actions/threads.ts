import { atLeast, roleOf } from "../access.ts";
import type { Account } from "../entities/account.ts";
import type { App } from "../entities/app.ts";
import type { Repository } from "../entities/repository.ts";
import type { Comment, Pull, PullThread, Thread } from "../entities/thread.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { presentComment, presentIssue } from "../present/thread.ts";
import { accountOf, appOf, type Viewer } from "../viewer.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";

export interface NewThread<P extends Pull | null> {
  readonly author: Account;
  readonly app: App | null;
  readonly title: string;
  readonly body: string | null;
  readonly pull: P;
}

export function addThread(world: World, repository: Repository, wanted: NewThread<Pull>): PullThread;
export function addThread(world: World, repository: Repository, wanted: NewThread<null>): Thread;
export function addThread(world: World, repository: Repository, wanted: NewThread<Pull | null>): Thread {
  const now = time();
  const thread: Thread = {
    id: world.store.nextId(),
    number: repository.threads.size + 1,
    repository,
    ...wanted,
    createdAt: now,
    updatedAt: now,
    state: "open",
    stateReason: null,
    closedAt: null,
    closedBy: null,
    locked: false,
    labels: [],
    comments: [],
  };
  repository.threads.set(thread.number, thread);
  return thread;
}

export function threadOf(repository: Repository, number: number): Thread {
  const thread = repository.threads.get(number);
  if (thread === undefined) throw notFound();
  return thread;
}

/** https://docs.github.com/rest/guides/working-with-comments; the length is what GitHub says when it is passed */
const LONGEST = 65_536;

export async function addComment(
  world: World,
  thread: Thread,
  { viewer, body }: { viewer: Viewer; body: string },
): Promise<Comment> {
  checkBody(body);
  const now = time();
  const author = accountOf(viewer);
  const comment: Comment = {
    id: world.store.nextId(),
    author,
    app: appOf(viewer),
    body,
    createdAt: now,
    updatedAt: now,
  };
  thread.comments.push(comment);
  thread.updatedAt = now;
  await tellComment(world, thread, { by: author, action: "created", comment });
  return comment;
}

export async function editComment(
  world: World,
  thread: Thread,
  { viewer, comment, body }: { viewer: Viewer; comment: Comment; body: string },
): Promise<void> {
  checkBody(body);
  checkOwn(thread.repository, viewer, comment);
  const before = comment.body;
  comment.body = body;
  comment.updatedAt = time();
  const more = { changes: { body: { from: before } } };
  await tellComment(world, thread, { by: accountOf(viewer), action: "edited", comment, more });
}

export async function deleteComment(
  world: World,
  thread: Thread,
  { viewer, comment }: { viewer: Viewer; comment: Comment },
): Promise<void> {
  checkOwn(thread.repository, viewer, comment);
  thread.comments = thread.comments.filter((other) => other !== comment);
  thread.updatedAt = time();
  await tellComment(world, thread, { by: accountOf(viewer), action: "deleted", comment });
}

// People edit their own comments, and those with write access everybody's; so do apps with the permission.
function checkOwn(repository: Repository, viewer: Viewer, comment: Comment): void {
  if (viewer.kind !== "user" || viewer.account.id === comment.author.id) return;
  if (!atLeast(roleOf(repository, viewer.account), "write")) throw forbidden("Must have admin rights to Repository.");
}

function checkBody(body: string): void {
  if (body.trim() === "") throw unprocessable("Validation Failed", ["body can't be blank"]);
  if (body.length > LONGEST)
    throw unprocessable("Validation Failed", [`body is too long (maximum is ${LONGEST} characters)`]);
}

function tellComment(
  world: World,
  thread: Thread,
  { by, action, comment, more = {} }: { by: Account; action: string; comment: Comment; more?: object },
): Promise<void> {
  return emit(world, {
    repository: thread.repository,
    event: "issue_comment",
    action,
    sender: by,
    payload: () => ({ issue: presentIssue(world, thread), comment: presentComment(world, thread, comment), ...more }),
  });
}
