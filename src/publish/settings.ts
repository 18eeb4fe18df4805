import type { Layout } from "../registry/address.ts";
import type { NamespaceMapping } from "../registry/namespaces.ts";

export { ownerOf } from "../registry/namespaces.ts";

/** What publishing takes of a registry's configuration. */
export interface PublishSettings extends NamespaceMapping {
  /** Null: as the records that are there. */
  readonly layout: Layout | null;
  /** Addresses that publish another one's record: `{ "hashicorp/cloudflare": "cloudflare/cloudflare" }`. */
  readonly aliases?: Readonly<Record<string, string>>;
}
