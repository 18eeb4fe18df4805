import type { Layout } from "../registry/address.ts";

/** What publishing takes of a registry's configuration, and of the environment. */
export interface PublishSettings {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  /** Namespaces whose repositories and keys are those of another owner: `{ hashicorp: { owner: "opentofu" } }`. */
  readonly namespaces?: Readonly<Record<string, { readonly owner: string }>>;
  /** Addresses that are published with the documents of another one: `{ "hashicorp/cloudflare": "cloudflare/cloudflare" }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Where repositories are that a record names by default, without a slash at the end. Default: `https://github.com`. */
  readonly serverUrl?: string;
}

/** The owner of a namespace's repositories and the namespace of its keys; names are compared without regard to case. */
export function ownerOf(namespace: string, settings: PublishSettings): string {
  const wanted = namespace.toLowerCase();
  const mapped = Object.entries(settings.namespaces ?? {}).find(([name]) => name.toLowerCase() === wanted);
  return mapped?.[1].owner ?? namespace;
}
