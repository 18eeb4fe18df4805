import type { GitHubClient } from "./client.ts";

/** What every part of the reader works with. */
export interface RepositoryContext {
  readonly client: GitHubClient;
  readonly here: { readonly owner: string; readonly repo: string };
  /** Runs a request and names what was tried where it fails. */
  readonly tried: <T>(doing: string, request: () => Promise<T>) => Promise<T>;
}
