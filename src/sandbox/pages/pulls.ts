import type { Repository } from "../entities/repository.ts";
import type { Thread } from "../entities/thread.ts";
import { nameOf } from "../store.ts";
import { type Html, html } from "./html.ts";
import { ago, type Page } from "./layout.ts";
import { trailOf } from "./repository.ts";

export function stateBadge({ state, pull }: Thread): Html {
  if (pull?.merged) return html`<span class="badge merged">merged</span>`;
  if (state === "closed") return html`<span class="badge closed">closed</span>`;
  return pull?.draft ? html`<span class="badge">draft</span>` : html`<span class="badge open">open</span>`;
}

export function pullsPage(repository: Repository): Page {
  const name = nameOf(repository);
  const pulls = [...repository.threads.values()].filter(({ pull }) => pull !== null).reverse();
  const rows = pulls.map(
    (thread) => html`<div class="row">${stateBadge(thread)}<div class="grow">
<a href="/${name}/pull/${thread.number}"><b>${thread.title}</b></a>
${thread.labels.map(({ name: label }) => html`<span class="tag">${label}</span> `)}
<div class="soft small">#${thread.number} opened ${ago(thread.createdAt)} by ${thread.author.login}</div></div></div>`,
  );
  return {
    title: `Pull requests · ${name}`,
    trail: [...trailOf(repository), { text: "pull requests", href: `/${name}/pulls` }],
    refresh: 2,
    body: html`<h1>Pull requests</h1><div class="box">${rows.length === 0 ? html`<div class="body soft">None yet.</div>` : rows}</div>`,
  };
}
