import { type Address, defaultRepository, foldName, sameName } from "./address.ts";

/** The part of a configuration that says which account a namespace's releases come from. */
export interface NamespaceMapping {
  /** Namespaces whose repositories and keys are those of another owner: `{ hashicorp: { owner: "opentofu" } }`. */
  readonly namespaces?: Readonly<Record<string, { readonly owner: string }>>;
}

/**
 * The account that a namespace's repositories belong to, which is also the namespace that its keys lie under: the one that
 * the configuration maps it to, else the namespace itself. Followed once; names are compared without regard to case.
 */
export function ownerOf(namespace: string, { namespaces = {} }: NamespaceMapping): string {
  const mapped = Object.entries(namespaces).find(([name]) => sameName(name, namespace));
  return mapped?.[1].owner ?? namespace;
}

/** The `owner/name` that an address comes from when its record names no repository. */
export const homeRepository = (address: Address, mapping: NamespaceMapping): string =>
  defaultRepository({ ...address, namespace: ownerOf(address.namespace, mapping) });

/** Where a namespace's keys lie, as people write it: `keys/acme`, or `keys/a/acme` in the layout `lettered`. */
export function keysFolder(
  namespace: string,
  { layout, ...mapping }: NamespaceMapping & { readonly layout: "plain" | "lettered" },
): string {
  const owner = ownerOf(namespace, mapping);
  return layout === "lettered" ? `keys/${foldName(owner.charAt(0))}/${owner}` : `keys/${owner}`;
}
