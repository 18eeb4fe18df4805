import type { Repository } from "../entities/repository.ts";
import { log } from "../git/history.ts";
import { listRefs, readRef } from "../git/refs.ts";
import { entryAt } from "../git/resolve.ts";
import { nameOf } from "../store.ts";
import { encodePath, type Html, html } from "./html.ts";
import { ago, type Page, short } from "./layout.ts";
import { markdown } from "./markdown.ts";

export function trailOf(repository: Repository): Page["trail"] {
  const name = nameOf(repository);
  return [{ text: name, href: `/${name}` }];
}

export async function repositoryPage(repository: Repository): Promise<Page> {
  const name = nameOf(repository);
  const { git, defaultBranch } = repository;
  const tip = await readRef(git, `refs/heads/${defaultBranch}`);
  const branches = listRefs(git, "refs/heads/");
  const readme = tip === null ? null : await entryAt(git, tip, "README.md");
  const text = readme === null ? null : await git.blob(readme.sha);
  const newest = tip === null ? [] : await log(git, ["-5", tip]);
  const open = [...repository.threads.values()].filter(({ pull, state }) => pull !== null && state === "open").length;
  return {
    title: name,
    trail: trailOf(repository),
    body: html`<h1>${name}</h1><p class="soft">${repository.description ?? ""}</p>
<p><a href="/${name}/pulls">${open} open pull request${open === 1 ? "" : "s"}</a> · <a href="/${name}/releases">releases</a> ·
<code>git clone ${`/${name}.git`}</code></p>
${tip === null ? null : await folder(repository, { ref: defaultBranch, path: "" })}
<h2>Branches</h2><div class="box">${branches.map(
      (branch) =>
        html`<div class="row"><span class="grow mono"><a href="/${name}/blob/${encodePath(branch.name.slice(11))}/">${branch.name.slice(11)}</a></span>${short(branch.sha)}</div>`,
    )}</div>
<h2>Latest commits on ${defaultBranch}</h2><div class="box">${newest.map(
      (commit) => html`<div class="row"><span class="grow">${commit.message.split("\n")[0] ?? ""}</span>
<span class="soft small">${commit.author.name} ${ago(commit.committer.date)}</span>${short(commit.sha)}</div>`,
    )}</div>
${text === null ? null : html`<div class="box"><div class="head">README.md</div><div class="body">${markdown(text.toString())}</div></div>`}`,
  };
}

/** The files of one folder, folders first. */
export async function folder(repository: Repository, { ref, path }: { ref: string; path: string }): Promise<Html> {
  const name = nameOf(repository);
  const commit = await readRef(repository.git, `refs/heads/${ref}`);
  const at = await entryAt(repository.git, commit ?? ref, path);
  const entries = at === null ? [] : ((await repository.git.tree(at.sha)) ?? []);
  const sorted = [...entries].sort((a, b) => Number(b.type === "tree") - Number(a.type === "tree"));
  const prefix = path === "" ? "" : `${path}/`;
  return html`<div class="box">${sorted.map(
    (entry) => html`<div class="row"><span class="grow">${entry.type === "tree" ? "📁" : "📄"}
<a href="/${name}/blob/${encodePath(`${ref}/${prefix}${entry.name}`)}">${entry.name}</a></span></div>`,
  )}</div>`;
}
