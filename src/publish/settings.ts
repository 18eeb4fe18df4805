import type { Layout } from "../registry/address.ts";

/** What publishing takes of a registry's configuration. */
export interface PublishSettings {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  /** Namespaces whose repositories and keys are those of another owner: `{ hashicorp: { owner: "opentofu" } }`. */
  readonly namespaces?: Readonly<Record<string, { readonly owner: string }>>;
}

/** The owner of a namespace's repositories and the namespace of its keys; names are compared without regard to case. */
export function ownerOf(namespace: string, settings: PublishSettings): string {
  const wanted = namespace.toLowerCase();
  const mapped = Object.entries(settings.namespaces ?? {}).find(([name]) => name.toLowerCase() === wanted);
  return mapped?.[1].owner ?? namespace;
}
