import { sameName } from "../registry/address.ts";
import { type NamespaceMapping, ownerOf } from "../registry/namespaces.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import type { RecordEntry, RegistryRecord } from "../registry/record.ts";
import type { RepositoryIds } from "../registry/write-record.ts";
import { sumsOf } from "../upstream/build-version.ts";
import type { Evidence, ModuleEvidence, ProviderEvidence, RepositoryFacts } from "../upstream/evidence.ts";
import { sumOf } from "../upstream/sums.ts";

/** What upstream says today of one recorded version. */
export type Compared =
  /** It serves what the record holds. */
  | { readonly kind: "equal"; readonly version: string }
  /** Its release is not there (any more), or has no sums: that proves nothing, and contradicts nothing. */
  | { readonly kind: "gone"; readonly version: string; readonly reason: string }
  | { readonly kind: "differs"; readonly version: string; readonly reason: string };

/** So many recorded versions have to agree, where the record has as many. */
export const enoughEqual = 3;
/** So many are looked at to find those. */
export const mostCompared = 6;

/**
 * The versions whose content is compared, in the order in which that is worth it: the newest, the oldest, then those in
 * between. Entries that cannot be read say nothing. Pure.
 */
export function versionsToCompare<Entry extends RecordEntry>(entries: readonly Entry[]): readonly Entry[] {
  const usable = entries.filter(({ value }) => value !== undefined);
  const last = usable.length - 1;
  const steps = Array.from({ length: mostCompared }, (_, index) => Math.round((index * last) / (mostCompared - 1)));
  const spread = [...new Set([0, last, ...steps])].flatMap((index) => usable[index] ?? []);
  return spread.slice(0, mostCompared);
}

/** Why a record needs no ids, or cannot get any, before anything is asked; null when it can. Pure. */
export function adoptionProblem(record: RegistryRecord): string | null {
  if (!record.readable) return "It is no record that can be read; `registrar validate` says why.";
  if (record.entries.every(({ value }) => value === undefined)) return "It has no version that could be compared.";
  return null;
}

/** Why the repository of today is not the one to trust with this record; null when nothing speaks against it. Pure. */
export function repositoryProblem(
  record: RegistryRecord,
  repository: RepositoryFacts,
  mapping: NamespaceMapping,
): string | null {
  const { fullName, createdAt } = repository;
  if (repository.private) return `The repository ${plainText(fullName)} is not public.`;
  const { namespace } = record.address;
  const owner = fullName.split("/", 1)[0] ?? "";
  if (!sameName(owner, ownerOf(namespace, mapping))) {
    return `The repository is ${plainText(fullName)} now, and ${quoted(owner)} is not the account that ${quoted(namespace)} stands for.`;
  }
  for (const [field, id] of Object.entries(idsOf(repository))) {
    const recorded = record.rawHead[field];
    if (recorded !== undefined && recorded !== id) return `It records ${field} ${quoted(recorded)}; GitHub has ${id}.`;
  }
  const oldest = oldestRecorded(record);
  if (oldest !== null && createdAt !== null && Date.parse(createdAt) > oldest.time) {
    return `The repository was created on ${day(createdAt)}, after the version ${plainText(oldest.version, 60)} of ${day(new Date(oldest.time).toISOString())} was recorded: it is another one.`;
  }
  return null;
}

/** Whether upstream still has what was recorded of a version. Pure. */
export const compareVersion = (entry: RecordEntry, evidence: Evidence): Compared =>
  evidence.kind === "provider" ? compareRelease(entry, evidence) : compareTag(entry, evidence);

/** A module's version is its tag, which has to name the recorded commit. Without one there is nothing to compare. */
function compareTag({ version, raw }: RecordEntry, { tag }: ModuleEvidence): Compared {
  const gone = (reason: string): Compared => ({ kind: "gone", version, reason });
  if (tag.kind !== "found") return gone(plainText(tag.reason));
  if (raw.commit === undefined || raw.commit === "") return gone("No commit is recorded.");
  if (raw.commit === tag.commit) return { kind: "equal", version };
  return {
    kind: "differs",
    version,
    reason: `Its tag names ${tag.commit} now, and ${quoted(raw.commit, 80)} is recorded.`,
  };
}

