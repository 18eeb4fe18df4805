import { type ModuleAddress, type ProviderAddress, recordPath } from "../registry/address.ts";
import { type Author, createAuthor } from "./author.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { readIds } from "./github-side.ts";
import { createModuleAuthor } from "./module-author.ts";
import { recordText } from "./record-text.ts";
import type { Stage } from "./stage.ts";

/** A provider that the registry does not have yet; its namespace and its signing key are known. */
export const mail: ProviderAddress = { kind: "provider", namespace: "acme", type: "mail" };

/** A module that the registry does not have yet. */
export const subnets: ModuleAddress = { kind: "module", namespace: "acme", name: "subnets", system: "aws" };

/** A record as somebody submits it. */
export interface NewRecord {
  readonly path: string;
  readonly text: string;
}

/** Makes the repository of acme/mail, or of another provider of acme's, with its first release, v0.1.0, and the record that goes with them. */
export async function newProvider(
  stage: Stage,
  address: ProviderAddress = mail,
): Promise<NewRecord & { readonly author: Author }> {
  const { namespace, type } = address;
  const path = recordPath(address, "plain");
  await stage.sandbox.createRepository({
    owner: namespace,
    name: `terraform-provider-${type}`,
    description: "A demonstration provider",
    license: "MPL-2.0",
    createdAt: "2025-11-03T08:00:00Z",
  });
  const { signer, provider } = authorOf(stage, dns);
  const { platforms } = provider;
  const author = createAuthor(stage.sandbox, { provider: { path, namespace, type, versions: [], platforms }, signer });
  const { entry } = await releaseQuietly(author, "0.1.0");
  return { path, text: await writeRecord(stage, author.repository, [entry]), author };
}

/** Makes the repository of acme/subnets/aws with its first tag, v0.1.0, and the record that goes with them. */
export async function newModule(stage: Stage): Promise<NewRecord> {
  const path = recordPath(subnets, "plain");
  const { namespace, name, system } = subnets;
  const { author, entries } = await createModuleAuthor(stage.sandbox, {
    path,
    namespace,
    name,
    system,
    versions: [{ version: "v0.1.0", published: "2025-11-03T08:00:00Z" }],
  });
  return { path, text: await writeRecord(stage, author.repository, entries) };
}

async function writeRecord(
  { sandbox }: Stage,
  repository: string,
  versions: readonly Record<string, unknown>[],
): Promise<string> {
  const ids = await readIds(sandbox, repository);
  return recordText({ repository: `${sandbox.serverUrl}/${repository}`, ...ids, versions });
}
