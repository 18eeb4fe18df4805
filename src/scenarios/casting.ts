import { addressText, type ModuleAddress, type ProviderAddress } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { Author, CutRelease } from "./author.ts";
import type { ModuleAuthor } from "./module-author.ts";
import { pollUntil } from "./poll.ts";
import type { Show } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { type SeenPullRequest, seePullRequests } from "./view.ts";

/** The provider that most scenarios are about; its demo versions are 1.0.0 and 1.1.0. */
export const dns: ProviderAddress = { kind: "provider", namespace: "acme", type: "dns" };

/** The demo's module; its versions are v1.0.0 and v1.1.0. */
export const network: ModuleAddress = { kind: "module", namespace: "acme", name: "network", system: "aws" };

export function authorOf({ authors }: Stage, address: ProviderAddress): Author {
  const found = authors.find(
    ({ provider: { namespace, type } }) => namespace === address.namespace && type === address.type,
  );
  if (found !== undefined) return found;
  throw new RegistrarError("sandbox-missing", `The demo registry has no provider ${addressText(address)}.`);
}

export function moduleAuthorOf({ moduleAuthors }: Stage, address: ModuleAddress): ModuleAuthor {
  const text = addressText(address);
  const found = moduleAuthors.find(({ module }) => addressText({ kind: "module", ...module }) === text);
  if (found !== undefined) return found;
  throw new RegistrarError("sandbox-missing", `The demo registry has no module ${text}.`);
}

/** Waits for the first pull request that anybody opens, as a step. */
export async function awaitPullRequest({ act, view }: Show): Promise<SeenPullRequest> {
  return act(
    "a pull request is opened",
    () => pollUntil("a pull request", async () => (await seePullRequests(view))[0]),
    ({ number, url, title }) => `#${number} ${title}  ${url}`,
  );
}

/** A correct release of a minute ago of which nobody tells, so that the only pull request for it is somebody's own. */
export function releaseQuietly(author: Author, version: string): Promise<CutRelease> {
  return author.cutRelease({ version, published: `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z` });
}
