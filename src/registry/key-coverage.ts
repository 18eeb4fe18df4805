import { type Address, addressText, foldName, type Layout, type ProviderAddress, parseAddress } from "./address.ts";
import { keysFor } from "./keys.ts";
import { type NamespaceMapping, ownerOf } from "./namespaces.ts";
import { roleOf } from "./tree.ts";

/** What the keys of one file sign for, whatever the case of its names. */
export interface KeyCoverage {
  /** Records of providers, by path. */
  readonly records: readonly { readonly path: string; readonly address: ProviderAddress }[];
  /** Every address that clients can ask for: the records' own, and the aliases that publish one of them. Plain text is for the reader. */
  readonly addresses: readonly string[];
}

/** The part of a registry that says which addresses there are. */
export interface PublishedNames extends NamespaceMapping {
  /** Paths of all its files. */
  readonly paths: readonly string[];
  readonly layout: Layout;
  readonly aliases: Readonly<Record<string, string>>;
}

/** The providers that a key file applies to, through mappings of namespaces too, and the aliases of those. Pure. */
export function coverageOf(keyPath: string, { paths, layout, namespaces, aliases }: PublishedNames): KeyCoverage {
  const records = paths.flatMap((path) => {
    const role = roleOf(path, layout);
    if (role.kind !== "record" || role.address.kind !== "provider") return [];
    const { type } = role.address;
    const namespace = ownerOf(role.address.namespace, namespaces === undefined ? {} : { namespaces });
    const applies = keysFor([{ path: keyPath }], { namespace, type, layout }).length > 0;
    return applies ? [{ path, address: role.address }] : [];
  });
  const own = new Set(records.map(({ address }) => folded(address)));
  const others = Object.entries(aliases).flatMap(([alias, of]) => {
    const target = parseAddress(of);
    return target?.kind === "provider" && own.has(folded(target)) ? [`${alias} (alias of ${of})`] : [];
  });
  return { records, addresses: [...records.map(({ address }) => addressText(address)), ...others] };
}

const folded = (address: Address): string => foldName(addressText(address));
