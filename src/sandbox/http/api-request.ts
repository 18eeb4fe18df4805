import type { IncomingHttpHeaders } from "node:http";
import type { Account } from "../entities/account.ts";
import type { Repository } from "../entities/repository.ts";
import { notFound } from "../errors.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import type { World } from "../world.ts";
import { Body } from "./body.ts";

/** A request to the REST API that has been recognised and let in. */
export class ApiRequest {
  readonly world: World;
  readonly viewer: Viewer;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly json: unknown;
  readonly bytes: Buffer;
  readonly #repository: Repository | undefined;
  readonly #asked = new Set<string>();

  constructor(parts: {
    world: World;
    viewer: Viewer;
    url: URL;
    headers: IncomingHttpHeaders;
    params: Readonly<Record<string, string>>;
    json: unknown;
    bytes: Buffer;
    repository: Repository | undefined;
  }) {
    this.world = parts.world;
    this.viewer = parts.viewer;
    this.url = parts.url;
    this.headers = parts.headers;
    this.params = parts.params;
    this.json = parts.json;
    this.body = new Body(parts.json);
    this.bytes = parts.bytes;
    this.#repository = parts.repository;
  }

  /** Of routes below `/repos/{owner}/{repo}`. */
  get repository(): Repository {
    if (this.#repository === undefined) throw notFound();
    return this.#repository;
  }

  get account(): Account {
    return accountOf(this.viewer);
  }

  param(name: string): string {
    return this.params[name] ?? "";
  }

  id(name: string): number {
    return Number(this.params[name]);
  }

  query(name: string): string | null {
    this.#asked.add(name);
    return this.url.searchParams.get(name);
  }

  /** The query parameters that were given and that nobody has looked at. */
  get ignored(): string[] {
    return [...new Set(this.url.searchParams.keys())].filter((name) => !this.#asked.has(name));
  }

  /** Whether the `Accept` header asks for one of GitHub's media types, such as `raw`. */
  accepts(kind: string): boolean {
    return new RegExp(`application/vnd\\.github(\\.v3)?\\.${kind}(\\+json)?`).test(this.headers.accept ?? "");
  }
}
