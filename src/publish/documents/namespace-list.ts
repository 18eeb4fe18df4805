import type { PublishedDocument } from "../document.ts";

/** No namespace begins so. */
export const namespaceListName = "_namespaces.json";

/** `index/_namespaces.json`: which namespaces have an index, and which a status; by the names of those files. */
export function namespaceList(of: {
  readonly index: Iterable<string>;
  readonly status: Iterable<string>;
}): PublishedDocument {
  const body = JSON.stringify({ namespaces: namespaces(of.index), status: namespaces(of.status) });
  return { path: `index/${namespaceListName}`, body, kind: "list" };
}

const namespaces = (names: Iterable<string>): readonly string[] =>
  [...names].flatMap((name) => /^([^_].*)\.json$/.exec(name)?.[1] ?? []).sort();
