import { foldName } from "../registry/address.ts";
import {
  configurationPath,
  detectLayout,
  namespaceOfPath,
  type RegistryHistory,
  type RegistryTree,
  roleOf,
} from "../registry/tree.ts";
import { aliasNamespace } from "./aliases.ts";
import type { PublishSettings } from "./settings.ts";
import type { Published } from "./target.ts";

/** What a publication looks at. */
export interface Part {
  readonly tree: RegistryTree;
  readonly settings: PublishSettings;
  /** In small letters; null: all. */
  readonly namespaces: ReadonlySet<string> | null;
}

/** More changed namespaces than this are no small change: looking at everything is simpler, and not much dearer. */
const mostNamespaces = 100;

/** Whether a registry is given as it is, or with what is known of its past. */
export const isHistory = (registry: RegistryTree | RegistryHistory): registry is RegistryHistory =>
  "changedSince" in registry;

/**
 * The namespaces in which anything may have changed since what is published, and all that their documents follow from; all
 * of the registry where that cannot be told.
 */
export async function readPart(
  registry: RegistryTree | RegistryHistory,
  { settings, published }: { readonly settings: PublishSettings; readonly published: Published | null },
): Promise<Part> {
  if (!isHistory(registry)) return { tree: registry, settings, namespaces: null };
  const all = async (): Promise<Part> => ({ tree: await registry.read(), settings, namespaces: null });
  const namespaces = published === null ? null : await changedNamespaces(registry, { settings, published });
  if (namespaces === null || published === null) return all();
  const tree = await registry.read(namespaces);
  const { layout } = published;
  const isPart = (path: string) => path === configurationPath || namespaces.has(namespaceOfPath(path, layout) ?? "");
  const files = tree.files.filter(({ path }) => isPart(path));
  // The last record may be gone, and with it the layout: a registry without any has the default one.
  const isLayoutKnown = settings.layout !== null || namespaces.size === 0;
  if (!isLayoutKnown && detectLayout(files.map(({ path }) => path)) !== layout) return all();
  const aliases = Object.entries(settings.aliases ?? {}).filter(([alias]) =>
    namespaces.has(aliasNamespace(alias) ?? ""),
  );
  return {
    tree: { ...tree, files },
    settings: { ...settings, layout, aliases: Object.fromEntries(aliases) },
    namespaces,
  };
}

async function changedNamespaces(
  registry: RegistryHistory,
  { settings, published }: { readonly settings: PublishSettings; readonly published: Published },
): Promise<ReadonlySet<string> | null> {
  const { layout } = published;
  if (settings.layout !== null && settings.layout !== layout) return null;
  const since = [published.commit, ...published.begun];
  const differences = await Promise.all(since.map((commit) => registry.changedSince(commit)));
  if (differences.includes(null)) return null;
  const changed = new Set<string>();
  for (const path of differences.flatMap((paths) => paths ?? [])) {
    const { kind } = roleOf(path, layout);
    if (kind === "other") continue;
    const namespace = namespaceOfPath(path, layout);
    // What has no place in the layout could be the beginning of another one.
    if (kind === "configuration" || kind === "misplaced" || namespace === null) return null;
    changed.add(namespace);
  }
  const namespaces = withRelated(changed, settings);
  return namespaces.size > mostNamespaces ? null : namespaces;
}

/** With the namespaces that keys or aliases tie to them: what one publishes depends on what the other one has. */
function withRelated(changed: ReadonlySet<string>, settings: PublishSettings): ReadonlySet<string> {
  const ties = [
    ...Object.entries(settings.aliases ?? {}).map(([alias, target]) => [aliasNamespace(alias), aliasNamespace(target)]),
    ...Object.entries(settings.namespaces ?? {}).map(([namespace, { owner }]) => [
      foldName(namespace),
      foldName(owner),
    ]),
  ].map((tie) => tie.flatMap((namespace) => namespace ?? []));
  const found = new Set(changed);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const tie of ties) if (tie.some((one) => found.has(one))) for (const one of tie) found.add(one);
  }
  return found;
}
