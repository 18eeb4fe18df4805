// Longer than most files: every method is one call of an action, and together they are the actor's interface.
import { randomBytes } from "node:crypto";
import { demand, type Need } from "./access.ts";
import { rerequestRun, rerequestSuite } from "./actions/checks.ts";
import { commitFiles } from "./actions/commit-files.ts";
import { tellIssue } from "./actions/issues.ts";
import { addLabels, removeLabel } from "./actions/labels.ts";
import { mergePull } from "./actions/merge.ts";
import { personOf } from "./actions/people.ts";
import { openPull, pullOf, setDraft, updatePull } from "./actions/pulls.ts";
import { changeRef } from "./actions/refs.ts";
import { addAsset, addRelease, publish, removeAsset, removeRelease, tellPublished } from "./actions/releases.ts";
import { forkRepository } from "./actions/repositories.ts";
import { addReview } from "./actions/reviews.ts";
import { addComment, addThread, editComment, threadOf } from "./actions/threads.ts";
import type { Account } from "./entities/account.ts";
import type { Installation } from "./entities/app.ts";
import type { Release as ReleaseEntity } from "./entities/release.ts";
import type { Repository } from "./entities/repository.ts";
import type { Thread } from "./entities/thread.ts";
import { badCredentials, notFound, unprocessable } from "./errors.ts";
import { isAncestor } from "./git/history.ts";
import { readRef, ZERO } from "./git/refs.ts";
import { peel, resolveCommit } from "./git/resolve.ts";
import { writeTag } from "./git/write.ts";
import { html } from "./present/git.ts";
import { downloadUrl } from "./present/release.ts";
import type { Actor, Release } from "./sandbox.ts";
import { nameOf, type Store } from "./store.ts";
import { accountOf, type Viewer } from "./viewer.ts";
import type { World } from "./world.ts";

const CONTENTS: Need = { permission: "contents", level: "write" };
const TALK: Need = { permission: "pull_requests", level: "write", role: "read" };

