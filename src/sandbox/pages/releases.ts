import type { Release } from "../entities/release.ts";
import type { Repository } from "../entities/repository.ts";
import { nameOf } from "../store.ts";
import { encodePath, type Html, html } from "./html.ts";
import { ago, type Page, size } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { trailOf } from "./repository.ts";

export function releasesPage(repository: Repository): Page {
  const name = nameOf(repository);
  const releases = published(repository).sort((a, b) => ((a.publishedAt ?? "") < (b.publishedAt ?? "") ? 1 : -1));
  return {
    title: `Releases · ${name}`,
    trail: [...trailOf(repository), { text: "releases", href: `/${name}/releases` }],
    body: html`<h1>Releases</h1>${releases.length === 0 ? html`<p class="soft">None yet.</p>` : releases.map((release) => showRelease(repository, release))}`,
  };
}

export function releasePage(repository: Repository, tag: string): Page | null {
  const name = nameOf(repository);
  const release = published(repository).find((one) => one.tag === tag);
  if (release === undefined) return null;
  return {
    title: `${release.name ?? release.tag} · ${name}`,
    trail: [...trailOf(repository), { text: tag, href: `/${name}/releases/tag/${encodePath(tag)}` }],
    body: showRelease(repository, release),
  };
}

function published(repository: Repository): Release[] {
  return repository.releases.filter(({ draft }) => !draft);
}

function showRelease(repository: Repository, release: Release): Html {
  const name = nameOf(repository);
  const path = `/${name}/releases`;
  return html`<div class="box"><div class="head"><a href="${path}/tag/${encodePath(release.tag)}"><b>${release.name ?? release.tag}</b></a>
<code>${release.tag}</code>${release.prerelease ? html`<span class="badge wait">pre-release</span>` : null}
${release.immutable ? html`<span class="badge good">immutable</span>` : null}
<span class="soft small">${release.author.login} released this ${ago(release.publishedAt)}</span></div>
${release.body === null ? null : html`<div class="body">${markdown(release.body)}</div>`}
${release.assets.map(
  (asset) => html`<div class="row"><div class="grow mono">
<a href="${path}/download/${encodePath(`${release.tag}/${asset.name}`)}">${asset.name}</a>
<div class="soft small">${asset.digest ?? "no digest"}</div></div><span class="soft small">${size(asset.size)}</span></div>`,
)}</div>`;
}
