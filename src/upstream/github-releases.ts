import type { GitHubClient } from "../github/client.ts";
import type { DownloadLimits } from "./download.ts";
import { type FileFacts, notRead, type ProviderEvidence } from "./evidence.ts";
import { createArchiveReader } from "./github-archives.ts";
import { createAsk } from "./github-releases-ask.ts";
import { createReleaseFiles, largest } from "./github-releases-files.ts";
import { createReleaseReader } from "./github-releases-reader.ts";
import { createTagsReader } from "./github-tags-reader.ts";
import { isTagName, manifestName, platformOfArchive, signatureName, sumsNames } from "./names.ts";
import type { Upstream } from "./port.ts";
import { checkSignature } from "./signature.ts";

interface Options {
  readonly client: GitHubClient;
  /** For organisations whose IP allow list refuses every token. */
  readonly anonymous: GitHubClient;
  readonly limits: Pick<DownloadLimits, "hosts" | "protocols">;
}

/** Reads releases and tags of github.com, GitHub Enterprise Server or the sandbox over REST; files by their public download URL. */
export function githubReleases({ client, anonymous, limits }: Options): Upstream {
  const ask = createAsk({ client, anonymous });
  const { readRepository, listReleases, readRelease } = createReleaseReader(ask);
  const { listTags, readTag, readTagCommit } = createTagsReader(ask);
  const { readFile, readManifest } = createReleaseFiles(limits);
  const readArchives = createArchiveReader(limits);

  const readProviderEvidence: Upstream["readProviderEvidence"] = async (input) => {
    const { address, repository, version, keys, now } = input;
    // Only what git allows as a name is asked for: `..` would climb out of the request's path.
    const tags = (input.tag === undefined ? [`v${version}`, version] : [input.tag]).filter(isTagName);
    const [facts, release] = await Promise.all([readRepository(repository), readRelease(repository, tags)]);
    const head = {
      kind: "provider",
      readAt: now.toISOString(),
      asked: repository,
      version,
      repository: facts,
      release,
    } as const;
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
    const archives = release.assets.filter(({ name }) => platformOfArchive(name, { type: address.type, version }));
    const [tagCommit, sums, signature, manifest, fromArchives] = await Promise.all([
      readTagCommit(repository, release.tag),
      readFile(release, sumsName, largest.sums),
      readFile(release, signatureName(sumsName), largest.signature),
      readManifest(release, manifestName(sumsName)),
      readArchives(archives, { reading: input.archives ?? "digest", onProgress: input.onArchives }),
    ]);
    const signatureReport =
      sums.kind === "found" && signature.kind === "found"
        ? await checkSignature({ sums: bytesOf(sums), signature: bytesOf(signature), keys, now })
        : null;
    return {
      ...head,
      tagCommit,
      sums,
      signature,
      manifest,
      ...fromArchives,
      signatureReport,
    } satisfies ProviderEvidence;
  };

  const readModuleEvidence: Upstream["readModuleEvidence"] = async ({ repository, version, now }) => {
    const [facts, tag] = await Promise.all([readRepository(repository), readTag(repository, version)]);
    return { kind: "module", readAt: now.toISOString(), asked: repository, version, repository: facts, tag };
  };

  return { readRepository, listReleases, listTags, readProviderEvidence, readModuleEvidence };
}

const bytesOf = (file: FileFacts): Uint8Array => Buffer.from(file.base64, "base64");
