import { seesDrafts } from "../access.ts";
import {
  addAsset,
  addRelease,
  latestRelease,
  newestFirst,
  publish,
  removeAsset,
  removeRelease,
  tellPublished,
  tellRelease,
} from "../actions/releases.ts";
import { objectUrl } from "../downloads.ts";
import type { Asset, Release } from "../entities/release.ts";
import { notFound, unprocessable } from "../errors.ts";
import { created, noContent, ok } from "../http/answer.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { list } from "../http/pagination.ts";
import { type Route, read, route, write } from "../http/route.ts";
import { presentAsset, presentRelease } from "../present/release.ts";
import { time } from "../world.ts";

const RELEASES = "/repos/{owner}/{repo}/releases";

/** https://docs.github.com/rest/releases/releases */
const MOST_LISTED = 1000;

export const releaseRoutes: readonly Route[] = [
  route(`GET ${RELEASES}`, read("contents"), (request) => {
    const all = visibleReleases(request).sort(newestFirst);
    const size = Number(request.query("per_page") ?? 30);
    if (Number(request.query("page") ?? 1) * size > MOST_LISTED && all.length > MOST_LISTED) {
      throw unprocessable("Only the first 1000 results are available.");
    }
    return list(request, all, (release) => presentRelease(request.world, request.repository, release));
  }),
  route(`POST ${RELEASES}`, write("contents"), async (request) => {
    const { world, repository, viewer, body } = request;
    const release = await addRelease(world, repository, {
      viewer,
      wanted: {
        tag: body.needed("tag_name"),
        target: body.text("target_commitish"),
        name: body.text("name"),
        body: body.text("body"),
        draft: body.flag("draft"),
        prerelease: body.flag("prerelease"),
      },
    });
    return created(presentRelease(world, repository, release));
  }),
  route(`GET ${RELEASES}/latest`, read("contents"), (request) => {
    const latest = latestRelease(request.repository);
    if (latest === null) throw notFound();
    return ok(presentRelease(request.world, request.repository, latest));
  }),
  route(`GET ${RELEASES}/tags/{tag}`, read("contents"), (request) => {
    const found = request.repository.releases.find(({ tag, draft }) => !draft && tag === request.param("tag"));
    if (found === undefined) throw notFound();
    return ok(presentRelease(request.world, request.repository, found));
  }),
  route(`GET ${RELEASES}/{release_id}`, read("contents"), (request) =>
    ok(presentRelease(request.world, request.repository, releaseFrom(request))),
  ),
  route(`PATCH ${RELEASES}/{release_id}`, write("contents"), updateRelease),
  route(`DELETE ${RELEASES}/{release_id}`, write("contents"), async (request) => {
    const { world, repository, viewer } = request;
    await removeRelease(world, repository, { viewer, release: releaseFrom(request) });
    return noContent;
  }),
  route(`GET ${RELEASES}/{release_id}/assets`, read("contents"), (request) => {
    const release = releaseFrom(request);
    return list(request, release.assets, (asset) =>
      presentAsset(request.world, request.repository, { release, asset }),
    );
  }),
  route(`POST ${RELEASES}/{release_id}/assets`, write("contents"), async (request) => {
    const { world, repository, account, bytes, headers } = request;
    const release = releaseFrom(request);
    const asset = await addAsset(world, release, {
      by: account,
      wanted: {
        name: request.query("name") ?? "",
        label: request.query("label"),
        contentType: headers["content-type"],
        bytes,
      },
    });
    return created(presentAsset(world, repository, { release, asset }));
  }),
  route(`GET ${RELEASES}/assets/{asset_id}`, read("contents"), (request) => {
    const { release, asset } = assetFrom(request);
    if ((request.headers.accept ?? "").includes("application/octet-stream")) {
      return { status: 302, headers: { location: objectUrl(request.world, asset) } };
    }
    return ok(presentAsset(request.world, request.repository, { release, asset }));
  }),
  route(`DELETE ${RELEASES}/assets/{asset_id}`, write("contents"), async (request) => {
    await removeAsset(request.world, assetFrom(request));
    return noContent;
  }),
];

async function updateRelease(request: ApiRequest) {
  const { world, repository, viewer, account, body } = request;
  const release = releaseFrom(request);
  const wasDraft = release.draft;
  const wasPrerelease = release.prerelease;
  const tag = body.text("tag_name");
  if (tag !== undefined && release.immutable) throw unprocessable("Cannot change the tag of an immutable release.");
  release.tag = tag ?? release.tag;
  release.target = body.text("target_commitish") ?? release.target;
  release.name = body.text("name") ?? release.name;
  release.body = body.text("body") ?? release.body;
  release.prerelease = body.flag("prerelease") ?? release.prerelease;
  release.updatedAt = time();
  if (wasDraft && body.flag("draft") === false) {
    await publish(world, repository, { viewer, release, wanted: {} });
    await tellPublished(world, repository, { release, by: account, fromDraft: true });
  } else {
    if (!wasDraft && body.flag("draft") === true) {
      release.draft = true;
      await tellRelease(world, repository, { release, by: account, action: "unpublished" });
    }
    await tellRelease(world, repository, { release, by: account, action: "edited", more: { changes: {} } });
    if (wasPrerelease && !release.prerelease && !release.draft) {
      await tellRelease(world, repository, { release, by: account, action: "released" });
    }
  }
  return ok(presentRelease(world, repository, release));
}

function visibleReleases({ world, repository, viewer }: ApiRequest): Release[] {
  const drafts = seesDrafts(world.store, repository, viewer);
  return repository.releases.filter(({ draft }) => !draft || drafts);
}

function releaseFrom(request: ApiRequest): Release {
  const found = visibleReleases(request).find(({ id }) => id === request.id("release_id"));
  if (found === undefined) throw notFound();
  return found;
}

function assetFrom(request: ApiRequest): { release: Release; asset: Asset } {
  const id = request.id("asset_id");
  for (const release of visibleReleases(request)) {
    const asset = release.assets.find((candidate) => candidate.id === id);
    if (asset !== undefined) return { release, asset };
  }
  throw notFound();
}
