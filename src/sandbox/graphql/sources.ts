import type { Account } from "../entities/account.ts";
import type { Asset, Release } from "../entities/release.ts";
import type { Repository } from "../entities/repository.ts";
import type { CommitObject, Person, TagObject, TreeEntry } from "../git/objects.ts";
import type { Body } from "../http/body.ts";
import type { Viewer } from "../viewer.ts";
import type { World } from "../world.ts";

type In<T> = T & { readonly repository: Repository };

/** What stands behind a value of each type of GitHub's schema that the sandbox knows. */
export interface Sources {
  readonly Query: null;
  readonly RateLimit: null;
  readonly Repository: Repository;
  readonly User: Account;
  readonly Organization: Account;
  readonly License: string;
  readonly ReleaseConnection: Page<"Release">;
  readonly ReleaseEdge: PageItem<"Release">;
  readonly Release: In<{ readonly release: Release }>;
  readonly ReleaseAssetConnection: Page<"ReleaseAsset">;
  readonly ReleaseAssetEdge: PageItem<"ReleaseAsset">;
  readonly ReleaseAsset: In<{ readonly release: Release; readonly asset: Asset }>;
  readonly RefConnection: Page<"Ref">;
  readonly RefEdge: PageItem<"Ref">;
  /** `name` is the whole name, `refs/tags/v1`; `prefix` the part that is not shown. */
  readonly Ref: In<{ readonly name: string; readonly prefix: string; readonly sha: string }>;
  readonly Commit: In<{ readonly commit: CommitObject }>;
  readonly Tag: In<{ readonly tag: TagObject }>;
  readonly Tree: In<{ readonly sha: string; readonly path: string }>;
  readonly TreeEntry: In<{ readonly entry: TreeEntry; readonly path: string }>;
  readonly Blob: In<{ readonly sha: string; readonly size: number }>;
  readonly GitActor: Person;
  readonly PageInfo: Page<TypeName>;
}

export type TypeName = keyof Sources;

/** One page of a connection. https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api */
export interface Page<T extends TypeName> {
  readonly total: number;
  readonly items: readonly PageItem<T>[];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

export interface PageItem<T extends TypeName> {
  readonly cursor: string;
  readonly value: Value<T>;
}

/** A value of an object type, on its way to the fields asked of it. */
export interface Value<T extends TypeName = TypeName> {
  readonly __typename: T;
  readonly source: Sources[T];
}

export function value<T extends TypeName>(__typename: T, source: Sources[T]): Value<T> {
  return { __typename, source };
}

/** The same of something that may be missing. */
export function optional<T extends TypeName>(__typename: T, source: Sources[T] | null): Value<T> | null {
  return source === null ? null : value(__typename, source);
}

/** Of the query as a whole. */
export interface QueryContext {
  readonly world: World;
  readonly viewer: Viewer;
  readonly rateLimit: {
    readonly cost: number;
    readonly nodeCount: number;
    readonly limit: number;
    readonly remaining: number;
    readonly used: number;
    /** ISO 8601. */
    readonly resetAt: string;
  };
}

export type Call = QueryContext & { readonly args: Body };

type Resolve<S> = (source: S, call: Call) => unknown;

/** A field; with arguments, the ones that it heeds are named, and any other is refused. */
export type Field<S> = Resolve<S> | { readonly takes: readonly string[]; readonly resolve: Resolve<S> };

export type Fields<S> = Readonly<Record<string, Field<S>>>;
