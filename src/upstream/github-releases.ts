import type { GitHubClient } from "../github/client.ts";
import type { DownloadLimits } from "./download.ts";
import { type FileFacts, notRead, type ProviderEvidence, type Reading, type RepositoryFacts } from "./evidence.ts";
import { createArchiveReader } from "./github-archives.ts";
import { createAsk } from "./github-releases-ask.ts";
import { createReleaseFiles, largest } from "./github-releases-files.ts";
import { createReleaseReader } from "./github-releases-reader.ts";
import { createTagsReader } from "./github-tags-reader.ts";
import { manifestName, platformOfArchive, signatureName, sumsNames } from "./names.ts";
import type { Upstream } from "./port.ts";
import { chooseRelease, tagsOfVersion } from "./releases-of-version.ts";
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
    const tags = tagsOfVersion(version, input.tag);
    const [facts, ...readings] = await Promise.all([
      input.facts?.() ?? readRepository(repository),
      ...tags.map((tag) => readRelease(repository, tag)),
    ]);
    // Of what is not public nothing is told, whatever the token sees.
    const { release, ...others } =
      facts.kind === "missing" ? { release: facts } : chooseRelease(readings, { repository, tags });
    const head = {
      kind: "provider",
      readAt: now.toISOString(),
      asked: repository,
      version,
      repository: facts,
      release,
      ...others,
      ...(await readNames(input.names ?? [], facts)),
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

  /** What other names lead to; nothing is asked where that is plain. */
  async function readNames(
    names: readonly string[],
    facts: Reading<RepositoryFacts>,
  ): Promise<Pick<ProviderEvidence, "names">> {
    const unknown =
      facts.kind === "found" ? names.filter((name) => name.toLowerCase() !== facts.fullName.toLowerCase()) : [];
    if (unknown.length === 0) return {};
    const read = unknown.map(async (name) => [name, await readRepository(name)] as const);
    return { names: Object.fromEntries(await Promise.all(read)) };
  }

  const readModuleEvidence: Upstream["readModuleEvidence"] = async ({ repository, version, now, ...known }) => {
    const [facts, read] = await Promise.all([
      known.facts?.() ?? readRepository(repository),
      readTag(repository, version),
    ]);
    const tag = facts.kind === "missing" ? facts : read;
    return { kind: "module", readAt: now.toISOString(), asked: repository, version, repository: facts, tag };
  };

  return { readRepository, listReleases, listTags, readProviderEvidence, readModuleEvidence };
}

const bytesOf = (file: FileFacts): Uint8Array => Buffer.from(file.base64, "base64");
