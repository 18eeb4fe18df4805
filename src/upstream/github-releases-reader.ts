import { quoted } from "../registry/plain-text.ts";
import type { AssetFacts, Reading, ReleaseFacts, RepositoryFacts } from "./evidence.ts";
import type { Ask } from "./github-releases-ask.ts";
import { isTagName } from "./names.ts";
import type { ReleaseSummary } from "./port.ts";
import { splitRepository } from "./split-repository.ts";

const mostReleasePages = 10;

/** What GitHub's API says of a repository, its releases and their assets. */
export interface ReleaseReader {
  readRepository(repository: string): Promise<Reading<RepositoryFacts>>;
  listReleases(repository: string): Promise<Reading<{ releases: readonly ReleaseSummary[]; complete: boolean }>>;
  /** The published release of a tag. */
  readRelease(repository: string, tag: string): Promise<Reading<ReleaseFacts>>;
}

export function createReleaseReader(ask: Ask): ReleaseReader {
  async function readRepository(repository: string): Promise<Reading<RepositoryFacts>> {
    const answer = await ask(`reading repository ${quoted(repository)}`, (octokit) =>
      octokit.rest.repos.get(splitRepository(repository)),
    );
    if (answer.kind === "unavailable") return answer;
    const data = answer.kind === "found" ? answer.value.data : null;
    // A token that sees more than the public has to say what everybody else is told.
    if (data === null || data.private) {
      return { kind: "missing", reason: `The repository ${quoted(repository)} does not exist or is not public.` };
    }
    return {
      kind: "found",
      id: data.id,
      ownerId: data.owner.id,
      fullName: data.full_name,
      private: data.private,
      createdAt: data.created_at ?? null,
      license: data.license?.spdx_id ?? null,
    };
  }

  async function listReleases(
    repository: string,
  ): Promise<Reading<{ releases: readonly ReleaseSummary[]; complete: boolean }>> {
    const releases: ReleaseSummary[] = [];
    for (let page = 1; page <= mostReleasePages; page += 1) {
      const answer = await ask(`listing the releases of ${quoted(repository)}`, (octokit) =>
        octokit.rest.repos.listReleases({ ...splitRepository(repository), per_page: 100, page }),
      );
      if (answer.kind !== "found") return answer;
      for (const release of answer.value.data) {
        if (release.draft || release.published_at === null) continue;
        releases.push({
          id: release.id,
          tag: release.tag_name,
          prerelease: release.prerelease,
          publishedAt: release.published_at,
        });
      }
      if (answer.value.data.length < 100) return { kind: "found", releases, complete: true };
    }
    return { kind: "found", releases, complete: false };
  }

  async function readRelease(repository: string, tag: string): Promise<Reading<ReleaseFacts>> {
    const none = "There is no such release.";
    // Only what git allows as a name is asked for: `..` would climb out of the request's path.
    if (!isTagName(tag)) return { kind: "missing", reason: none };
    const answer = await ask(`reading release ${quoted(tag)} of ${quoted(repository)}`, (octokit) =>
      octokit.rest.repos.getReleaseByTag({ ...splitRepository(repository), tag }),
    );
    if (answer.kind === "unavailable") return answer;
    const data = answer.kind === "found" ? answer.value.data : null;
    if (data === null || data.draft || data.published_at === null) return { kind: "missing", reason: none };
    // The list inside a release may be cut; beyond one default page it is read on its own.
    const assets = data.assets.length < 30 ? data.assets : await readAssets(repository, data.id);
    if (!Array.isArray(assets)) return assets;
    return {
      kind: "found",
      id: data.id,
      tag: data.tag_name,
      prerelease: data.prerelease,
      immutable: "immutable" in data && data.immutable === true,
      publishedAt: data.published_at,
      url: data.html_url,
      assets: assets.map(assetFacts),
    };
  }

  async function readAssets(repository: string, releaseId: number) {
    const answer = await ask(`listing the assets of release ${releaseId} of ${quoted(repository)}`, (octokit) =>
      octokit.paginate(octokit.rest.repos.listReleaseAssets, {
        ...splitRepository(repository),
        release_id: releaseId,
        per_page: 100,
      }),
    );
    return answer.kind === "found" ? answer.value : answer;
  }

  return { readRepository, listReleases, readRelease };
}

function assetFacts(asset: {
  id: number;
  name: string;
  size: number;
  state: string;
  updated_at: string;
  browser_download_url: string;
  digest?: string | null;
}): AssetFacts {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? "")?.[1];
  return {
    id: asset.id,
    name: asset.name,
    size: asset.size,
    state: asset.state,
    sha256: digest ?? null,
    updatedAt: asset.updated_at,
    url: asset.browser_download_url,
  };
}
