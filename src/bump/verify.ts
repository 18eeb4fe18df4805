import { type Change, compareTrees } from "../registry/change.ts";
import type { Finding } from "../registry/finding.ts";
import type { RecordEntry, RegistryRecord } from "../registry/record.ts";
import { rules, textRules } from "../rules/index.ts";
import { recordMatchesRelease } from "../rules/record-matches-release.ts";
import { releasePublished } from "../rules/release-published.ts";
import { releaseSettled } from "../rules/release-settled.ts";
import { repositoryIdentity } from "../rules/repository-identity.ts";
import { evidenceKey, type ReviewInput, type Rule } from "../rules/rule.ts";
import { judge } from "../rules/verdict.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { rebuildVersion } from "../upstream/rebuild-version.ts";
import { type BumpSurroundings, judgeVersion } from "./plan.ts";

interface Context {
  readonly evidence: Evidence;
  readonly surroundings: BumpSurroundings;
}

/** What speaks of a version and its form, rather than of the change that brings it. */
const ofVersions: readonly Rule[] = rules.filter(
  (rule) => rule.per === "version" || rule.per === "provider-version" || textRules.includes(rule),
);
/** What can be said of a version of which there is no entry to look at. */
const ofReleases: readonly Rule[] = [repositoryIdentity, releasePublished, releaseSettled, recordMatchesRelease];

/**
 * Whether a recorded version still is what upstream has: judged as if a pull request had just written it, exactly as it
 * stands there. Pure.
 */
export function judgeRecorded(record: RegistryRecord, entry: RecordEntry, context: Context): readonly Finding[] {
  const { path, address } = record;
  const change: Change = {
    ...nothing,
    records: [
      {
        path,
        address,
        before: record,
        after: record,
        mode: "100644",
        added: [],
        removed: [],
        altered: [{ before: entry, after: entry }],
        head: [],
      },
    ],
  };
  return judge(inputOf(record, { change, version: entry.version, context }), ofVersions).findings;
}

/**
 * Whether a bump with a version that the record does not have would pass. What cannot even be built is judged by what
 * upstream lacks. Pure.
 */
export function judgeMissing(record: RegistryRecord, context: Context): readonly Finding[] {
  const { evidence } = context;
  const built = rebuildVersion(evidence, record.address);
  if (built.kind === "built") return judgeVersion(record, built.version, context);
  const { path } = record;
  const empty = JSON.stringify({ versions: [{ version: evidence.version }] });
  const change = compareTrees([{ path, before: null, after: empty, mode: "100644" }], context.surroundings.layout);
  const { findings } = judge(inputOf(record, { change, version: evidence.version, context }), ofReleases);
  // Two rules may miss the same thing; people need to read of it once.
  return findings.filter(({ message }, index) => findings.findIndex((other) => other.message === message) === index);
}

const nothing: Omit<Change, "records"> = { keys: [], configuration: null, misplaced: [], others: [] };

function inputOf(
  record: RegistryRecord,
  { change, version, context }: { readonly change: Change; readonly version: string; readonly context: Context },
): ReviewInput {
  const { path } = record;
  return {
    ...context.surroundings,
    audit: true,
    byRegistrar: false,
    change,
    listing: { complete: true, problem: null, bytes: record.text.length },
    tips: { [path]: record },
    taken: {},
    evidenceRead: true,
    evidence: { [evidenceKey(path, version)]: context.evidence },
  };
}
