import type { OpenRecord } from "../publish/open-record.ts";
import type { ReadKeys } from "../publish/published-keys.ts";
import type { PublishSettings } from "../publish/settings.ts";
import type { RegistryTree } from "../registry/tree.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { publishedPath } from "./published-path.ts";
import { rememberKeys } from "./remembered-keys.ts";
import { ServedRegistry } from "./served-registry.ts";
import { documentAnswer, failure, indexAnswer, isIndex, type Site, type SiteOptions, startSite } from "./site.ts";

export interface RegistryServerOptions extends SiteOptions {
  /** The registry as it is now; the same object while nothing has changed. Asked before each answer. */
  readonly readTree: () => Promise<RegistryTree>;
  readonly readSettings: (tree: RegistryTree) => Promise<PublishSettings>;
  readonly readKeys: ReadKeys;
  /** Called for a new state that cannot be served; what was there before is served on. */
  readonly onProblem: (problem: unknown) => void;
}

/** Records that are kept ready, in bytes of their files; in memory they take some ten times as much. */
const mostBytes = 16 * 1024 * 1024;

/** Answers the registry protocol straight from a tree: what publishing would write, rendered when somebody asks for it. */
export async function startRegistryServer(options: RegistryServerOptions): Promise<Site> {
  const current = await followed(options);
  return startSite(async (url) => {
    const registry = await current();
    if (isIndex(url)) return indexAnswer(registry.providers);
    const parts = publishedPath(url);
    if (parts === null) return failure(404, "There is no such document.");
    const found = await registry.find(parts);
    return "missing" in found ? failure(404, found.missing) : documentAnswer(parts, Buffer.from(found.body));
  }, options);
}

/** The registry at each moment; throws where it cannot be served at first. */
async function followed(options: RegistryServerOptions): Promise<() => Promise<ServedRegistry>> {
  const readKeys = rememberKeys(options.readKeys);
  const records = new BoundedCache<OpenRecord>(mostBytes);
  const open = async (tree: RegistryTree) =>
    ServedRegistry.open({ tree, settings: await options.readSettings(tree), readKeys, records });
  const first = await options.readTree();
  let served = { tree: first, registry: await open(first) };
  /** A state that could not be served is not tried again. */
  let refused: RegistryTree | undefined;
  let opening: Promise<void> | undefined;
  const refresh = async () => {
    let tree: RegistryTree | undefined;
    try {
      tree = await options.readTree();
      if (tree === served.tree || tree === refused) return;
      served = { tree, registry: await open(tree) };
    } catch (problem) {
      refused = tree;
      options.onProblem(problem);
    }
  };
  return async () => {
    opening ??= refresh().finally(() => {
      opening = undefined;
    });
    await opening;
    return served.registry;
  };
}