/** The release that was recorded, whose sums list every recorded hash. */
function compareRelease(entry: RecordEntry, evidence: ProviderEvidence): Compared {
  const { version } = entry;
  const missing = [evidence.release, evidence.sums].find((part) => part.kind === "missing");
  if (missing?.kind === "missing") return { kind: "gone", version, reason: plainText(missing.reason) };
  const moved = movedRelease(entry, evidence);
  if (moved !== null) return { kind: "differs", version, reason: moved };
  const sums = sumsOf(evidence);
  const targets = entry.value !== undefined && "targets" in entry.value ? entry.value.targets : [];
  const other = targets.find(({ filename, shasum }) => sumOf(sums, filename) !== shasum.toLowerCase());
  if (other === undefined) return { kind: "equal", version };
  const served = sumOf(sums, other.filename);
  const says = served === undefined ? "does not list it" : `says ${served}`;
  const reason = `${quoted(other.filename, 160)} is recorded with ${other.shasum}; SHA256SUMS of today ${says}.`;
  return { kind: "differs", version, reason };
}

/** A release or tag that was made anew has another id or commit, however alike its files are. */
function movedRelease({ raw }: RecordEntry, { release, tagCommit }: ProviderEvidence): string | null {
  if (release.kind === "found" && raw.release_id !== undefined && raw.release_id !== release.id) {
    return `Its release was made again: it has the id ${release.id} now, and ${quoted(raw.release_id)} is recorded.`;
  }
  if (tagCommit.kind === "found" && raw.commit !== undefined && raw.commit !== tagCommit.sha) {
    return `Its tag is at ${tagCommit.sha} now, and ${quoted(raw.commit)} is recorded.`;
  }
  return null;
}

export type Adoption =
  | { readonly kind: "adopt"; readonly ids: RepositoryIds; readonly equal: readonly string[] }
  | { readonly kind: "leave"; readonly reason: string };

/** What the comparison says: every contradiction leaves the record as it is, and so does silence. Pure. */
export function decideAdoption(repository: RepositoryFacts, compared: readonly Compared[]): Adoption {
  const differs = compared.find(({ kind }) => kind === "differs");
  if (differs?.kind === "differs") {
    return { kind: "leave", reason: `${plainText(differs.version, 60)} is not what it was: ${differs.reason}` };
  }
  const equal = compared.flatMap(({ kind, version }) => (kind === "equal" ? [version] : []));
  if (equal.length > 0) return { kind: "adopt", ids: idsOf(repository), equal };
  const gone = compared.flatMap((one) => (one.kind === "gone" ? [one] : []));
  const names = listed(gone.map(({ version }) => plainText(version, 60)));
  const why = gone[0] === undefined ? "" : ` ${gone[0].reason}`;
  return {
    kind: "leave",
    reason: `Nothing of ${names} can be compared, so nothing shows that it is the same repository.${why}`,
  };
}

const idsOf = ({ id, ownerId }: RepositoryFacts): RepositoryIds => ({ repository_id: id, owner_id: ownerId });

/** When the oldest version is known to have been there; null for records without such evidence. */
function oldestRecorded({ entries }: RegistryRecord): { readonly version: string; readonly time: number } | null {
  return entries
    .flatMap(({ version, value }) =>
      [value?.published, value?.discovered].map((text) => ({ version, time: Date.parse(text ?? "") })),
    )
    .filter(({ time }) => Number.isFinite(time))
    .reduce<{ version: string; time: number } | null>(
      (oldest, one) => (oldest === null || one.time < oldest.time ? one : oldest),
      null,
    );
}

const day = (time: string): string => time.slice(0, 10);
