import { isObject } from "../registry/json.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { ProviderEvidence } from "../upstream/evidence.ts";
import { platformOfArchive } from "../upstream/names.ts";
import { sumOf } from "../upstream/sums.ts";
import { fail, orPass, type Rule, type Said, waitFor, waitForUpstream } from "./rule.ts";

const remedy =
  "Do not replace files of a published release: cut a new release whose SHA256SUMS is made, signed and uploaded together with its archives.";

export const sumsCoverArchives: Rule = {
  code: "sums-cover-archives",
  title: "SHA256SUMS covers every archive, and every recorded hash is its",
  help: "Clients compare three things before they install: the hash in the registry, the line in the signed SHA256SUMS, and the archive itself. The first two must be equal, for every archive of the release; the archive itself is the rule archives'.",
  example: "A record with a hash that differs from the one in SHA256SUMS, or an archive that SHA256SUMS does not name.",
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
    return orPass([...recorded, ...uncovered], "Every archive has its line, and every recorded hash is equal.");
  },
};

type Target = { readonly [key: string]: unknown };

function checkRecorded(evidence: ProviderEvidence, target: Target, pointer: string): Said[] {
  const filename = String(target.filename);
  const name = plainText(filename, 160);
  const listed = sumOf(sumsOf(evidence), filename);
  if (listed === undefined) {
    return [fail(`SHA256SUMS has no line for ${name}.${almost(evidence, filename)}`, remedy, { pointer })];
  }
  const recorded = String(target.shasum).toLowerCase();
  if (recorded === listed) return [];
  const message = `${name}: the record says ${quoted(recorded, 80)}, SHA256SUMS says ${listed}.`;
  return [fail(message, `Record the hash of SHA256SUMS: ${listed}.`, { pointer: `${pointer}/shasum` })];
}

/** What checksum programs add to names: they know it for a mark, clients take it for a part of the name. */
function almost(evidence: ProviderEvidence, filename: string): string {
  const marked = sumsOf(evidence).lines.find((line) => [`*${filename}`, `./${filename}`].includes(line.filename));
  if (marked === undefined) return "";
  return ` Line ${marked.line} has ${quoted(marked.filename, 160)}, where clients look for exactly the file's name.`;
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
