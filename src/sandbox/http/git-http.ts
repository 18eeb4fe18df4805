import { createGunzip } from "node:zlib";
import { demand, visible } from "../access.ts";
import { afterPush } from "../actions/after-push.ts";
import type { Repository } from "../entities/repository.ts";
import { ApiError } from "../errors.ts";
import { type PushRequest, parsePush, refusePush } from "../git/pkt-line.ts";
import { type RefChange, readRef, ZERO } from "../git/refs.ts";
import { rulesFor, violationsOfChange } from "../rulesets/enforce.ts";
import { nameOf } from "../store.ts";
import { accountOf, nameOfViewer, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { type GitCall, runBackend } from "./git-backend.ts";

type Call = GitCall & { readonly viewer: Viewer };

/** Git's smart protocol, over HTTP. https://git-scm.com/docs/gitprotocol-http */
export async function serveGit(call: Call): Promise<void> {
  const { world, repository, viewer, request, response, service, query } = call;
  const pushes = service === "git-receive-pack" || query.includes("service=git-receive-pack");
  const refusal = refuse(world, { repository, viewer, pushes });
  if (refusal !== null) {
    request.resume();
    const headers = refusal.status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
    response.writeHead(refusal.status, { ...headers, "content-type": "text/plain; charset=utf-8" });
    response.end(refusal.message);
    return;
  }
  if (service === "git-receive-pack") await receivePack(call);
  else await runBackend(call, { body: request });
}

export function refuse(
  world: World,
  { repository, viewer, pushes }: { repository: Repository | null; viewer: Viewer; pushes: boolean },
): { status: number; message: string } | null {
  const anonymous = viewer.kind === "anonymous";
  if (repository === null || !visible(world.store, repository, viewer)) {
    return anonymous
      ? { status: 401, message: "Authentication required" }
      : { status: 404, message: "Repository not found." };
  }
  if (pushes && anonymous) return { status: 401, message: "Authentication required" };
  if (pushes && repository.archived)
    return { status: 403, message: "This repository was archived so it is read-only." };
  try {
    demand(world.store, repository, { viewer, need: { permission: "contents", level: pushes ? "write" : "read" } });
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: 403, message: `Permission to ${nameOf(repository)}.git denied to ${nameOfViewer(viewer)}.` };
  }
}

async function receivePack(call: Call): Promise<void> {
  const { world, repository, viewer, request, response } = call;
  const input = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  // The commands come first: they are judged before git sees anything, the pack behind them streams through.
  const chunks: Buffer[] = [];
  let push: PushRequest | null = null;
  const stream = input[Symbol.asyncIterator]();
  while (push === null) {
    const { done, value } = await stream.next();
    if (done === true) break;
    chunks.push(value);
    push = parsePush(Buffer.concat(chunks));
  }
  const changes: RefChange[] = push === null ? [] : [...push.commands];
  const found = await judge(repository, { viewer, changes });
  if (push !== null && found !== null) {
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
      // The client sends the whole pack before it listens.
    }
    response.writeHead(200, { "content-type": "application/x-git-receive-pack-result", "cache-control": "no-cache" });
    response.end(refusePush(push, found));
    return;
  }
  const before = await Promise.all(changes.map(({ ref }) => readRef(repository.git, ref)));
  async function* body() {
    yield* chunks;
    for (let next = await stream.next(); next.done !== true; next = await stream.next()) yield next.value;
  }
  // git compares histories better than we can here, where the new commits have not arrived yet.
  const noForce = changes.some(({ ref }) =>
    rulesFor(repository, ref, { viewer, way: "push" }).some(({ type }) => type === "non_fast_forward"),
  );
  const config: Record<string, string> = noForce ? { "receive.denyNonFastForwards": "true" } : {};
  // The client hears the end only when pull requests have followed, so that nobody reads what was before.
  const beforeEnd = async () => {
    const after = await Promise.all(changes.map(({ ref }) => readRef(repository.git, ref)));
    const done = changes.flatMap(({ ref }, index) => {
      const change = { ref, before: before[index] ?? ZERO, after: after[index] ?? ZERO };
      return change.before === change.after ? [] : [change];
    });
    if (done.length === 0) return;
    const work = () => afterPush(world, repository, { by: accountOf(viewer), changes: done });
    await world.lock.run(repository.git.objects, work);
  };
  await runBackend(call, { body: body(), plain: true, config, beforeEnd });
}

async function judge(
  repository: Repository,
  { viewer, changes }: { viewer: Viewer; changes: readonly RefChange[] },
): Promise<{ reason: string; messages: string[] } | null> {
  for (const change of changes) {
    if (!/^refs\/(heads|tags)\//.test(change.ref)) return { reason: "deny updating a hidden ref", messages: [] };
    const violations = await violationsOfChange(repository, change, { viewer, skipForce: true });
    if (violations.length === 0) continue;
    return {
      reason: "push declined due to repository rule violations",
      messages: [
        `error: GH013: Repository rule violations found for ${change.ref}.`,
        "",
        ...violations.flatMap((violation) => [`- ${violation}`, ""]),
      ],
    };
  }
  return null;
}
