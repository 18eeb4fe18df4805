import { isObject } from "../registry/json.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { ProviderEvidence } from "../upstream/evidence.ts";
import { platformOfArchive } from "../upstream/names.ts";
import { sumOf } from "../upstream/sums.ts";
import { fail, orPass, type Rule, retry, type Said, waitFor, waitForUpstream } from "./rule.ts";

const remedy =
  "Do not replace files of a published release: cut a new release whose SHA256SUMS is made, signed and uploaded together with its archives.";

export const sumsCoverArchives: Rule = {
  code: "sums-cover-archives",
  title: "SHA256SUMS covers every archive, and every hash is equal",
  help: "Clients compare three things before they install: the hash in the registry, the line in the signed SHA256SUMS, and the archive itself. They must all be equal. The archive's hash is the one that GitHub computed when it was uploaded, or that of the downloaded bytes.",
  example: "An archive that was built again and uploaded after SHA256SUMS had been signed.",
  liftable: false,
  per: "provider-version",
  upstream: true,
  check: ({ change, entry, evidence }, input) => {
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    if (evidence.sums.kind === "unavailable") return waitFor(evidence.sums);
    if (evidence.sums.kind === "missing") return [fail(evidence.sums.reason, remedy)];
    const targets = Array.isArray(entry.raw.targets) ? entry.raw.targets : [];
    const recorded = targets.flatMap((target: unknown, index) =>
      isObject(target) ? checkRecorded(evidence, target, `/versions/${entry.index}/targets/${index}`) : [],
    );
    const uncovered = checkUncovered(evidence, change.address.type);
    return orPass([...recorded, ...uncovered], "Every archive has its line, and every hash is equal.");
  },
};

type Target = { readonly [key: string]: unknown };

function checkRecorded(evidence: ProviderEvidence, target: Target, pointer: string): Said[] {
  const filename = String(target.filename);
  const name = plainText(filename, 160);
  const listed = sumOf(sumsOf(evidence), filename);
  if (listed === undefined) return [fail(`SHA256SUMS has no line for ${name}.`, remedy, { pointer })];
  const recorded = String(target.shasum).toLowerCase();
  const said: Said[] = [];
  if (recorded !== listed) {
    const message = `${name}: the record says ${quoted(recorded, 80)}, SHA256SUMS says ${listed}.`;
    said.push(fail(message, `Record the hash of SHA256SUMS: ${listed}.`, { pointer: `${pointer}/shasum` }));
  }
  const actual = actualDigest(evidence, filename);
  if (actual.kind === "retry") return [...said, retry(actual.reason, actual.retryAt)];
  if (actual.kind === "missing") return [...said, fail(actual.reason, remedy, { pointer })];
  if (actual.sha256 !== listed) {
    const message = `${name}: SHA256SUMS says ${listed}, but the file in the release has ${actual.sha256}. Nobody could install it, and somebody may have replaced it.`;
    said.push(fail(message, remedy, { pointer: `${pointer}/shasum` }));
  }
  return said;
}

type Digest =
  | { readonly kind: "known"; readonly sha256: string }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "retry"; readonly reason: string; readonly retryAt: string | null };

function actualDigest(evidence: ProviderEvidence, filename: string): Digest {
  if (evidence.release.kind !== "found")
    return { kind: "retry", reason: "The release has not been read.", retryAt: null };
  const asset = evidence.release.assets.find((asset) => asset.name === filename);
  const name = plainText(filename, 160);
  if (asset === undefined) return { kind: "missing", reason: `The release has no file ${name}.` };
  if (asset.sha256 !== null) return { kind: "known", sha256: asset.sha256 };
  const downloaded = Object.hasOwn(evidence.downloaded, filename) ? evidence.downloaded[filename] : undefined;
  if (downloaded?.kind === "found") return { kind: "known", sha256: downloaded.sha256 };
  if (downloaded?.kind === "missing") return { kind: "missing", reason: downloaded.reason };
  return { kind: "retry", reason: `${name} has not been downloaded yet.`, retryAt: downloaded?.retryAt ?? null };
}

/** Archives of this version in the release that the signed sums say nothing of. */
function checkUncovered(evidence: ProviderEvidence, type: string): Said[] {
  if (evidence.release.kind !== "found") return [];
  const sums = sumsOf(evidence);
  return evidence.release.assets
    .filter((asset) => platformOfArchive(asset.name, { type, version: evidence.version }) !== undefined)
    .filter((asset) => sumOf(sums, asset.name) === undefined)
    .map((asset) => fail(`SHA256SUMS has no line for ${plainText(asset.name, 160)}, which is in the release.`, remedy));
}
