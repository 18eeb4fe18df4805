import { isObject } from "../registry/json.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import { type ArchiveContents, programsOf } from "../upstream/archive-contents.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { AssetFacts, ProviderEvidence, Reading } from "../upstream/evidence.ts";
import { platformOfArchive } from "../upstream/names.ts";
import { sumOf } from "../upstream/sums.ts";
import {
  fail,
  notice,
  orPass,
  type ProviderVersionSubject,
  type ReviewInput,
  type Rule,
  retry,
  type Said,
  waitFor,
  waitForUpstream,
} from "./rule.ts";

type Policy = ReviewInput["settings"]["policy"]["archives"];

const replaced =
  "Do not replace files of a published release: cut a new release whose SHA256SUMS is made, signed and uploaded together with its archives.";
const repack =
  "Pack each archive anew, with the program at its top level as GoReleaser does it, and release under a new version.";

export const archives: Rule = {
  code: "archives",
  title: "Every archive is the one that was signed, and clients find the provider in it",
  help: "An archive is named for its provider, version and platform. Its hash, as GitHub computed it at upload or else of the downloaded bytes, is the one in SHA256SUMS. Where the registry's policy wants it (policy.archives), its directory is read as well, and nothing is ever unpacked: terraform-provider-TYPE has to lie at the top level, and no entry may leave the folder that it is unpacked to.",
  example: "An archive that was built again and uploaded after SHA256SUMS had been signed.",
  liftable: false,
  per: "provider-version",
  upstream: true,
  check: (subject, input) => {
    const wait = waitForUpstream(subject.evidence, input);
    if (subject.evidence === null || wait !== null) return wait ?? [];
    const { evidence, entry } = subject;
    if (evidence.release.kind !== "found") return [fail(evidence.release.reason, replaced)];
    if (evidence.sums.kind === "unavailable") return waitFor(evidence.sums);
    if (evidence.sums.kind === "missing") return [fail(evidence.sums.reason, replaced)];
    const policy = input.settings.policy.archives;
    const targets: readonly unknown[] = Array.isArray(entry.raw.targets) ? entry.raw.targets : [];
    const { assets } = evidence.release;
    const said = targets.flatMap((target, index) => {
      if (!isObject(target)) return [];
      const pointer = `/versions/${entry.index}/targets/${index}`;
      return checkArchive({ subject, evidence, assets, target, pointer, policy });
    });
    return orPass(said, passes(policy, evidence));
  },
};

interface Archive {
  readonly subject: ProviderVersionSubject;
  readonly evidence: ProviderEvidence;
  readonly assets: readonly AssetFacts[];
  readonly target: { readonly [key: string]: unknown };
  readonly pointer: string;
  readonly policy: Policy;
}

function checkArchive(archive: Archive): readonly Said[] {
  const filename = String(archive.target.filename);
  const misnamed = checkName(archive, filename);
  if (misnamed.length > 0) return misnamed;
  const asset = archive.assets.find(({ name }) => name === filename);
  if (asset === undefined) {
    const message = `The release has no file ${plainText(filename, 160)}.`;
    return [fail(message, replaced, { pointer: archive.pointer })];
  }
  const digests = checkDigests(archive, asset);
  return digests.length > 0 ? digests : checkContents(archive, asset);
}

function checkName({ subject, evidence, target, pointer }: Archive, filename: string): readonly Said[] {
  const { type } = subject.change.address;
  const platform = platformOfArchive(filename, { type, version: evidence.version });
  if (platform?.os === target.os && platform?.arch === target.arch) return [];
  const right = `terraform-provider-${type}_${evidence.version}_${target.os}_${target.arch}.zip`;
  const said =
    platform === undefined
      ? "is not named for this provider and version"
      : `is named for ${platform.os}_${platform.arch}`;
  const message = `The archive ${quoted(filename, 160)} ${said}; expected ${quoted(right, 200)}.`;
  return [
    fail(message, "Record the archives of the release of this very version.", { pointer: `${pointer}/filename` }),
  ];
}

/** Everything that is known of its bytes has to equal the signed hash; a missing line is the rule sums-cover-archives'. */
function checkDigests({ evidence, pointer, policy }: Archive, asset: AssetFacts): readonly Said[] {
  const signed = sumOf(sumsOf(evidence), asset.name);
  const name = plainText(asset.name, 160);
  const downloaded = own(evidence.downloaded, asset.name);
  const needed = asset.sha256 === null || policy === "download";
  if (needed && downloaded === undefined) return [retry(`${name} has not been downloaded yet.`, null)];
  if (downloaded?.kind === "unavailable") return waitFor(downloaded);
  if (downloaded?.kind === "missing") return [fail(downloaded.reason, replaced, { pointer })];
  const actual = [asset.sha256, downloaded?.sha256 ?? null];
  const other = actual.find((sha256) => sha256 !== null && signed !== undefined && sha256 !== signed);
  if (other === undefined) return [];
  const message = `${name}: SHA256SUMS says ${signed}, but the file in the release has ${other}. Nobody could install it, and somebody may have replaced it.`;
  return [fail(message, replaced, { pointer: `${pointer}/shasum` })];
}

function checkContents({ subject, evidence, pointer, policy }: Archive, asset: AssetFacts): readonly Said[] {
  const contents = own(evidence.contents ?? {}, asset.name);
  if (contents === undefined) {
    return policy === "digest" ? [] : [retry(`Nobody has looked into ${plainText(asset.name, 160)} yet.`, null)];
  }
  if (contents.kind === "unavailable") return waitFor(contents);
  if (contents.kind === "missing") return [fail(contents.reason, repack, { pointer })];
  return describe({ type: subject.change.address.type, name: plainText(asset.name, 160), pointer, contents });
}

function describe(of: { type: string; name: string; pointer: string; contents: ArchiveContents }): readonly Said[] {
  const { type, name, pointer, contents } = of;
  const said = contents.problems.map((problem) => fail(`${name}: ${problem}`, repack, { pointer }));
  const wanted = `terraform-provider-${type.toLowerCase()}`;
  const [first, ...others] = programsOf(contents, type);
  if (first === undefined) {
    const { files, nested } = contents;
    const has =
      nested !== null
        ? `The one in a folder, ${quoted(nested, 160)}, is not looked for.`
        : `There it has ${files.length === 0 ? "nothing" : listed(files.map((file) => quoted(file, 80)))}.`;
    const message = `${name}: clients look for a file ${wanted} or ${wanted}_… at the top level, and there is none. ${has}`;
    return [...said, fail(message, repack, { pointer })];
  }
  if (others.length === 0) return said;
  const names = listed(others.map((file) => quoted(file, 80)));
  return [...said, notice(`${name}: clients start ${quoted(first, 80)}, and not ${names}.`, { pointer })];
}

function passes(policy: Policy, { contents = {} }: ProviderEvidence): string {
  const looked = Object.keys(contents).length > 0;
  const hashes = policy === "download" ? "The downloaded bytes" : "GitHub's digests, or else the downloaded bytes,";
  return `${hashes} of all archives are those that were signed${looked ? ", and clients find the provider in what was looked into" : ""}.`;
}

/** Names are chosen by the release: `__proto__` is one like any other. */
const own = <T>(record: Readonly<Record<string, Reading<T>>>, name: string): Reading<T> | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
