import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorWebhookPath, webhookPath } from "../../../src/app/http-server.ts";
import { createSigner } from "../../../src/sandbox/author/index.ts";
import { type App, type Sandbox, startSandbox } from "../../../src/sandbox/index.ts";
import { type Author, createAuthor } from "../../../src/scenarios/author.ts";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import { type Environment, environmentOf } from "../../../src/scenarios/environment.ts";
import { createApps, rulesets } from "../../../src/scenarios/github-side.ts";

export interface LargeRegistry {
  readonly sandbox: Sandbox;
  readonly authors: readonly Author[];
  readonly app: App;
  readonly authorApp: App;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Namespaces that the records are spread over. */
const namespaces = 10;

/** A registry of so many providers with one release each, all of it real, and nobody told of anything. */
export async function aLargeRegistry(
  records: number,
  {
    writeSpacingMs = 0,
    configuration = "",
  }: { readonly writeSpacingMs?: number; readonly configuration?: string } = {},
): Promise<LargeRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-large-"));
  const sandbox = await startSandbox({ folder: join(folder, "github"), writeSpacingMs });
  const files: Record<string, string> = {
    "README.md": "# Large\n",
    ".github/registrar.yml": `policy:\n  settle: 0s\n${configuration}`,
  };
  sandbox.createAccount({ login: people.owner, type: "Organization" });
  sandbox.createAccount({ login: people.maintainer });
  const authors: Author[] = [];
  for (let index = 0; index < namespaces; index += 1) {
    const namespace = `authors${index}`;
    sandbox.createAccount({ login: namespace, type: "Organization" });
    const signer = await createSigner({ name: namespace, email: `releases@${namespace}.example` });
    files[`keys/${namespace}/releases.asc`] = signer.publicKey;
    for (let number = index; number < records; number += namespaces) {
      const type = `p${number}`;
      const path = `providers/${namespace}/${type}.json`;
      const provider = { path, namespace, type, versions: [], platforms: ["linux_amd64" as const] };
      authors.push(createAuthor(sandbox, { provider, signer }));
    }
  }
  for (const author of authors) {
    const { namespace, type, path } = author.provider;
    const { id } = await sandbox.createRepository({ owner: namespace, name: `terraform-provider-${type}` });
    const { entry } = await author.cutRelease({ version: "1.0.0", published: "2026-01-10T10:00:00Z" });
    const repository = `${sandbox.serverUrl}/${author.repository}`;
    const head = { repository, repository_id: id, owner_id: sandbox.as(namespace).account.id };
    files[path] = `${JSON.stringify({ ...head, versions: [entry] }, null, 2)}\n`;
  }
  await sandbox.createRepository({ owner: people.owner, name: "registry", files });
  sandbox.setSettings(registryRepository, { deleteBranchOnMerge: true });
  sandbox.setPermission({ repository: registryRepository, login: people.maintainer, permission: "maintain" });
  const { app, authorApp } = await createApps(sandbox);
  sandbox.installApp(app, { account: people.owner, repositories: [registryRepository] });
  for (const ruleset of rulesets(app, false)) sandbox.addRuleset(registryRepository, ruleset);
  const stop = async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { sandbox, authors, app, authorApp, folder, stop };
}

const secrets = { webhook: "a secret of the registry's app", author: "a secret of the authors' app" };

/** The environment of a Registrar that serves it, on a free port. */
export const environmentFor = (registry: LargeRegistry): Environment =>
  environmentOf(registry, {
    folder: registry.folder,
    webhookSecret: secrets.webhook,
    authorWebhookSecret: secrets.author,
  });

/** Has GitHub send its events to a running Registrar. */
export function sendEventsTo({ sandbox, app, authorApp }: LargeRegistry, url: string): void {
  sandbox.setWebhook(app, { url: `${url}${webhookPath}`, secret: secrets.webhook });
  sandbox.setWebhook(authorApp, { url: `${url}${authorWebhookPath}`, secret: secrets.author });
}

/** The versions that clients see of a provider. */
export async function publishedVersions(
  { folder }: LargeRegistry,
  provider: Author["provider"],
): Promise<readonly string[]> {
  const path = join(folder, "published", "v1", "providers", provider.namespace, provider.type, "versions");
  const text = await readFile(path, "utf8").catch(() => '{"versions":[]}');
  return (JSON.parse(text) as { versions: { version: string }[] }).versions.map(({ version }) => version);
}

/** GET of the registry repository's API, as its maintainer. */
export async function getRegistry<T>({ sandbox }: LargeRegistry, path: string): Promise<T> {
  const { token } = sandbox.as(people.maintainer);
  const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/${path}`, {
    headers: { authorization: `token ${token}` },
  });
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}.`);
  return (await answer.json()) as T;
}
