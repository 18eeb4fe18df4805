import type { ServerResponse } from "node:http";
import type { Repository } from "../entities/repository.ts";
import { entryAt } from "../git/resolve.ts";
import type { Api } from "../http/api.ts";
import { blobPage, splitRef } from "./blob.ts";
import { homePage } from "./home.ts";
import { html } from "./html.ts";
import { type Page, renderPage } from "./layout.ts";
import { logPage } from "./log.ts";
import { threadPage } from "./pull.ts";
import { pullsPage } from "./pulls.ts";
import { releasePage, releasesPage } from "./releases.ts";
import { repositoryPage } from "./repository.ts";

/** Nothing from outside, no scripts: what somebody wrote can do nothing but be read. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

interface Wanted {
  readonly pathname: string;
  readonly repository: Repository | null;
  readonly rest: string;
  readonly response: ServerResponse;
}

export async function showPage(api: Api, { pathname, repository, rest, response }: Wanted): Promise<void> {
  const common = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  if (pathname.startsWith("/_sandbox/avatar/")) {
    response.writeHead(200, { ...common, "content-type": "image/svg+xml" }).end(AVATAR);
    return;
  }
  const seen = repository === null || repository.private ? null : repository;
  const raw = seen === null ? null : await findRaw(seen, decodeURIComponent(rest));
  if (raw !== null) {
    response
      .writeHead(200, { ...common, "content-type": "text/plain; charset=utf-8", "content-length": raw.length })
      .end(raw);
    return;
  }
  const page = await findPage(api, { pathname, repository: seen, rest: decodeURIComponent(rest) });
  const text = renderPage(
    page ?? { title: "Not found", trail: [], body: html`<h1>404</h1><p>There is nothing here.</p>` },
  );
  response.writeHead(page === null ? 404 : 200, { ...common, "content-type": "text/html; charset=utf-8" }).end(text);
}

async function findPage(
  { world, log }: Api,
  { pathname, repository, rest }: { pathname: string; repository: Repository | null; rest: string },
): Promise<Page | null> {
  if (pathname === "/") return homePage(world);
  if (pathname === "/_sandbox/log") return logPage(log, world.webhooks.deliveries);
  if (repository === null) return null;
  if (rest === "") return repositoryPage(repository);
  if (rest === "pulls") return pullsPage(repository);
  if (rest === "releases") return releasesPage(repository);
  const [, kind, value = ""] = /^(pull|issues|releases\/tag|blob|tree)\/(.+)$/.exec(rest) ?? [];
  if (kind === "releases/tag") return releasePage(repository, value);
  if (kind === "blob" || kind === "tree") return blobPage(repository, value);
  const thread = kind === undefined ? undefined : repository.threads.get(Number(value));
  return thread === undefined ? null : threadPage(thread);
}

async function findRaw(repository: Repository, rest: string): Promise<Buffer | null> {
  if (!rest.startsWith("raw/")) return null;
  const found = await splitRef(repository, rest.slice("raw/".length));
  const entry = found === null ? null : await entryAt(repository.git, found.commit, found.path);
  return entry?.type === "blob" ? repository.git.blob(entry.sha) : null;
}

const AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="4" fill="#8b949e"/></svg>';
