import { foldName, type ProviderAddress } from "../registry/address.ts";
import { ownerOf } from "../registry/namespaces.ts";
import { roleOf } from "../registry/tree.ts";
import type { KeySources } from "../upstream/key-sources.ts";
import type { Upstream } from "../upstream/port.ts";
import { providerKeyFiles, type ReadKeys } from "./base.ts";
import type { OpenRegistry } from "./open-registry.ts";

/** What looking for the keys of namespaces takes. */
export interface FindKeysContext {
  readonly registry: OpenRegistry;
  readonly upstream: Upstream;
  readonly keySources: KeySources;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
}

/** A namespace some of whose providers have no key at all. */
export interface KeylessNamespace {
  /** The account that its keys lie under, as most records write it. */
  readonly owner: string;
  readonly providers: readonly { readonly path: string; readonly address: ProviderAddress }[];
}

/** In the order of their names. */
export function keylessNamespaces({ base }: OpenRegistry): readonly KeylessNamespace[] {
  const keyless = new Map<string, { owner: string; providers: KeylessNamespace["providers"][number][] }>();
  for (const { path } of base.files) {
    const role = roleOf(path, base.layout);
    if (role.kind !== "record" || role.address.kind !== "provider") continue;
    const { address } = role;
    if (providerKeyFiles(base, address).length > 0) continue;
    const owner = ownerOf(address.namespace, base.settings);
    const known = keyless.get(foldName(owner)) ?? { owner, providers: [] };
    known.providers.push({ path, address });
    keyless.set(foldName(owner), known);
  }
  return [...keyless.values()].sort((a, b) => (foldName(a.owner) < foldName(b.owner) ? -1 : 1));
}
