import { existsSync } from "node:fs";
import { join } from "node:path";
import { composeHistory, composeTree } from "../compose/trees.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";

/** The registry that a command is asked to read. A folder without one is a wrong folder: publishing it would remove everything. */
export async function readRegistry(options: {
  readonly registry: string;
  readonly commit?: string;
}): Promise<RegistryTree> {
  return assertRegistry(await composeTree(options.registry, options.commit), options);
}

/** The same with its history, where it is a commit. An empty one is refused where all of it is about to be read. */
export async function readPublished(options: {
  readonly registry: string;
  readonly commit?: string;
}): Promise<RegistryTree | RegistryHistory> {
  if (options.commit === undefined) return readRegistry(options);
  const history = await composeHistory(options.registry, options.commit);
  return {
    ...history,
    read: async (namespaces?: ReadonlySet<string>) => {
      const tree = await history.read(namespaces);
      return namespaces === undefined ? assertRegistry(tree, options) : tree;
    },
  };
}

/** The tree, where it is one of a registry. */
export function assertRegistry(
  tree: RegistryTree,
  options: { readonly registry: string; readonly commit?: string },
): RegistryTree {
  if (tree.files.some(({ path }) => /^(?:providers|modules)\//.test(path))) return tree;
  const where = options.commit === undefined ? "" : ` at ${quoted(options.commit)}`;
  const next =
    options.commit === undefined && isBareRepository(options.registry)
      ? "It is a bare git repository: name a branch of it, for example with --commit main."
      : "Name the folder that has with --registry.";
  throw new RegistrarError(
    "bad-argument",
    `The folder ${quoted(options.registry)}${where} holds no registry: it has neither providers/ nor modules/. ${next}`,
  );
}

const isBareRepository = (folder: string): boolean =>
  ["HEAD", "objects", "refs"].every((name) => existsSync(join(folder, name)));
