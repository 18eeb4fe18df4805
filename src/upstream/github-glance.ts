import type { GitHubClient } from "../github/client.ts";
import { toRegistrarError } from "../github/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { Reading } from "./evidence.ts";
import { unavailable } from "./github-releases-ask.ts";
import { type Glance, type GlanceAt, type GlanceWish, glancesAtOnce } from "./glance.ts";

/** Newest releases or tags that one glance shows; more only make the answer longer, not dearer. */
const newestShown = 20;

/**
 * Glances over GraphQL: an alias for each repository with one connection, so that a hundred cost one point
 * (https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api). Whatever is not answered,
 * refused or cut off comes back as `unavailable`.
 */
export function githubGlance(client: GitHubClient): GlanceAt {
  return async (wishes) => {
    const readings: Reading<Glance>[] = [];
    for (let start = 0; start < wishes.length; start += glancesAtOnce) {
      readings.push(...(await glanceAtSome(client, wishes.slice(start, start + glancesAtOnce))));
    }
    return readings;
  };
}

async function glanceAtSome(client: GitHubClient, wishes: readonly GlanceWish[]): Promise<Reading<Glance>[]> {
  const variables = Object.fromEntries(
    wishes.flatMap(({ repository }, index) => {
      const [owner = "", name = ""] = repository.split("/");
      return [
        [`o${index}`, owner],
        [`n${index}`, name],
      ];
    }),
  );
  try {
    const { data } = await client.request({
      method: "POST",
      url: endpoint(client),
      query: queryFor(wishes),
      variables,
    });
    const answer = data as Answer;
    return wishes.map((wish, index) => readingOf(wish, `r${index}`, answer));
  } catch (error) {
    const failure = toRegistrarError(error, "glancing at upstreams");
    return wishes.map(() => unavailable(failure.message, failure.retryAt));
  }
}

/** Next to the REST API, not below it: `/api/v3` and `/api/graphql` on an Enterprise Server. */
function endpoint(client: GitHubClient): string {
  const { baseUrl } = client.request.endpoint.DEFAULTS;
  return /\/v3\/?$/.test(baseUrl) ? baseUrl.replace(/\/v3\/?$/, "/graphql") : `${baseUrl}/graphql`;
}

/** Names go as variables: what a record says never becomes part of a query. */
function queryFor(wishes: readonly GlanceWish[]): string {
  const declared = wishes.map((_wish, index) => `$o${index}: String!, $n${index}: String!`).join(", ");
  const aliases = wishes.map(
    ({ kind }, index) => `r${index}: repository(owner: $o${index}, name: $n${index}) { ...${kind} }`,
  );
  const used = new Set(wishes.map(({ kind }) => kind));
  const fragments = [...used].map((kind) => fragmentsOf[kind]);
  return [`query (${declared}) {`, ...aliases, "}", ...fragments].join("\n");
}

const fragmentsOf = {
  provider: `fragment provider on Repository { databaseId nameWithOwner releases(first: ${newestShown}, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { tagName isDraft publishedAt } } }`,
  module: `fragment module on Repository { databaseId nameWithOwner refs(refPrefix: "refs/tags/", first: ${newestShown}, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { totalCount nodes { name } } }`,
} as const;

interface Answer {
  readonly data?: Readonly<Record<string, Repository | null>> | null;
  readonly errors?: readonly {
    readonly type?: string;
    readonly message?: string;
    readonly path?: readonly unknown[];
  }[];
}

interface Repository {
  readonly databaseId: number | null;
  readonly nameWithOwner: string;
  readonly releases?: {
    readonly totalCount: number;
    readonly nodes: readonly ({ tagName: string; isDraft: boolean; publishedAt: string | null } | null)[] | null;
  };
  readonly refs?: { readonly totalCount: number; readonly nodes: readonly ({ name: string } | null)[] | null } | null;
}

function readingOf({ repository }: GlanceWish, alias: string, { data, errors = [] }: Answer): Reading<Glance> {
  const own = errors.filter(({ path }) => path?.[0] === alias);
  const found = data?.[alias];
  if (found == null) {
    // Gone only where GitHub says so of this very one: an answer that was cut short has nulls as well.
    if (own.length > 0 && own.every(({ type }) => type === "NOT_FOUND")) {
      return { kind: "missing", reason: `The repository ${quoted(repository)} does not exist or is not public.` };
    }
    const said = own[0]?.message ?? errors[0]?.message ?? "no reason given";
    return unavailable(`GitHub does not show ${quoted(repository)}: ${quoted(said, 200)}.`);
  }
  const { databaseId, nameWithOwner, releases, refs } = found;
  const list = releases ?? refs;
  if (own.length > 0 || databaseId === null || list == null || list.nodes === null) {
    return unavailable(`GitHub's answer about ${quoted(repository)} is not whole.`);
  }
  const newest = list.nodes.flatMap((node) => {
    if (node === null) return [];
    if ("tagName" in node) return node.isDraft ? [] : [{ tag: node.tagName, at: node.publishedAt }];
    return [{ tag: node.name, at: null }];
  });
  return { kind: "found", repositoryId: databaseId, fullName: nameWithOwner, total: list.totalCount, newest };
}
