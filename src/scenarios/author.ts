import { createHash } from "node:crypto";
import { RegistrarError } from "../registry/errors.ts";
import { buildProviderRelease, createSigner, type Signer } from "../sandbox/author/index.ts";
import type { Release, Sandbox } from "../sandbox/index.ts";
import type { DemoProvider } from "./demo.ts";

export interface ReleaseWish {
  readonly version: string;
  /** `checksum`: an archive is replaced after signing. `signature`: one bit of the signature is broken. */
  readonly tamper?: "checksum" | "signature";
  /** `unknown`: signed with a key that the registry does not have. */
  readonly key?: "registered" | "unknown";
  /** For history: dated then, and nobody is told. */
  readonly published?: string;
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
}

export function createAuthor(
  sandbox: Sandbox,
  { provider, signer }: { readonly provider: DemoProvider; readonly signer: Signer },
): Author {
  const repository = `${provider.namespace}/terraform-provider-${provider.type}`;
  const actor = sandbox.as(provider.namespace);
  const releases = new Map<string, { readonly release: Release; readonly published: string }>();

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
      const { tag, files } = await build(wish);
      const published =
        wish.published ?? new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace(".000Z", "Z");
      const history = wish.published === undefined ? {} : { publishedAt: wish.published, silent: true };
      const release = await actor.release({ repository, tag, name: tag, assets: files, ...history });
      releases.set(wish.version, { release, published });
      return {
        tag,
        url: release.htmlUrl,
        entry: entryOf({ provider, version: wish.version, release, files, signer, published }),
      };
    },
    async uploadAgain(version) {
      const known = releases.get(version);
      if (known === undefined) throw new Error(`${repository} has no release ${version}.`);
      const { tag, files } = await build({ version });
      for (const file of files) {
        await actor.deleteAsset({ repository, tag, name: file.name });
        await actor.uploadAsset({ repository, tag, asset: file });
      }
      const { release, published } = known;
      return { tag, url: release.htmlUrl, entry: entryOf({ provider, version, release, files, signer, published }) };
    },
  };
}

interface Cut {
  readonly provider: DemoProvider;
  readonly version: string;
  readonly release: Release;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly signer: Signer;
  readonly published: string;
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
