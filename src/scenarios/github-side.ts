import { createSigner } from "../sandbox/author/index.ts";
import { type App, type Sandbox, startSandbox } from "../sandbox/index.ts";
import { type Author, createAuthor } from "./author.ts";
import { type DemoRegistry, docsRepository, people, readDemoRegistry, readDocs, registryRepository } from "./demo.ts";
import { createModuleAuthor, type ModuleAuthor } from "./module-author.ts";
import { recordText } from "./record-text.ts";

/** The local GitHub with everything in it: accounts, upstreams with their history, the registry, both apps, rulesets. */
export interface GitHubSide {
  readonly sandbox: Sandbox;
  readonly authors: readonly Author[];
  readonly moduleAuthors: readonly ModuleAuthor[];
  readonly app: App;
  readonly authorApp: App;
}

interface Options {
  readonly folder: string;
  readonly port?: number;
  readonly settle: string;
  readonly writeSpacingMs?: number;
  /** `bump.every` of the registry's configuration. Default: not written. */
  readonly sweepEverySeconds?: number;
  /** Whether the registry's owner may push past the rulesets, as in many organisations. Default: no. */
  readonly ownerBypasses?: boolean;
  /** Whether the registry has neither keys nor a record of who signed, as one that never verified. Default: no. */
  readonly withoutKeys?: boolean;
}

export async function startGitHubSide({
  folder,
  port,
  settle,
  writeSpacingMs,
  sweepEverySeconds,
  ownerBypasses = false,
  withoutKeys = false,
}: Options): Promise<GitHubSide> {
  const sandbox = await startSandbox({
    folder,
    ...(port === undefined ? {} : { port }),
    ...(writeSpacingMs === undefined ? {} : { writeSpacingMs }),
  });
  const demo = await readDemoRegistry();
  sandbox.createAccount({ login: people.owner, type: "Organization" });
  sandbox.createAccount({ login: people.maintainer });
  sandbox.createAccount({ login: people.contributor });
  const authors: Author[] = [];
  for (const namespace of new Set([...demo.providers, ...demo.modules].map((one) => one.namespace))) {
    sandbox.createAccount({ login: namespace, type: "Organization" });
    authors.push(...(await createAuthors(sandbox, demo, namespace)));
  }
  await createDocs(sandbox);
  const { app, authorApp } = await createApps(sandbox);
  const moduleAuthors = await createRegistry(sandbox, {
    demo,
    authors,
    configuration: configuration(settle, sweepEverySeconds),
    withoutKeys,
  });
  sandbox.setSettings(registryRepository, { deleteBranchOnMerge: true });
  sandbox.setPermission({ repository: registryRepository, login: people.maintainer, permission: "maintain" });
  sandbox.installApp(app, { account: people.owner, repositories: [registryRepository] });
  for (const { repository } of [...authors, ...moduleAuthors]) {
    sandbox.installApp(authorApp, { account: repository.split("/")[0] ?? "", repositories: [repository] });
  }
  for (const ruleset of rulesets(app, ownerBypasses)) sandbox.addRuleset(registryRepository, ruleset);
  return { sandbox, authors, moduleAuthors, app, authorApp };
}

/** The authors of a namespace share one signing key, as companies do. */
async function createAuthors(sandbox: Sandbox, demo: DemoRegistry, namespace: string): Promise<Author[]> {
  const signer = await createSigner({
    name: `${namespace} releases`,
    email: `releases@${namespace}.example`,
    date: new Date("2024-01-15T00:00:00Z"),
  });
  const own = demo.providers.filter((provider) => provider.namespace === namespace);
  return Promise.all(
    own.map(async (provider) => {
      await sandbox.createRepository({
        owner: namespace,
        name: `terraform-provider-${provider.type}`,
        description: `A demonstration provider`,
        license: "MPL-2.0",
        createdAt: "2024-02-01T09:00:00Z",
      });
      return createAuthor(sandbox, { provider, signer });
    }),
  );
}

const configuration = (settle: string, sweepEverySeconds?: number): string =>
  `policy:\n  settle: ${settle}\n${sweepEverySeconds === undefined ? "" : `bump:\n  every: ${sweepEverySeconds}s\n`}`;

