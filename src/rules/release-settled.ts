import { listed, plainText } from "../registry/plain-text.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { ProviderEvidence, ReleaseFacts } from "../upstream/evidence.ts";
import { platformOfArchive } from "../upstream/names.ts";
import { notice, pass, type Rule, retry, type Said } from "./rule.ts";

/** How long files that SHA256SUMS names are waited for after publication, in seconds; afterwards they are left out. */
const longestUpload = 3600;

export const releaseSettled: Rule = {
  code: "release-settled",
  title: "The release is complete and quiet",
  help: "Many workflows publish first and upload afterwards, and some replace files a moment later. Nothing is judged for good before all files are there and none has changed for the settle window (policy.settle, 2 minutes by default). An immutable release needs no such window, and a module's tag has no files.",
  example: "A release whose SHA256SUMS names a linux_arm64 archive that is still being uploaded.",
  liftable: false,
  per: "version",
  upstream: true,
  check: ({ change, evidence }, input) => {
    // When a tag was made or moved is not to be known: git keeps no time of refs, and whoever tags chooses the dates.
    if (change.address.kind === "module")
      return pass("A tag is all there at once; it has no files that could be late.");
    if (evidence?.kind !== "provider" || evidence.release.kind !== "found") {
      return pass("There is no release to wait for.");
    }
    const release = evidence.release;
    const uploading = release.assets.filter((asset) => asset.state !== "uploaded");
    const now = Date.parse(input.now);
    const soon = new Date(now + Math.max(5, input.settings.policy.settleSeconds) * 1000).toISOString();
    if (uploading.length > 0) {
      return [retry(`Still being uploaded: ${names(uploading.map((asset) => asset.name))}.`, soon)];
    }
    const missing = missingFiles(evidence, change.address.type);
    const age = (now - Date.parse(release.publishedAt)) / 1000;
    if (missing.length > 0 && age < longestUpload) {
      return [retry(`The release does not have these files yet: ${names(missing)}.`, soon)];
    }
    return [...quietness(release, input.settings.policy.settleSeconds, now), ...leftOut(missing)];
  },
};

const names = (files: readonly string[]): string => listed(files.map((file) => plainText(file, 120)));

function quietness(release: ReleaseFacts, windowSeconds: number, now: number): readonly Said[] {
  if (release.immutable) return pass("The release is immutable.");
  const lastChange = Math.max(
    Date.parse(release.publishedAt),
    ...release.assets.map((asset) => Date.parse(asset.updatedAt)),
  );
  const quietAt = lastChange + windowSeconds * 1000;
  if (quietAt <= now) return pass("The release is complete and quiet.");
  const at = new Date(quietAt).toISOString();
  return [
    retry(
      `The release changed at ${new Date(lastChange).toISOString()}; it is judged after ${windowSeconds} quiet seconds.`,
      at,
    ),
  ];
}

function leftOut(missing: readonly string[]): Said[] {
  if (missing.length === 0) return [];
  return [notice(`SHA256SUMS names files that the release does not have: ${names(missing)}.`)];
}

/** The sums, the signature, and archives that the sums name. */
function missingFiles(evidence: ProviderEvidence, type: string): string[] {
  if (evidence.release.kind !== "found") return [];
  const present = new Set(evidence.release.assets.map((asset) => asset.name));
  const base = `terraform-provider-${type}_${evidence.version}_SHA256SUMS`;
  const sumsName = evidence.sums.kind === "found" ? evidence.sums.name : base;
  const archives = sumsOf(evidence)
    .lines.map((line) => line.filename)
    .filter((name) => platformOfArchive(name, { type, version: evidence.version }) !== undefined);
  return [...new Set([sumsName, `${sumsName}.sig`, ...archives])].filter((name) => !present.has(name));
}