export function makeActor(world: World, viewer: Viewer): Actor {
  const account = accountOf(viewer);
  const token = `${account.type === "Bot" ? "ghs" : "ghp"}_${randomBytes(27).toString("base64url")}`;
  world.store.tokens.set(token, { viewer, expiresAt: Number.POSITIVE_INFINITY });
  const open = (name: string, need: Need): Repository => {
    const repository = world.store.repository(name);
    if (account.deleted) throw badCredentials();
    if (repository === undefined) throw notFound(`There is no repository "${name}".`);
    demand(world.store, repository, { viewer, need });
    return repository;
  };
  const deleteRef = async (name: string, ref: string): Promise<void> => {
    const repository = open(name, CONTENTS);
    const before = await readRef(repository.git, ref);
    if (before === null) throw notFound(`${name} has no ${ref}.`);
    await changeRef(world, repository, { viewer, change: { ref, before, after: ZERO } });
  };
  return {
    account,
    token,
    async commit({ repository: name, branch, from, files, message, force = false, date }) {
      const repository = open(name, CONTENTS);
      const current = await readRef(repository.git, `refs/heads/${branch}`);
      const start = from === undefined ? null : await resolveCommit(repository.git, from);
      const leaves = current !== null && start !== null && !(await isAncestor(repository.git, current, start));
      if (leaves && !force) throw unprocessable("Update is not a fast forward");
      const author = personOf(account, date);
      return commitFiles(world, repository, { viewer, wish: { branch, from, files, message, author } });
    },
    deleteBranch: ({ repository, branch }) => deleteRef(repository, `refs/heads/${branch}`),
    async fork(name) {
      const fork = await forkRepository(world, open(name, { permission: "contents", level: "read" }), account);
      return describe(world, fork);
    },
    async openPullRequest({ repository: name, base, ...wanted }) {
      const repository = open(name, TALK);
      const thread = await openPull(world, repository, {
        viewer,
        wanted: { base: base ?? repository.defaultBranch, ...wanted },
      });
      return thread.number;
    },
    async comment({ repository, number, body }) {
      const thread = threadOf(open(repository, { ...TALK, permission: "issues" }), number);
      return (await addComment(world, thread, { viewer, body })).id;
    },
    async editComment({ repository, id, body }) {
      const { thread, comment } = findComment(open(repository, { ...TALK, permission: "issues" }), id);
      await editComment(world, thread, { viewer, comment, body });
    },
    async review({ repository, number, ...wanted }) {
      return (await addReview(world, pullOf(open(repository, TALK), number), { viewer, wanted })).id;
    },
    async merge({ repository, number, method = "merge", sha }) {
      return mergePull(world, pullOf(open(repository, CONTENTS), number), { viewer, wish: { method, sha } });
    },
    async editPullRequest({ repository, number, ...changes }) {
      await updatePull(world, pullOf(open(repository, TALK), number), { by: account, changes });
    },
    async setDraft({ repository, number, draft }) {
      await setDraft(world, pullOf(open(repository, TALK), number), { by: account, draft });
    },
    async closePullRequest({ repository, number }) {
      await updatePull(world, pullOf(open(repository, TALK), number), { by: account, changes: { state: "closed" } });
    },
    async reopenPullRequest({ repository, number }) {
      await updatePull(world, pullOf(open(repository, TALK), number), { by: account, changes: { state: "open" } });
    },
    async openIssue({ repository: name, title, body = null, labels = [] }) {
      const repository = open(name, { ...TALK, permission: "issues" });
      const thread = addThread(world, repository, { author: account, app: null, title, body, pull: null });
      await tellIssue(world, thread, { by: account, action: "opened" });
      await addLabels(world, thread, { viewer, names: labels });
      return thread.number;
    },
    async label({ repository, number, add = [], remove = [] }) {
      const thread = threadOf(open(repository, { permission: "issues", level: "write", role: "triage" }), number);
      await addLabels(world, thread, { viewer, names: add });
      for (const name of remove) await removeLabel(world, thread, { viewer, name });
    },
    async rerequestCheck(wish) {
      const repository = open(wish.repository, { permission: "checks", level: "write" });
      const suite = repository.suites.find((one) =>
        "suite" in wish ? one.id === wish.suite : one.runs.some(({ id }) => id === wish.id),
      );
      if (suite === undefined) throw notFound("There is no such check.");
      const run = "suite" in wish ? undefined : suite.runs.find(({ id }) => id === wish.id);
      if (run === undefined) await rerequestSuite(world, repository, { suite, by: account });
      else await rerequestRun(world, repository, { run, by: account });
    },
    async release({ repository: name, ...wanted }) {
      const repository = open(name, CONTENTS);
      return presentRelease(world, repository, await addRelease(world, repository, { viewer, wanted }));
    },
    async publishRelease({ repository: name, tag }) {
      const repository = open(name, CONTENTS);
      const release = findRelease(repository, tag);
      if (!release.draft) throw unprocessable(`The release of ${tag} is no draft.`);
      await publish(world, repository, { viewer, release, wanted: {} });
      await tellPublished(world, repository, { release, by: account, fromDraft: true });
      return presentRelease(world, repository, release);
    },
    async deleteAsset({ repository, tag, name }) {
      const found = open(repository, CONTENTS);
      const release = findRelease(found, tag);
      const asset = release.assets.find((one) => one.name === name);
      if (asset === undefined) throw notFound(`The release of ${tag} has no asset "${name}".`);
      await removeAsset(world, { release, asset });
      world.lag.changed(found);
    },
    async uploadAsset({ repository, tag, asset }) {
      const found = open(repository, CONTENTS);
      await addAsset(world, findRelease(found, tag), { by: account, wanted: asset });
      world.lag.changed(found);
    },
    async deleteRelease({ repository: name, tag }) {
      const repository = open(name, CONTENTS);
      await removeRelease(world, repository, { viewer, release: findRelease(repository, tag) });
    },
    async createTag({ repository: name, tag, target, annotated = false }) {
      const repository = open(name, CONTENTS);
      const commit = await resolveCommit(repository.git, target ?? repository.defaultBranch);
      if (commit === null) throw notFound(`There is no commit "${target}".`);
      const tagger = personOf(account);
      const after = annotated
        ? writeTag(repository.git, { object: commit, type: "commit", tag, tagger, message: tag })
        : commit;
      await changeRef(world, repository, { viewer, change: { ref: `refs/tags/${tag}`, before: ZERO, after } });
      return after;
    },
    async moveTag({ repository: name, tag, to }) {
      const repository = open(name, CONTENTS);
      const ref = `refs/tags/${tag}`;
      const [before, after] = await Promise.all([readRef(repository.git, ref), resolveCommit(repository.git, to)]);
      if (before === null || after === null) throw notFound(`There is no tag "${tag}" or no commit "${to}".`);
      await changeRef(world, repository, { viewer, change: { ref, before, after } });
    },
    deleteTag: ({ repository, tag }) => deleteRef(repository, `refs/tags/${tag}`),
  };
}

