import { composeCommitReader } from "../compose/trees.ts";
import { isHistory } from "../publish/part.ts";
import { RegistrarError } from "../registry/errors.ts";
import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";
import { parseWithheld } from "../tasks/withheld-text.ts";
import { withoutCommits } from "../tasks/withheld-tree.ts";
import { readPublished } from "./read-registry.ts";

/** What is published: without what Registrar keeps back of that commit, where it is told of any, just as the server does. */
export async function readWithoutWithheld(options: {
  readonly registry: string;
  readonly commit?: string;
  readonly withhold?: string;
}): Promise<RegistryTree | RegistryHistory> {
  const { registry, commit, withhold } = options;
  if (withhold === undefined) return readPublished(options);
  if (commit === undefined) {
    throw new RegistrarError("bad-argument", "--withhold says what is kept back of a commit: name that with --commit.");
  }
  const withheld = parseWithheld(withhold);
  const published = await readPublished(options);
  if (withheld.length === 0) return published;
  const tree = isHistory(published) ? await published.read() : published;
  return withoutCommits(await composeCommitReader(registry), tree, withheld);
}
