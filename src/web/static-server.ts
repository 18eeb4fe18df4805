import { realpath, stat } from "node:fs/promises";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { documentAnswer, failure, indexAnswer, isIndex } from "./answer.ts";
import { readPublishedFile } from "./published-file.ts";
import { publishedPath } from "./published-path.ts";
import { listProviders } from "./published-providers.ts";
import { type Site, type SiteOptions, startSite } from "./site.ts";

export interface StaticServerOptions extends SiteOptions {
  /** A published folder, as the target `dir:` writes it. */
  readonly folder: string;
}

export type StaticServer = Site;

/** Serves a published folder over plain HTTP as it is at each moment. */
export async function startStaticServer({ folder, ...options }: StaticServerOptions): Promise<StaticServer> {
  const root = await openFolder(folder);
  return startSite(async (url) => {
    if (isIndex(url)) return indexAnswer(await listProviders(root));
    const parts = publishedPath(url);
    const body = parts === null ? null : await readPublishedFile(root, parts);
    return parts === null || body === null ? failure(404, "Not found.") : documentAnswer(parts, body);
  }, options);
}

async function openFolder(folder: string): Promise<string> {
  const problem = (what: string, cause?: unknown) =>
    new RegistrarError("bad-argument", `${quoted(folder)} ${what}. Name a folder that was published to.`, { cause });
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) throw problem("is a file");
    return root;
  } catch (cause) {
    if (cause instanceof RegistrarError) throw cause;
    throw problem(`cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
}