export function describe(world: World, repository: Repository) {
  return { id: repository.id, fullName: nameOf(repository), cloneUrl: `${html(world, repository)}.git` };
}

export function viewerOf(store: Store, account: Account): Viewer {
  if (account.type !== "Bot") return { kind: "user", account };
  const app = [...store.apps.values()].find(({ bot }) => bot === account);
  if (app === undefined) throw new Error(`${account.login} is the bot of no app.`);
  return viewerOfInstallation(installationOf(store, app));
}

/** Everybody whose requests are counted as this account's: a bot's by installation. */
export function viewersOf(store: Store, login: string): Viewer[] {
  if (login === "anonymous") return [{ kind: "anonymous" }];
  const account = store.account(login);
  if (account === undefined) throw new Error(`There is no account "${login}".`);
  if (account.type !== "Bot") return [{ kind: "user", account }];
  return [...store.installations.values()].filter(({ app }) => app.bot === account).map(viewerOfInstallation);
}

/** A bot acts with all that its app is allowed. */
export function viewerOfInstallation(installation: Installation): Viewer {
  const { app } = installation;
  return { kind: "installation", app, installation, permissions: app.permissions, repositories: null };
}

export function installationOf(store: Store, { id, slug }: { id: number; slug: string }, login?: string): Installation {
  const found = [...store.installations.values()].filter(
    ({ app, account }) => app.id === id && (login === undefined || account.login.toLowerCase() === login.toLowerCase()),
  );
  const [only] = found;
  if (only === undefined) throw new Error(`${slug} is not installed${login === undefined ? "" : ` at ${login}`}.`);
  if (found.length > 1) {
    const places = found.map(({ account }) => account.login).join(", ");
    throw new Error(`${slug} is installed at ${places}: say which account.`);
  }
  return only;
}

function findRelease(repository: Repository, tag: string): ReleaseEntity {
  const release = repository.releases.find((one) => one.tag === tag);
  if (release === undefined) throw notFound(`${nameOf(repository)} has no release of "${tag}".`);
  return release;
}

function findComment(repository: Repository, id: number): { thread: Thread; comment: Thread["comments"][number] } {
  for (const thread of repository.threads.values()) {
    const comment = thread.comments.find((one) => one.id === id);
    if (comment !== undefined) return { thread, comment };
  }
  throw notFound(`There is no comment ${id}.`);
}

async function presentRelease(world: World, repository: Repository, release: ReleaseEntity): Promise<Release> {
  const tag = await readRef(repository.git, `refs/tags/${release.tag}`);
  return {
    id: release.id,
    tag: release.tag,
    htmlUrl: `${html(world, repository)}/releases/tag/${release.tag}`,
    commit: (tag === null ? null : await peel(repository.git, tag)) ?? "",
    assets: release.assets.map(({ id, name, digest }) => ({
      id,
      name,
      digest,
      url: downloadUrl(world, repository, { tag: release.tag, name }),
    })),
  };
}
