import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { webhookPath } from "../app/http-server.ts";
import type { Layout } from "../registry/address.ts";
import { configurationPath, detectLayout, type RegistryTree } from "../registry/tree.ts";
import { createSigner, type Signer } from "../sandbox/author/index.ts";
import { type App, type Sandbox, startSandbox } from "../sandbox/index.ts";
import { people, registryRepository } from "../scenarios/demo.ts";
import { environmentOf } from "../scenarios/environment.ts";
import { createApps, rulesets } from "../scenarios/github-side.ts";
import { type Product, startProduct } from "./product-process.ts";

/** A local GitHub with a real registry on it, and Registrar at work there. */
export interface World {
  readonly sandbox: Sandbox;
  readonly app: App;
  readonly product: Product;
  readonly layout: Layout;
  /** Signs every release; its key is registered for each namespace as it is needed. */
  readonly signer: Signer;
  /** The commit with the whole registry, and its files. */
  readonly root: string;
  readonly paths: ReadonlySet<string>;
  /** The outsider's fork, `owner/name`. */
  readonly fork: string;
  stop(): Promise<Awaited<ReturnType<Product["stop"]>>>;
}

/** Nothing is looked for: what is played is all that happens. Releases are as old as the bumps, so nothing has to settle. */
const configuration = "bump:\n  enabled: false\npublish:\n  enabled: false\n";

/** Before a failed or early job is tried again, in milliseconds. */
const pausesMs = [50, 100, 200, 400, 800];

export async function startWorld(tree: RegistryTree, { profile }: { readonly profile: boolean }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-replay-"));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const sandbox = await startSandbox({ folder: join(folder, "github"), writeSpacingMs: 0, limits: "none" });
    stops.push(() => sandbox.stop());
    for (const [login, type] of [
      [people.owner, "Organization"],
      [people.contributor, "User"],
    ] as const) {
      sandbox.createAccount({ login, type });
    }
    const files = { ...(await readFiles(tree)), [configurationPath]: configuration };
    await sandbox.createRepository({ owner: people.owner, name: "registry", files });
    const { app } = await createApps(sandbox);
    sandbox.installApp(app, { account: people.owner, repositories: [registryRepository] });
    for (const ruleset of rulesets(app, false)) sandbox.addRuleset(registryRepository, ruleset);
    const fork = await sandbox.as(people.contributor).fork(registryRepository);
    const webhookSecret = crypto.randomUUID();
    const environment = environmentOf({ sandbox, app }, { folder, webhookSecret, authorWebhookSecret: null });
    const product = await startProduct({ environment: { ...environment, publishTo: null }, pausesMs });
    let places: Awaited<ReturnType<Product["stop"]>> = [];
    stops.push(async () => {
      places = await product.stop();
    });
    // What Registrar looks at when it starts is no bump's.
    await product.rest();
    if (profile) product.profile();
    sandbox.setWebhook(app, { url: `${product.url}${webhookPath}`, secret: webhookSecret });
    return {
      sandbox,
      app,
      product,
      layout: detectLayout(tree.files.map(({ path }) => path)),
      signer: await createSigner({
        name: "Replay",
        email: "replay@example.org",
        date: new Date("2015-01-01T00:00:00Z"),
      }),
      root: await tipOf(sandbox),
      paths: new Set(Object.keys(files)),
      fork: fork.fullName,
      stop: async () => {
        await stop();
        return places;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readFiles(tree: RegistryTree): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const regular = tree.files.filter(({ mode }) => mode === "100644" || mode === "100755");
  for await (const { file, bytes } of tree.read(regular)) files[file.path] = bytes;
  return files;
}

async function tipOf(sandbox: Sandbox): Promise<string> {
  const { token } = sandbox.as(people.owner);
  const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/git/ref/heads/main`, {
    headers: { authorization: `token ${token}` },
  });
  return ((await answer.json()) as { object: { sha: string } }).object.sha;
}
