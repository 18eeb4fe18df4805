import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { latestRelease } from "./actions/releases.ts";
import type { Asset } from "./entities/release.ts";
import type { Repository } from "./entities/repository.ts";
import { downloadUrl } from "./present/release.ts";
import type { World } from "./world.ts";

/** The second hop of a download, which stands in for release-assets.githubusercontent.com. */
export function objectUrl(world: World, asset: Asset): string {
  return `${world.serverUrl}/_objects/${asset.key}/${encodeURIComponent(asset.name)}`;
}

/** `/{owner}/{repo}/releases/download/{tag}/{name}` and `…/releases/latest/download/{name}`: where they lead; or null. */
export function findDownload(
  world: World,
  repository: Repository,
  rest: string,
): { asset: Asset | null; location: string } | null {
  const latest = /^releases\/latest\/download\/([^/]+)$/.exec(rest);
  if (latest !== null) {
    const newest = latestRelease(repository);
    if (newest === null) return null;
    const name = decodeURIComponent(latest[1] ?? "");
    return { asset: null, location: downloadUrl(world, repository, { tag: newest.tag, name }) };
  }
  const [, tag, name] = /^releases\/download\/(.+)\/([^/]+)$/.exec(rest) ?? [];
  if (tag === undefined || name === undefined) return null;
  const release = repository.releases.find((one) => !one.draft && one.tag === decodeURIComponent(tag));
  const asset = release?.assets.find((one) => one.name === decodeURIComponent(name));
  return asset === undefined ? null : { asset, location: objectUrl(world, asset) };
}

export async function sendObject(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = (request.url ?? "").split("/")[2];
  const asset = world.store.assets.get(key ?? "");
  if (asset === undefined) {
    response.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>BlobNotFound</Code></Error>");
    return;
  }
  const { bytes } = asset;
  if (bytes === null) throw new Error(`The file ${asset.name} has a digest and no bytes: nobody should download it.`);
  const headers = {
    "content-type": asset.contentType,
    "content-disposition": `attachment; filename=${asset.name}`,
    "accept-ranges": "bytes",
    "last-modified": new Date(asset.updatedAt).toUTCString(),
    etag: `"${asset.key}"`,
  };
  const range = rangeOf(request.headers.range, asset.size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { ...headers, "content-range": `bytes */${asset.size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: asset.size - 1 };
  const partial = range === null ? {} : { "content-range": `bytes ${start}-${end}/${asset.size}` };
  response.writeHead(range === null ? 200 : 206, { ...headers, ...partial, "content-length": end - start + 1 });
  if (request.method === "HEAD" || asset.size === 0) {
    response.end();
    return;
  }
  if (!("file" in bytes)) {
    response.end(bytes.subarray(start, end + 1));
    return;
  }
  await pipeline(createReadStream(bytes.file, { start, end }), response).catch(() => response.destroy());
}

/** One range only, as everybody asks for; anything else gets the whole. https://www.rfc-editor.org/rfc/rfc9110#section-14 */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | "unsatisfiable" | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || start > end ? "unsatisfiable" : { start, end };
}
