import { createHash } from "node:crypto";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { type DownloadLimits, downloadFile } from "./download.ts";
import type { FileFacts, ManifestFacts, Reading, ReleaseFacts } from "./evidence.ts";
import { unavailable } from "./github-releases-ask.ts";
import { defaultProtocols, parseManifest } from "./manifest.ts";

/**
 * Largest files that are read whole, in bytes. Sums of 256 KiB have over 2,000 lines, where the largest known release has
 * under a hundred: anybody can propose fifty versions at once, and what is read of all of them is held in memory.
 */
export const largest = { sums: 256 * 1024, signature: 64 * 1024, manifest: 64 * 1024 } as const;
const smallFileTimeoutMs = 15_000;

/** The files of a release, by their public download URL. */
export interface ReleaseFiles {
  readFile(release: ReleaseFacts, name: string | undefined, maxBytes: number): Promise<Reading<FileFacts>>;
  readManifest(release: ReleaseFacts, name: string): Promise<Reading<ManifestFacts>>;
}

export function createReleaseFiles(limits: Pick<DownloadLimits, "hosts" | "protocols">): ReleaseFiles {
  const small = { ...limits, timeoutMs: smallFileTimeoutMs, redirects: 5 };

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

  return { readFile, readManifest };
}

/** What a download that did not come says as evidence; a fault of ours is thrown on. */
export function downloadFailure(error: unknown): Reading<never> {
  if (!(error instanceof RegistrarError)) throw error;
  return error.code === "upstream-unavailable"
    ? unavailable(error.message)
    : { kind: "missing", reason: error.message };
}
