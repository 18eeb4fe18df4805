import { createHash } from "node:crypto";
import { pluginExecutable } from "./executable.ts";
import type { Signer } from "./signer.ts";
import { breakSignature } from "./tamper.ts";
import { buildZip } from "./zip.ts";

/** `<os>_<arch>` in Go's words. */
export type Platform = `${string}_${string}`;

export const defaultPlatforms: readonly Platform[] = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

export interface ReleaseOptions {
  /** Only for the README inside the archives; default `acme`. */
  readonly namespace?: string;
  /** `dns` of `terraform-provider-dns`. */
  readonly type: string;
  /** Without `v`. */
  readonly version: string;
  readonly signer: Signer;
  readonly platforms?: readonly Platform[];
  /** Plugin protocols of the manifest; default `["5.0"]`. */
  readonly protocols?: readonly string[];
  /** Modification time inside the archives; default now. */
  readonly date?: Date;
  /**
   * `checksum`: after signing, the first platform's archive gets another program, so that its line in the sums is wrong.
   * `signature`: one bit of the signature is changed. `archives`: the program lies in a folder, where no client looks.
   */
  readonly tamper?: "checksum" | "signature" | "archives";
}

export interface ReleaseFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface ProviderRelease {
  readonly tag: string;
  readonly files: readonly ReleaseFile[];
}

/**
 * What GoReleaser publishes for a provider with the configuration of
 * https://github.com/hashicorp/terraform-provider-scaffolding: one archive for each platform, the manifest, SHA256SUMS over
 * all of them, and its signature. The archives are the same for the same date; the signature is dated now.
 */
export async function buildProviderRelease(options: ReleaseOptions): Promise<ProviderRelease> {
  const { platforms = defaultPlatforms, protocols = ["5.0"], signer, tamper, version } = options;
  const [first] = platforms;
  if (first === undefined) throw new RangeError("A release needs at least one platform.");
  const prefix = `terraform-provider-${options.type}_${version}`;
  const archives = await Promise.all(platforms.map((platform) => buildArchive(platform, options)));
  const metadata = { version: 1, metadata: { protocol_versions: protocols } };
  const manifest = {
    name: `${prefix}_manifest.json`,
    bytes: Buffer.from(`${JSON.stringify(metadata, null, 2)}\n`),
    contentType: "application/json",
  };
  const sums = renderSums([...archives, manifest]);
  const signature = await signer.sign(sums);
  const changed = tamper === "checksum" ? await buildArchive(first, options, " (changed)") : undefined;
  return {
    tag: `v${version}`,
    files: [
      ...archives.map((archive, index) => (index === 0 && changed ? { ...archive, bytes: changed.bytes } : archive)),
      manifest,
      // GitHub knows no better type for what has no extension.
      { name: `${prefix}_SHA256SUMS`, bytes: sums, contentType: "application/octet-stream" },
      {
        name: `${prefix}_SHA256SUMS.sig`,
        bytes: tamper === "signature" ? breakSignature(signature) : signature,
        contentType: "application/octet-stream",
      },
    ],
  };
}

/** `mark` is added to what the program says. */
async function buildArchive(platform: Platform, options: ReleaseOptions, mark = ""): Promise<ReleaseFile> {
  const { date = new Date(), namespace = "acme", type, version } = options;
  const readme = `# terraform-provider-${type}\n\nBy ${namespace}, for the sandbox: it manages nothing.\n`;
  const extension = platform.startsWith("windows_") ? ".exe" : "";
  const entries = [
    { name: "LICENSE", bytes: Buffer.from("Mozilla Public License 2.0: https://mozilla.org/MPL/2.0/\n"), mode: 0o644 },
    { name: "README.md", bytes: Buffer.from(readme), mode: 0o644 },
    // Top level, and named so: clients look for nothing else.
    {
      name: `${options.tamper === "archives" ? "bin/" : ""}terraform-provider-${type}_v${version}${extension}`,
      bytes: pluginExecutable(platform, { type, version: `${version}${mark}` }),
      mode: 0o755,
    },
  ] as const;
  const name = `terraform-provider-${type}_${version}_${platform}.zip`;
  return { name, bytes: await buildZip(entries, date), contentType: "application/zip" };
}

/** Two spaces, sorted by name, one line end each and no empty line, as `sha256sum` and GoReleaser write it. */
function renderSums(files: readonly ReleaseFile[]): Uint8Array {
  const lines = files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ bytes, name }) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  return Buffer.from(lines.join(""));
}