async function createRegistry(
  sandbox: Sandbox,
  {
    demo,
    authors,
    configuration,
    withoutKeys,
  }: {
    readonly demo: DemoRegistry;
    readonly authors: readonly Author[];
    readonly configuration: string;
    readonly withoutKeys: boolean;
  },
): Promise<readonly ModuleAuthor[]> {
  const files: Record<string, string> = {
    "README.md": "# Demonstration registry\n",
    ".github/registrar.yml": configuration,
  };
  const write = async (path: string, repository: string, versions: readonly Record<string, unknown>[]) => {
    const ids = await readIds(sandbox, repository);
    files[path] = recordText({ repository: `${sandbox.serverUrl}/${repository}`, ...ids, versions });
  };
  for (const author of authors) {
    const { provider, signer, repository } = author;
    const entries: Record<string, unknown>[] = [];
    for (const wish of provider.versions) {
      const { signed_by, ...entry } = (await author.cutRelease(wish)).entry;
      entries.unshift(withoutKeys ? entry : { ...entry, signed_by });
    }
    await write(provider.path, repository, entries);
    if (!withoutKeys) files[`keys/${provider.namespace}/releases.asc`] = signer.publicKey;
  }
  const moduleAuthors: ModuleAuthor[] = [];
  for (const module of demo.modules) {
    const { author, entries } = await createModuleAuthor(sandbox, module);
    await write(module.path, author.repository, entries);
    moduleAuthors.push(author);
  }
  await sandbox.createRepository({
    owner: people.owner,
    name: "registry",
    files,
    description: "A registry run by Registrar",
  });
  return moduleAuthors;
}

async function createDocs(sandbox: Sandbox): Promise<void> {
  const [owner = "", name = ""] = docsRepository.split("/");
  sandbox.createAccount({ login: owner, type: "Organization" });
  await sandbox.createRepository({ owner, name, files: await readDocs(), description: "Registrar's documentation" });
}

/** What a record keeps of a repository, so that another one of the same name is not taken for it. */
export async function readIds(
  sandbox: Sandbox,
  repository: string,
): Promise<{ repository_id: number; owner_id: number }> {
  const answer = await fetch(`${sandbox.apiUrl}/repos/${repository}`);
  const { id, owner } = (await answer.json()) as { id: number; owner: { id: number } };
  return { repository_id: id, owner_id: owner.id };
}

/** The permissions and events of app.yml and app.author.yml. */
export async function createApps(sandbox: Sandbox): Promise<{ app: App; authorApp: App }> {
  const app = await sandbox.createApp({
    name: "Registrar",
    slug: "registrar",
    permissions: {
      ...{ metadata: "read", contents: "write", pull_requests: "write", issues: "write", checks: "write" },
      actions: "write",
    },
    events: ["pull_request", "pull_request_review", "issue_comment", "push", "check_run", "check_suite"],
  });
  const authorApp = await sandbox.createApp({
    name: "Registrar for authors",
    slug: "registrar-authors",
    permissions: { metadata: "read", contents: "read" },
    events: ["release", "create"],
  });
  return { app, authorApp };
}

/** The three rulesets of docs/operators.md. */
export function rulesets(app: App, ownerBypasses: boolean) {
  const admin = { actor_id: null, actor_type: "OrganizationAdmin", bypass_mode: "always" } as const;
  const owner = ownerBypasses ? [admin] : [];
  const own = (mode: "always" | "pull_request") => ({ actor_id: app.id, actor_type: "Integration", bypass_mode: mode });
  return [
    {
      name: "verified",
      target: "branch",
      enforcement: "active",
      bypass_actors: owner,
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        {
          type: "required_status_checks",
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: "registrar", integration_id: app.id }],
          },
        },
        { type: "non_fast_forward" },
        { type: "deletion" },
      ],
    },
    {
      name: "reviewed",
      target: "branch",
      enforcement: "active",
      bypass_actors: [own("pull_request"), ...owner],
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [
        {
          type: "pull_request",
          parameters: {
            required_approving_review_count: 1,
            dismiss_stale_reviews_on_push: true,
            require_code_owner_review: false,
            require_last_push_approval: false,
            required_review_thread_resolution: false,
          },
        },
      ],
    },
    {
      name: "registrar's own branches",
      target: "branch",
      enforcement: "active",
      bypass_actors: [own("always")],
      // Two stars cross folders only before a slash: `registrar/**` would leave `registrar/bump/…` open to everybody.
      conditions: { ref_name: { include: ["refs/heads/host", "refs/heads/registrar/**/*"], exclude: [] } },
      rules: [{ type: "creation" }, { type: "update" }, { type: "deletion" }],
    },
  ] as const;
}
