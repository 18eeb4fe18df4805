import type { Layout } from "../registry/address.ts";
import type { NamespaceMapping } from "../registry/namespaces.ts";

export { ownerOf } from "../registry/namespaces.ts";

/** What publishing takes of a registry's configuration, and of the environment. */
export interface PublishSettings extends NamespaceMapping {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  /** Addresses that are published with the documents of another one: `{ "hashicorp/cloudflare": "cloudflare/cloudflare" }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Where repositories are that a record names by default, without a slash at the end. Default: `https://github.com`. */
  readonly serverUrl?: string;
  /** Where clients find `v1/`, with a slash at the end: `/` (the default), `/registry/`, `https://files.example/`. */
  readonly baseUrl?: string;
}
