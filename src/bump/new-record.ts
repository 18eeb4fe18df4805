import { type Address, recordPath } from "../registry/address.ts";
import { compareTrees } from "../registry/change.ts";
import type { Finding } from "../registry/finding.ts";
import { writeNewRecord } from "../registry/write-record.ts";
import { evidenceKey, type KnownSimilar } from "../rules/rule.ts";
import { judge } from "../rules/verdict.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { rebuildVersion } from "../upstream/rebuild-version.ts";
import type { BumpSurroundings, BumpVersion } from "./plan.ts";

/** What a record that is yet to be made is about; `head` is everything outside `versions[]`. */
export interface NewRecord {
  readonly address: Address;
  readonly head: Readonly<Record<string, unknown>>;
  readonly surroundings: BumpSurroundings;
  /** What the address could be taken for. */
  readonly similar?: readonly KnownSimilar[];
}

/** What the rules say of one version of a new record. */
export type NewVersion =
  | { readonly kind: "usable"; readonly version: BumpVersion; readonly evidence: Evidence }
  /** It fails, or has to settle first; a record with it could not be merged now. */
  | { readonly kind: "left-out"; readonly version: string; readonly reasons: readonly string[] };

/**
 * Rebuilds a version from its evidence and judges it as the only one of the new record, by the rules of every pull request.
 * What a maintainer or a registered key may settle does not keep it out. Pure.
 */
export function judgeNewVersion(record: NewRecord, evidence: Evidence): NewVersion {
  const { version } = evidence;
  const built = rebuildVersion(evidence, record.address);
  if (built.kind === "impossible") return { kind: "left-out", version, reasons: [built.reason] };
  const { findings } = judgeNewRecord(record, [{ version: built.version, evidence }]);
  const against = findings.filter((finding) => finding.version !== undefined && isAgainst(finding));
  if (against.length === 0) return { kind: "usable", version: built.version, evidence };
  return { kind: "left-out", version, reasons: [...new Set(against.map(({ message }) => message))] };
}

/** Whether a pull request could not be merged for it, whoever approves and whatever key is registered. */
export const isAgainst = ({ outcome }: Finding): boolean => outcome === "fail" || outcome === "retry";

/** The text of a new record with these versions, and all that the rules will say of the pull request that adds it. Pure. */
export function judgeNewRecord(
  { address, head, surroundings, similar = [] }: NewRecord,
  versions: readonly { readonly version: BumpVersion; readonly evidence: Evidence }[],
): { readonly text: string; readonly findings: readonly Finding[] } {
  const { layout } = surroundings;
  const path = recordPath(address, layout);
  const text = writeNewRecord(
    head,
    versions.map(({ version }) => version),
  );
  const { findings } = judge({
    ...surroundings,
    audit: false,
    byRegistrar: false,
    change: compareTrees([{ path, before: null, after: text, mode: "100644" }], layout),
    listing: { complete: true, problem: null, bytes: text.length },
    tips: { [path]: null },
    taken: {},
    similar: { [path]: similar },
    evidenceRead: true,
    evidence: Object.fromEntries(
      versions.map(({ version, evidence }) => [evidenceKey(path, version.version), evidence]),
    ),
  });
  return { text, findings };
}
