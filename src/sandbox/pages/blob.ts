import type { Repository } from "../entities/repository.ts";
import { entryAt, resolveCommit } from "../git/resolve.ts";
import { nameOf } from "../store.ts";
import { encodePath, html } from "./html.ts";
import { type Page, size } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { folder, trailOf } from "./repository.ts";

const LARGEST = 500_000;

/** A ref may contain slashes: the longest one that exists is meant. */
export async function splitRef(
  repository: Repository,
  rest: string,
): Promise<{ ref: string; commit: string; path: string } | null> {
  const parts = rest.split("/");
  for (let length = parts.length; length > 0; length -= 1) {
    const ref = parts.slice(0, length).join("/");
    const commit = await resolveCommit(repository.git, ref);
    if (commit !== null) return { ref, commit, path: parts.slice(length).filter(Boolean).join("/") };
  }
  return null;
}

export async function blobPage(repository: Repository, rest: string): Promise<Page | null> {
  const found = await splitRef(repository, rest);
  const entry = found === null ? null : await entryAt(repository.git, found.commit, found.path);
  if (found === null || entry === null) return null;
  const { ref, path } = found;
  const name = nameOf(repository);
  const trail = [
    ...trailOf(repository),
    { text: path === "" ? ref : path, href: `/${name}/blob/${encodePath(`${ref}/${path}`)}` },
  ];
  const heading = html`<h1>${path === "" ? name : path}</h1><p class="soft">on <code>${ref}</code></p>`;
  if (entry.type === "tree")
    return { title: `${name}: ${path}`, trail, body: html`${heading}${await folder(repository, { ref, path })}` };
  const content = (await repository.git.blob(entry.sha)) ?? Buffer.alloc(0);
  const binary = content.includes(0);
  const shown =
    binary || content.length > LARGEST
      ? html`<div class="body soft">${size(content.length)}, not shown.</div>`
      : path.endsWith(".md")
        ? html`<div class="body">${markdown(content.toString())}</div>`
        : html`<pre style="margin:0;border-radius:0">${content.toString()}</pre>`;
  return {
    title: `${name}: ${path}`,
    trail,
    body: html`${heading}<div class="box"><div class="head small"><span>${size(content.length)}</span>
<a href="/${name}/raw/${encodePath(`${ref}/${path}`)}">raw</a></div>${shown}</div>`,
  };
}
