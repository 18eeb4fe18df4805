import type { Asset, Release } from "../entities/release.ts";
import type { Repository } from "../entities/repository.ts";
import type { World } from "../world.ts";
import { presentAccount } from "./account.ts";
import { api, html } from "./git.ts";
import { nodeId } from "./node-id.ts";

export function presentRelease(world: World, repository: Repository, release: Release) {
  const url = `${api(world, repository)}/releases/${release.id}`;
  const tag = encodeTag(release.tag);
  // A draft has no tag yet; GitHub shows it under a name of its own.
  const page = release.draft ? `untagged-${release.id.toString(16)}` : tag;
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${world.serverUrl}/api/uploads${url.slice(world.apiUrl.length)}/assets{?name,label}`,
    html_url: `${html(world, repository)}/releases/tag/${page}`,
    id: release.id,
    author: presentAccount(world, release.author),
    node_id: nodeId("Release", release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.updatedAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => presentAsset(world, repository, { release, asset })),
    tarball_url: release.draft ? null : `${api(world, repository)}/tarball/${tag}`,
    zipball_url: release.draft ? null : `${api(world, repository)}/zipball/${tag}`,
    body: release.body,
  };
}

export function presentAsset(
  world: World,
  repository: Repository,
  { release, asset }: { release: Release; asset: Asset },
) {
  return {
    url: `${api(world, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("ReleaseAsset", asset.id),
    name: asset.name,
    label: asset.label,
    uploader: presentAccount(world, asset.uploader),
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.digest,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    browser_download_url: downloadUrl(world, repository, { tag: release.tag, name: asset.name }),
  };
}

export function downloadUrl(world: World, repository: Repository, { tag, name }: { tag: string; name: string }) {
  return `${html(world, repository)}/releases/download/${encodeTag(tag)}/${encodeURIComponent(name)}`;
}

function encodeTag(tag: string): string {
  return tag.split("/").map(encodeURIComponent).join("/");
}
