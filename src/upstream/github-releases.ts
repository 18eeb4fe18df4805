import { createHash } from "node:crypto";
import type { GitHubClient } from "../github/client.ts";
import { hasStatus, isIpAllowList, toRegistrarError } from "../github/errors.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { type DownloadLimits, digestFile, downloadFile } from "./download.ts";
import {
  type AssetFacts,
  type FileFacts,
  type ManifestFacts,
  notRead,
  type ProviderEvidence,
  type Reading,
  type ReleaseFacts,
  type RepositoryFacts,
} from "./evidence.ts";
import { defaultProtocols, parseManifest } from "./manifest.ts";
import { manifestName, platformOfArchive, signatureName, sumsNames } from "./names.ts";
import type { ReleaseSummary, Upstream } from "./port.ts";
import { checkSignature } from "./signature.ts";

/** Largest files that are read whole, in bytes. */
const largest = { sums: 4 * 1024 * 1024, signature: 64 * 1024, manifest: 64 * 1024 } as const;
/** GitHub's own limit for one asset is 2 GiB. */
const largestArchive = 2 * 1024 ** 3;
const smallFileTimeoutMs = 15_000;
const archiveTimeoutMs = 10 * 60_000;
const mostReleasePages = 10;

interface Options {
  readonly client: GitHubClient;
  /** For organisations whose IP allow list refuses every token. */
  readonly anonymous: GitHubClient;
  readonly limits: Pick<DownloadLimits, "hosts" | "protocols">;
}

