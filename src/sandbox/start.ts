import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { deleteAccount, renameAccount, renameRepository, transferRepository } from "./actions/names.ts";
import { createRepository, deleteRepository } from "./actions/repositories.ts";
import { rewriteBranch } from "./actions/rewrite-branch.ts";
import { seed } from "./actions/seed.ts";
import { setWorkflowRun } from "./actions/workflow-runs.ts";
import { describe, installationOf, makeActor, viewerOf, viewerOfInstallation, viewersOf } from "./actor.ts";
import { Contracts } from "./contracts/contracts.ts";
import type { Repository } from "./entities/repository.ts";
import { GitProgram } from "./git/program.ts";
import { Gaps } from "./graphql/gaps.ts";
import type { Api } from "./http/api.ts";
import { FaultList } from "./http/faults.ts";
import { Limits } from "./http/limits.ts";
import { Router } from "./http/router.ts";
import { Lag } from "./lag.ts";
import { Lock } from "./lock.ts";
import { Log } from "./log.ts";
import { routeTable } from "./routes/table.ts";
import type { Actor, Sandbox, SandboxOptions } from "./sandbox.ts";
import { type Handler, handle, listen, type Site } from "./server.ts";
import { addAccount, addApp, addInstallation, addRuleset } from "./setup.ts";
import { Store } from "./store.ts";
import { Webhooks } from "./webhooks/webhooks.ts";
import { time, type World } from "./world.ts";

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const folder = resolve(options.folder);
  await mkdir(join(folder, "assets"), { recursive: true });
  const onEvent = options.onEvent ?? (() => undefined);
  const store = new Store();
  const log = new Log(onEvent);
  const webhooks = new Webhooks(store, (delivery) => onEvent({ kind: "delivery", delivery }));
  const lag = new Lag();
  const gaps = new Gaps();
  const repositoryOf = (name: string): Repository => {
    const repository = store.repository(name);
    if (repository === undefined) throw new Error(`There is no repository "${name}".`);
    return repository;
  };
  const program = new GitProgram();
  const limits = new Limits({
    writeSpacingMs: options.writeSpacingMs ?? 1000,
    anonymousLimit: options.anonymousLimit ?? 60,
    enforced: options.limits !== "none",
  });
  let site: Site | undefined;
  const server = await listen(options.port ?? 0, (request, response) => {
    if (site !== undefined) void handle(site, request, response);
    else response.writeHead(503).end();
  });
  const { port } = server.address() as AddressInfo;
  const serverUrl = `http://127.0.0.1:${port}`;
  const world: World = {
    folder,
    serverUrl,
    apiUrl: `${serverUrl}/api/v3`,
    store,
    program,
    webhooks,
    lock: new Lock(),
    lag,
    gaps,
  };
  const api: Api = { world, router: new Router(routeTable(limits)), contracts: new Contracts(), limits, log };
  const faults = new FaultList({
    exhaust: ({ login, ...wish }) => limits.exhaust(viewersOf(store, login), wish),
    lag: ({ repository, ...wish }) => lag.set(repositoryOf(repository), wish),
    graphql: ({ repository, type, message = "Resource limits for this query exceeded.", times = 1 }) =>
      gaps.add(repository, { type, message, times }),
    webhooks: (wanted) => Object.assign(webhooks.faults, wanted),
  });
  const handlers: [string, Handler][] = [];
  site = { api, faults, handlers };
  const actors = new Map<number, Actor>();
  const accountOf = (login: string) => {
    const account = store.account(login);
    if (account === undefined) throw new Error(`There is no account "${login}": create it first.`);
    return account;
  };
  return {
    serverUrl,
    apiUrl: world.apiUrl,
    faults,
    requests: log.requests,
    violations: log.violations,
    deliveries: webhooks.deliveries,
    createAccount: ({ login, type = "User" }) => addAccount(store, { login, type }),
    createApp: (wanted) => addApp(store, wanted),
    setWebhook(app, webhook) {
      const known = store.apps.get(app.id);
      if (known !== undefined) known.webhook = webhook;
    },
    installApp: (app, { account, repositories }) =>
      addInstallation(store, { appId: app.id, account: accountOf(account), repositories }),
    createRepository: async (wanted) => describe(world, await createRepository(world, wanted)),
    seed: async (wanted) => (await seed(world, wanted)).map((repository) => describe(world, repository)),
    rewriteBranch: ({ repository, ...wish }) => rewriteBranch(world, repositoryOf(repository), wish),
    setPermission({ repository, login, permission }) {
      const { roles } = repositoryOf(repository);
      if (permission === "none") roles.delete(accountOf(login).id);
      else roles.set(accountOf(login).id, permission);
    },
    setSettings(name, settings) {
      const repository = repositoryOf(name);
      const { merge } = repository;
      merge.mergeCommit = settings.allowMergeCommit ?? merge.mergeCommit;
      merge.squash = settings.allowSquashMerge ?? merge.squash;
      merge.rebase = settings.allowRebaseMerge ?? merge.rebase;
      merge.deleteBranch = settings.deleteBranchOnMerge ?? merge.deleteBranch;
      repository.private = settings.private ?? repository.private;
      repository.archived = settings.archived ?? repository.archived;
    },
    addRuleset: (name, ruleset) => addRuleset(store, repositoryOf(name), ruleset),
    workflowRuns: (name) => repositoryOf(name).workflowRuns.map((run) => ({ ...run, actor: run.actor.login })),
    setWorkflowRun: ({ repository, ...change }) => setWorkflowRun(world, repositoryOf(repository), change),
    setWorkflowEnabled({ repository, workflow, enabled }) {
      const { disabledWorkflows } = repositoryOf(repository);
      if (enabled) disabledWorkflows.delete(workflow);
      else disabledWorkflows.add(workflow);
    },
    renameRepository(name, newName) {
      const repository = repositoryOf(name);
      renameRepository(store, repository, newName);
      return describe(world, repository);
    },
    transferRepository(name, owner) {
      const repository = repositoryOf(name);
      transferRepository(store, repository, accountOf(owner));
      return describe(world, repository);
    },
    deleteRepository: (name) => deleteRepository(world, repositoryOf(name)),
    renameAccount: (login, newLogin) => renameAccount(store, accountOf(login), newLogin),
    deleteAccount: (login) => deleteAccount(world, accountOf(login)),
    setIpAllowList({ organization, enabled }) {
      accountOf(organization).ipAllowList = enabled;
    },
    addGpgKey({ login, publicKey, fingerprint, raw = true }) {
      const id = store.nextId();
      accountOf(login).gpgKeys.push({ id, fingerprint, rawKey: raw ? publicKey : null, createdAt: time() });
    },
    addPublicMember({ organization, login }) {
      accountOf(organization).publicMembers.add(accountOf(login).id);
    },
    as(login) {
      const account = accountOf(login);
      const actor = actors.get(account.id) ?? makeActor(world, viewerOf(store, account));
      actors.set(account.id, actor);
      return actor;
    },
    asApp(app, { account } = {}) {
      const installation = installationOf(store, app, account);
      const actor = actors.get(installation.id) ?? makeActor(world, viewerOfInstallation(installation));
      actors.set(installation.id, actor);
      return actor;
    },
    idle: () => webhooks.idle(),
    handle(prefix, handler) {
      if (!prefix.startsWith("/_sandbox/")) throw new Error(`"${prefix}" must start with /_sandbox/.`);
      handlers.push([prefix, handler]);
      handlers.sort(([a], [b]) => b.length - a.length);
    },
    async stop() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      await webhooks.stop();
      server.closeAllConnections();
      await closed;
      await program.stop();
    },
  };
}
