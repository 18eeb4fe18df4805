import { addressText } from "../registry/address.ts";
import { compareTrees } from "../registry/change.ts";
import type { Finding } from "../registry/finding.ts";
import type { RegistryRecord } from "../registry/record.ts";
import type { ModuleVersion, ProviderVersion } from "../registry/schema.ts";
import { insertionProblem, insertVersions } from "../registry/write-record.ts";
import { evidenceKey, type ReviewInput } from "../rules/rule.ts";
import { judge } from "../rules/verdict.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { rebuildVersion } from "../upstream/rebuild-version.ts";
import { bumpBranch, versionBranch } from "./branch.ts";
import type { Candidate } from "./candidates.ts";

/** An entry of `versions[]`. */
export type BumpVersion = ProviderVersion | ModuleVersion;

/** A branch of ours and the record that it should hold. */
export interface BumpBranch {
  readonly branch: string;
  readonly title: string;
  readonly versions: readonly BumpVersion[];
  /** Whether all of it passes as it is; what does not has a branch of its own. */
  readonly passes: boolean;
}

export interface BumpPlan {
  /** The bump of everything that passes, if anything does; then one for each version that does not. */
  readonly branches: readonly BumpBranch[];
  /** Versions that have to settle first: when to look again (null: with growing pauses). */
  readonly lookAgain: { readonly at: string | null } | null;
  /** Versions that get no pull request, and why. */
  readonly left: readonly { readonly version: string; readonly reason: string }[];
}

export interface CandidateEvidence {
  readonly candidate: Candidate;
  readonly evidence: Evidence;
}

/** Everything around a bump's change that the rules look at. */
export type BumpSurroundings = Pick<ReviewInput, "now" | "layout" | "settings" | "keys">;

/**
 * Judges each missing version alone by the same rules as every pull request. What passes shares one branch; what does
 * not gets its own, so that it holds up nothing else; what may still settle waits. Pure.
 */
export function planBump(input: {
  readonly record: RegistryRecord;
  readonly candidates: readonly CandidateEvidence[];
  readonly surroundings: BumpSurroundings;
}): BumpPlan {
  const { record, candidates, surroundings } = input;
  const problem = insertionProblem(record);
  if (problem !== null) {
    const all = candidates.map(({ candidate }) => ({ version: candidate.version, reason: problem }));
    return { branches: [], lookAgain: null, left: all };
  }
  const passing: BumpVersion[] = [];
  const others: BumpVersion[] = [];
  const left: { version: string; reason: string }[] = [];
  const waits: (string | null)[] = [];
  for (const { candidate, evidence } of candidates) {
    const { version } = candidate;
    const built = rebuildVersion(evidence, record.address);
    const findings = built.kind === "built" ? judgeVersion(record, built.version, { evidence, surroundings }) : [];
    const retries = findings.filter((finding) => finding.outcome === "retry");
    const wait = retries.length > 0 && !findings.some((finding) => finding.outcome === "fail");
    if (built.kind === "impossible") {
      const pending = waitFor(evidence, surroundings);
      if (pending === null) left.push({ version, reason: built.reason });
      else waits.push(pending.at);
    } else if (wait) {
      waits.push(retries.map((finding) => finding.retryAt ?? null).reduce(later));
    } else if (findings.every((finding) => finding.outcome === "pass")) {
      passing.push(built.version);
    } else if (candidate.expected) {
      others.push(built.version);
    } else {
      left.push({ version, reason: findings.find((finding) => finding.outcome !== "pass")?.message ?? "" });
    }
  }
  const title = (versions: readonly BumpVersion[]) =>
    `${addressText(record.address)} ${versions.map((version) => version.version).join(", ")}`.slice(0, 200);
  return {
    branches: [
      ...(passing.length > 0
        ? [{ branch: bumpBranch(record.address), title: title(passing), versions: passing, passes: true }]
        : []),
      ...others.map((version) => ({
        branch: versionBranch(record.address, version.version),
        title: title([version]),
        versions: [version],
        passes: false,
      })),
    ],
    lookAgain: waits.length > 0 ? { at: waits.reduce(later) } : null,
    left,
  };
}

/** The later of two times; no time at all comes last, since it means growing pauses. */
const later = (a: string | null, b: string | null): string | null => (a === null || b === null ? null : a > b ? a : b);

/** All findings of the bump that adds this version alone. Pure. */
export function judgeVersion(
  record: RegistryRecord,
  version: BumpVersion,
  context: { readonly evidence: Evidence; readonly surroundings: BumpSurroundings },
): readonly Finding[] {
  const { path } = record;
  const after = insertVersions(record, [version]);
  const files = [{ path, before: record.text, after, mode: "100644" }];
  const verdict = judge({
    ...context.surroundings,
    audit: false,
    byRegistrar: true,
    change: compareTrees(files, context.surroundings.layout),
    listing: { complete: true, problem: null, bytes: after.length },
    tips: { [path]: record },
    taken: {},
    evidenceRead: true,
    evidence: { [evidenceKey(path, version.version)]: context.evidence },
  });
  return verdict.findings;
}

/**
 * A release whose files are still arriving cannot be built yet; how long that is believed is the settle rule's. A tag is all
 * there at once.
 */
function waitFor(evidence: Evidence, { now }: BumpSurroundings): { readonly at: string | null } | null {
  if (evidence.kind === "module") return evidence.tag.kind === "unavailable" ? { at: evidence.tag.retryAt } : null;
  const parts = [evidence.release, evidence.sums, evidence.signature, evidence.manifest, evidence.tagCommit];
  if (parts.some((part) => part.kind === "unavailable")) return { at: null };
  if (evidence.release.kind !== "found") return null;
  const age = Date.parse(now) - Date.parse(evidence.release.publishedAt);
  return age < longestUploadMs ? { at: new Date(Date.parse(now) + 30_000).toISOString() } : null;
}

/** As in the rule `release-settled`. */
const longestUploadMs = 3_600_000;
