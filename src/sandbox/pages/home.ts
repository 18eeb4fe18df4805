import { nameOf } from "../store.ts";
import type { World } from "../world.ts";
import { html } from "./html.ts";
import { ago, type Page } from "./layout.ts";

export function homePage({ store, apiUrl }: World): Page {
  const repositories = [...store.repositories.values()].sort((a, b) => (a.pushedAt < b.pushedAt ? 1 : -1));
  const rows = repositories.map((repository) => {
    const name = nameOf(repository);
    const threads = [...repository.threads.values()];
    const open = threads.filter(({ pull, state }) => pull !== null && state === "open").length;
    const releases = repository.releases.filter(({ draft }) => !draft).length;
    return html`<div class="row"><div class="grow"><a href="/${name}"><b>${name}</b></a>
${repository.private ? html`<span class="tag">private</span>` : null}
<div class="soft small">${repository.description ?? ""}</div></div>
<span class="small"><a href="/${name}/pulls">${open} open pull request${open === 1 ? "" : "s"}</a></span>
<span class="small"><a href="/${name}/releases">${releases} release${releases === 1 ? "" : "s"}</a></span>
<span class="small soft">pushed ${ago(repository.pushedAt)}</span></div>`;
  });
  const apps = [...store.apps.values()].map(
    (
      app,
    ) => html`<div class="row"><div class="grow"><b>${app.name}</b> <span class="soft small">${app.bot.login}, app id ${app.id}</span></div>
<span class="small soft">${app.webhook === null ? "no webhook" : app.webhook.url}</span></div>`,
  );
  return {
    title: "Sandbox",
    trail: [],
    refresh: 5,
    body: html`<h1>A local GitHub</h1>
<p class="soft">REST API at <code>${apiUrl}</code>; what happened is in the <a href="/_sandbox/log">log</a>.</p>
<h2>Repositories</h2><div class="box">${rows.length === 0 ? html`<div class="body soft">None yet.</div>` : rows}</div>
<h2>Apps</h2><div class="box">${apps.length === 0 ? html`<div class="body soft">None yet.</div>` : apps}</div>`,
  };
}
