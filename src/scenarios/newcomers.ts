import type { ProviderAddress } from "../registry/address.ts";
import { recordPath } from "../registry/address.ts";
import type { Author } from "./author.ts";
import { createAuthor } from "./author.ts";
import { authorOf, dns, releaseQuietly } from "./casting.ts";
import { readIds } from "./github-side.ts";
import { recordText } from "./record-text.ts";
import type { Stage } from "./stage.ts";

/** A provider that the registry does not have yet; its namespace and its signing key are known. */
export const mail: ProviderAddress = { kind: "provider", namespace: "acme", type: "mail" };
export const mailPath = recordPath(mail, "plain");

/** The repository of acme/mail with its first release, v0.1.0, and the record that goes with them. */
export async function newProvider(stage: Stage): Promise<{ readonly author: Author; readonly record: string }> {
  const { namespace, type } = mail;
  const { signer, provider } = authorOf(stage, dns);
  await stage.sandbox.createRepository({
    owner: namespace,
    name: `terraform-provider-${type}`,
    description: "Sends mail, for demonstration",
    license: "MPL-2.0",
    createdAt: "2025-11-03T08:00:00Z",
  });
  const { platforms } = provider;
  const author = createAuthor(stage.sandbox, {
    provider: { path: mailPath, namespace, type, versions: [], platforms },
    signer,
  });
  const { entry } = await releaseQuietly(author, "0.1.0");
  const { repository } = author;
  const ids = await readIds(stage.sandbox, repository);
  return {
    author,
    record: recordText({ repository: `${stage.sandbox.serverUrl}/${repository}`, ...ids, versions: [entry] }),
  };
}
