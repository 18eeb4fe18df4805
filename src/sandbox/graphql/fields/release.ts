import { latestRelease } from "../../actions/releases.ts";
import { readRef } from "../../git/refs.ts";
import { peel } from "../../git/resolve.ts";
import { presentAsset, presentRelease } from "../../present/release.ts";
import { PAGE_ARGUMENTS, takePage } from "../page.ts";
import { type Fields, optional, type Sources, value } from "../sources.ts";
import { accountValue } from "./account.ts";

export const release: Fields<Sources["Release"]> = {
  id: ({ repository, release }, { world }) => presentRelease(world, repository, release).node_id,
  databaseId: ({ release }) => release.id,
  tagName: ({ release }) => release.tag,
  name: ({ release }) => release.name,
  description: ({ release }) => release.body,
  isDraft: ({ release }) => release.draft,
  isPrerelease: ({ release }) => release.prerelease,
  isLatest: ({ repository, release }) => latestRelease(repository) === release,
  createdAt: ({ release }) => release.createdAt,
  publishedAt: ({ release }) => release.publishedAt,
  updatedAt: ({ release }) => release.updatedAt,
  url: ({ repository, release }, { world }) => presentRelease(world, repository, release).html_url,
  author: ({ release }) => accountValue(release.author),
  repository: ({ repository }) => value("Repository", repository),
  tag: async ({ repository, release }) => {
    const name = `refs/tags/${release.tag}`;
    const sha = release.draft ? null : await readRef(repository.git, name);
    return optional("Ref", sha === null ? null : { repository, name, prefix: "refs/tags/", sha });
  },
  tagCommit: async ({ repository, release }) => {
    const tag = release.draft ? null : await readRef(repository.git, `refs/tags/${release.tag}`);
    const sha = tag === null ? null : await peel(repository.git, tag);
    const commit = sha === null ? null : await repository.git.commit(sha);
    return optional("Commit", commit === null ? null : { repository, commit });
  },
  releaseAssets: {
    takes: [...PAGE_ARGUMENTS, "name"],
    resolve: ({ repository, release }, { args }) => {
      const name = args.text("name");
      const listed = release.assets
        .filter((asset) => name === undefined || asset.name === name)
        .map((asset) => ({ sort: "", id: String(asset.id).padStart(12, "0"), source: { repository, release, asset } }));
      return value("ReleaseAssetConnection", takePage("ReleaseAsset", listed, { args }));
    },
  },
};

/** No state and no digest: those come from the REST API alone. */
export const releaseAsset: Fields<Sources["ReleaseAsset"]> = {
  id: ({ repository, ...source }, { world }) => presentAsset(world, repository, source).node_id,
  name: ({ asset }) => asset.name,
  size: ({ asset }) => asset.size,
  contentType: ({ asset }) => asset.contentType,
  downloadCount: ({ asset }) => asset.downloads,
  createdAt: ({ asset }) => asset.createdAt,
  updatedAt: ({ asset }) => asset.updatedAt,
  uploadedBy: ({ asset }) => accountValue(asset.uploader),
  downloadUrl: ({ repository, ...source }, { world }) => presentAsset(world, repository, source).browser_download_url,
  url: ({ repository, ...source }, { world }) => presentAsset(world, repository, source).browser_download_url,
  release: ({ repository, release }) => value("Release", { repository, release }),
};
