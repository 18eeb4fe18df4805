import { type Fields, type Page, type PageItem, type TypeName, type Value, value } from "../sources.ts";

/** All connections are alike. */
export function connection<T extends TypeName>(edge: "ReleaseEdge" | "ReleaseAssetEdge" | "RefEdge"): Fields<Page<T>> {
  return {
    totalCount: ({ total }) => total,
    nodes: ({ items }) => items.map((item): Value => item.value),
    edges: ({ items }) => items.map((item) => ({ __typename: edge, source: item })),
    pageInfo: (page) => value("PageInfo", page),
  };
}

export const edge: Fields<PageItem<TypeName>> = {
  cursor: ({ cursor }) => cursor,
  node: (item) => item.value,
};

export const pageInfo: Fields<Page<TypeName>> = {
  hasNextPage: ({ hasNext }) => hasNext,
  hasPreviousPage: ({ hasPrevious }) => hasPrevious,
  startCursor: ({ items }) => items[0]?.cursor ?? null,
  endCursor: ({ items }) => items.at(-1)?.cursor ?? null,
};
