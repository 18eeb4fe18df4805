import type { PublishedDocument } from "../document.ts";
import type { RecordSummary } from "../summary.ts";

/** An address that is published in a namespace, under its own name or as an alias. */
export interface IndexedAddress {
  readonly kind: "provider" | "module";
  /** As clients ask for it. */
  readonly address: string;
  /** The address whose record it is published from, where that is another one. */
  readonly aliasOf?: string;
  readonly summary: RecordSummary;
}

/** `index/<namespace>.json`: what a namespace has, for sites, searches and people; no client reads it. None for an empty one. */
export function namespaceIndex(namespace: string, addresses: readonly IndexedAddress[]): readonly PublishedDocument[] {
  const published = addresses.filter(({ summary }) => summary.versions > 0);
  if (published.length === 0) return [];
  const ofKind = (kind: IndexedAddress["kind"]) =>
    published
      .filter((entry) => entry.kind === kind)
      .sort((a, b) => (a.address < b.address ? -1 : 1))
      .map(({ address, aliasOf, summary: { latest, versions, warnings } }) => ({
        address,
        ...(aliasOf === undefined ? {} : { alias_of: aliasOf }),
        latest,
        versions,
        ...(warnings.length === 0 ? {} : { warnings }),
      }));
  const body = JSON.stringify({ namespace, providers: ofKind("provider"), modules: ofKind("module") });
  return [{ path: `index/${namespace}.json`, body, kind: "list" }];
}