/** Reads releases of github.com, GitHub Enterprise Server or the sandbox over REST; files by their public download URL. */
export function githubReleases({ client, anonymous, limits }: Options): Upstream {
  const small = { ...limits, timeoutMs: smallFileTimeoutMs, redirects: 5 };

  async function ask<T>(doing: string, request: (client: GitHubClient) => Promise<T>): Promise<Reading<{ value: T }>> {
    try {
      return { kind: "found", value: await request(client).catch((error) => retryAnonymously(error, request)) };
    } catch (error) {
      if (hasStatus(error, 404, 410, 451)) return { kind: "missing", reason: `GitHub has nothing there (${doing}).` };
      const failure = toRegistrarError(error, doing);
      return unavailable(failure.message, failure.retryAt);
    }
  }

  function retryAnonymously<T>(error: unknown, request: (client: GitHubClient) => Promise<T>): Promise<T> {
    if (!isIpAllowList(error)) throw error;
    return request(anonymous);
  }

  async function readRepository(repository: string): Promise<Reading<RepositoryFacts>> {
    const answer = await ask(`reading repository ${quoted(repository)}`, (octokit) =>
      octokit.rest.repos.get(split(repository)),
    );
    if (answer.kind !== "found") {
      return answer.kind === "missing"
        ? { kind: "missing", reason: `The repository ${quoted(repository)} does not exist or is not public.` }
        : answer;
    }
    const { data } = answer.value;
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

  async function listReleases(repository: string): Promise<Reading<{ releases: readonly ReleaseSummary[] }>> {
    const releases: ReleaseSummary[] = [];
    for (let page = 1; page <= mostReleasePages; page += 1) {
      const answer = await ask(`listing the releases of ${quoted(repository)}`, (octokit) =>
        octokit.rest.repos.listReleases({ ...split(repository), per_page: 100, page }),
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
      if (answer.value.data.length < 100) break;
    }
    return { kind: "found", releases };
  }

  async function readRelease(repository: string, tags: readonly string[]): Promise<Reading<ReleaseFacts>> {
    for (const tag of tags) {
      const answer = await ask(`reading release ${quoted(tag)} of ${quoted(repository)}`, (octokit) =>
        octokit.rest.repos.getReleaseByTag({ ...split(repository), tag }),
      );
      if (answer.kind === "unavailable") return answer;
      if (answer.kind === "missing") continue;
      const { data } = answer.value;
      if (data.draft || data.published_at === null) continue;
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
    return {
      kind: "missing",
      reason: `The repository ${quoted(repository)} has no published release with the tag ${tags.map((tag) => quoted(tag)).join(" or ")}.`,
    };
  }

  async function readAssets(repository: string, releaseId: number) {
    const answer = await ask(`listing the assets of release ${releaseId} of ${quoted(repository)}`, (octokit) =>
      octokit.paginate(octokit.rest.repos.listReleaseAssets, {
        ...split(repository),
        release_id: releaseId,
        per_page: 100,
      }),
    );
    return answer.kind === "found" ? answer.value : answer;
  }

  async function readTagCommit(repository: string, tag: string): Promise<Reading<{ sha: string }>> {
    const doing = `resolving tag ${quoted(tag)} of ${quoted(repository)}`;
    const ref = await ask(doing, (octokit) => octokit.rest.git.getRef({ ...split(repository), ref: `tags/${tag}` }));
    if (ref.kind !== "found") return ref;
    let { type, sha } = ref.value.data.object as { type: string; sha: string };
    // A tag object may point to another one; GitHub itself stops early as well.
    for (let depth = 0; type === "tag" && depth < 5; depth += 1) {
      const tagSha = sha;
      const object = await ask(doing, (octokit) => octokit.rest.git.getTag({ ...split(repository), tag_sha: tagSha }));
      if (object.kind !== "found") return object;
      ({ type, sha } = object.value.data.object);
    }
    return type === "commit"
      ? { kind: "found", sha }
      : { kind: "missing", reason: `The tag ${quoted(tag)} names no commit.` };
  }

  async function readFile(
    release: ReleaseFacts,
    name: string | undefined,
    maxBytes: number,
  ): Promise<Reading<FileFacts>> {
    const asset = release.assets.find((asset) => asset.name === name);
    if (asset === undefined)
      return { kind: "missing", reason: `The release ${quoted(release.tag)} has no file ${quoted(name)}.` };
    if (asset.state !== "uploaded") return unavailable(`The file ${quoted(asset.name)} is still being uploaded.`);
    try {
      const bytes = await downloadFile(asset.url, { ...small, maxBytes });
      return {
        kind: "found",
        name: asset.name,
        url: asset.url,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        size: bytes.byteLength,
        base64: Buffer.from(bytes).toString("base64"),
      };
    } catch (error) {
      return downloadFailure(error);
    }
  }

  async function readManifest(release: ReleaseFacts, name: string): Promise<Reading<ManifestFacts>> {
    if (!release.assets.some((asset) => asset.name === name)) {
      return { kind: "found", name: null, protocols: defaultProtocols };
    }
    const file = await readFile(release, name, largest.manifest);
    if (file.kind !== "found") return file;
    const protocols = parseManifest(Buffer.from(file.base64, "base64").toString("utf8"));
    if (protocols === undefined) {
      return {
        kind: "missing",
        reason: `The file ${quoted(name)} is no provider manifest: "metadata.protocol_versions" must list protocols such as "5.0".`,
      };
    }
    return { kind: "found", name, protocols };
  }

  async function digestArchives(release: ReleaseFacts, of: { type: string; version: string }) {
    const digests: Record<string, Reading<{ sha256: string; size: number }>> = {};
    for (const asset of release.assets) {
      if (asset.sha256 !== null || asset.state !== "uploaded" || platformOfArchive(asset.name, of) === undefined)
        continue;
      try {
        const limit = { ...small, timeoutMs: archiveTimeoutMs, maxBytes: largestArchive };
        digests[asset.name] = { kind: "found", ...(await digestFile(asset.url, limit)) };
      } catch (error) {
        digests[asset.name] = downloadFailure(error);
      }
    }
    return digests;
  }

  const readProviderEvidence: Upstream["readProviderEvidence"] = async (input) => {
    const { address, repository, version, keys, now } = input;
    const tags = input.tag === undefined ? [`v${version}`, version] : [input.tag];
    const [facts, release] = await Promise.all([readRepository(repository), readRelease(repository, tags)]);
    const head = { readAt: now.toISOString(), asked: repository, version, repository: facts, release };
    if (release.kind !== "found") {
      const nothing = release.kind === "missing" ? notRead(release.reason) : release;
      return {
        ...head,
        tagCommit: nothing,
        sums: nothing,
        signature: nothing,
        manifest: nothing,
        downloaded: {},
        signatureReport: null,
      };
    }
    const names = sumsNames(address.type, version);
    const sumsName = names.find((name) => release.assets.some((asset) => asset.name === name)) ?? names[0] ?? "";
    const [tagCommit, sums, signature, manifest, downloaded] = await Promise.all([
      readTagCommit(repository, release.tag),
      readFile(release, sumsName, largest.sums),
      readFile(release, signatureName(sumsName), largest.signature),
      readManifest(release, manifestName(sumsName)),
      digestArchives(release, { type: address.type, version }),
    ]);
    const signatureReport =
      sums.kind === "found" && signature.kind === "found"
        ? await checkSignature({ sums: bytesOf(sums), signature: bytesOf(signature), keys, now })
        : null;
    return { ...head, tagCommit, sums, signature, manifest, downloaded, signatureReport } satisfies ProviderEvidence;
  };

  return { readRepository, listReleases, readProviderEvidence };
}

const bytesOf = (file: FileFacts): Uint8Array => Buffer.from(file.base64, "base64");

function split(repository: string): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}

function unavailable(reason: string, retryAt?: Date): { kind: "unavailable"; reason: string; retryAt: string | null } {
  return { kind: "unavailable", reason, retryAt: retryAt?.toISOString() ?? null };
}

function downloadFailure(error: unknown): Reading<never> {
  if (!(error instanceof RegistrarError)) throw error;
  return error.code === "upstream-unavailable"
    ? unavailable(error.message)
    : { kind: "missing", reason: error.message };
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
