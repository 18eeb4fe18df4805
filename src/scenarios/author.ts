import { createHash } from "node:crypto";
import { RegistrarError } from "../registry/errors.ts";
import { buildProviderRelease, createSigner, type Signer } from "../sandbox/author/index.ts";
import type { Release, Sandbox } from "../sandbox/index.ts";
import type { DemoProvider } from "./demo.ts";

export interface ReleaseWish {
  readonly version: string;
  /** `checksum`: an archive is replaced after signing. `signature`: one bit of the signature is broken. `archives`: the program lies in a folder. */
  readonly tamper?: "checksum" | "signature" | "archives";
  /** `unknown`: signed with a key that the registry does not have. */
  readonly key?: "registered" | "unknown";
  /** For history: dated then, and nobody is told. */
  readonly published?: string;
  /** Nobody is told, as where the authors' app is not installed. */
  readonly silent?: boolean;
}

/** What an author needs to know to write a version into a record by hand. */
export interface CutRelease {
  readonly tag: string;
  readonly url: string;
  /** The entry of `versions[]` that belongs to it. */
  readonly entry: Record<string, unknown>;
}

/** An author of one provider, with a repository and a throw-away signing key. */
export interface Author {
  readonly provider: DemoProvider;
  readonly repository: string;
  readonly signer: Signer;
  cutRelease(wish: ReleaseWish): Promise<CutRelease>;
  /** Builds a published release again and puts the new files in place of the old ones, as careless authors do. */
  uploadAgain(version: string): Promise<CutRelease>;
  /** Takes the files of a release away and uploads the very same once more: only their ids and times are others. */
  uploadSameAgain(version: string): Promise<void>;
  /** Deletes a release and publishes it once more under its old tag, with the same files. */
  publishAgain(version: string): Promise<CutRelease>;
}

export interface NewAuthor {
  readonly provider: DemoProvider;
  readonly signer: Signer;
  /** The account that has the repository. Default: the provider's namespace. */
  readonly owner?: string;
}

/** The repository must be there. */
export function createAuthor(sandbox: Sandbox, { provider, signer, owner = provider.namespace }: NewAuthor): Author {
  const repository = `${owner}/terraform-provider-${provider.type}`;
  const actor = sandbox.as(owner);
  const releases = new Map<string, Released>();

  async function build(wish: ReleaseWish) {
    const { namespace, type, platforms } = provider;
    const unknown = { name: "Somebody Else", email: "else@example.net" };
    return buildProviderRelease({
      namespace,
      type,
      version: wish.version,
      platforms,
      signer: wish.key === "unknown" ? await createSigner(unknown) : signer,
      ...(wish.tamper === undefined ? {} : { tamper: wish.tamper }),
      ...(wish.published === undefined ? {} : { date: new Date(wish.published) }),
    });
  }

  async function publish(wish: ReleaseWish, { tag, files }: BuiltRelease): Promise<CutRelease> {
    const published =
      wish.published ?? new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
    const silent = wish.silent === true || wish.published !== undefined;
    const release = await actor.release({ repository, tag, name: tag, assets: files, publishedAt: published, silent });
    releases.set(wish.version, { release, published, files });
    return cut(wish.version, { release, files, published });
  }

  const cut = (version: string, { release, files, published }: Released): CutRelease => ({
    tag: release.tag,
    url: release.htmlUrl,
    entry: entryOf({ provider, version, release, files, signer, published }),
  });

  function known(version: string): Released {
    const release = releases.get(version);
    if (release === undefined) throw new Error(`${repository} has no release ${version}.`);
    return release;
  }

  async function replaceFiles(tag: string, files: BuiltRelease["files"]): Promise<void> {
    for (const file of files) {
      await actor.deleteAsset({ repository, tag, name: file.name });
      await actor.uploadAsset({ repository, tag, asset: file });
    }
  }

  return {
    provider,
    repository,
    signer,
    async cutRelease(wish) {
      if (releases.has(wish.version)) {
        throw new RegistrarError(
          "bad-argument",
          `${repository} has a release ${wish.version} already; choose another version.`,
        );
      }
      return publish(wish, await build(wish));
    },
    async uploadAgain(version) {
      const { release, published } = known(version);
      const { tag, files } = await build({ version });
      await replaceFiles(tag, files);
      return cut(version, { release, files, published });
    },
    async uploadSameAgain(version) {
      const { release, files } = known(version);
      await replaceFiles(release.tag, files);
    },
    async publishAgain(version) {
      const { release, files } = known(version);
      await actor.deleteRelease({ repository, tag: release.tag });
      return publish({ version }, { tag: release.tag, files });
    },
  };
}

type BuiltRelease = Pick<Awaited<ReturnType<typeof buildProviderRelease>>, "tag" | "files">;

interface Released extends Pick<BuiltRelease, "files"> {
  readonly release: Release;
  readonly published: string;
}

interface Cut extends Released {
  readonly provider: DemoProvider;
  readonly version: string;
  readonly signer: Signer;
}

/** Written from the release as a person would, on purpose without the product's own code: the two have to agree. */
function entryOf({ provider, version, release, files, signer, published }: Cut): Record<string, unknown> {
  const prefix = `terraform-provider-${provider.type}_${version}`;
  const url = (name: string) => release.assets.find((asset) => asset.name === name)?.url;
  const sums = files.find((file) => file.name === `${prefix}_SHA256SUMS`);
  const lines = Buffer.from(sums?.bytes ?? [])
    .toString("utf8")
    .trim()
    .split("\n");
  const hashes = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const targets = [...provider.platforms].sort().map((platform) => {
    const [os, arch] = platform.split("_");
    const filename = `${prefix}_${platform}.zip`;
    const size = files.find((file) => file.name === filename)?.bytes.length;
    return { os, arch, filename, download_url: url(filename), shasum: hashes.get(filename), size };
  });
  return {
    version,
    protocols: ["5.0"],
    shasums_url: url(`${prefix}_SHA256SUMS`),
    shasums_signature_url: url(`${prefix}_SHA256SUMS.sig`),
    targets,
    tag: release.tag,
    commit: release.commit,
    release_id: release.id,
    published,
    sums_sha256: createHash("sha256")
      .update(sums?.bytes ?? new Uint8Array())
      .digest("hex"),
    signed_by: signer.fingerprint,
  };
}
