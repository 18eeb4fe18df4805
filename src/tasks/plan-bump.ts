import { type Candidate, findCandidates } from "../bump/candidates.ts";
import { findModuleCandidates } from "../bump/module-candidates.ts";
import { type BumpPlan, type CandidateEvidence, planBump } from "../bump/plan.ts";
import type { RegistryReader } from "../github/port.ts";
import { blockedAddress } from "../registry/blocked.ts";
import { quoted } from "../registry/plain-text.ts";
import { type ModuleRecord, type ProviderRecord, type RegistryRecord, repositoryOn } from "../registry/record.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { Upstream } from "../upstream/port.ts";
import { type Base, keyFacts, type ReadKeys, readProviderKeys, readRecord } from "./base.ts";
import { readEvidence } from "./read-evidence.ts";

/** What planning a bump reads from; it writes nothing. */
export interface BumpReader {
  readonly host: RegistryReader;
  readonly upstream: Upstream;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
}

export interface PlannedBump {
  readonly kind: "planned";
  readonly record: RegistryRecord;
  readonly plan: BumpPlan;
  /** What the plan rests on, for each version that was looked at. */
  readonly evidence: readonly CandidateEvidence[];
  /** Whether everything that upstream has was listed; where not, what the plan lacks may be there all the same. */
  readonly complete: boolean;
}

export interface SkippedBump {
  readonly kind: "skipped";
  readonly reason: string;
  /** Set when it has to be looked at again by itself; null as a time means "with growing pauses". */
  readonly lookAgain: BumpPlan["lookAgain"];
}

/**
 * Which versions one record of the base lacks, each with its evidence, and what follows. Reads only. `tag` is a hint from an
 * event, nothing more.
 */
export async function readAndPlanBump(
  context: BumpReader,
  base: Base,
  { path, tag }: { readonly path: string; readonly tag: string | null },
): Promise<PlannedBump | SkippedBump> {
  // Nobody tells of this release again, so it has to be looked at when the configuration is mended.
  if (base.configurationProblems.length > 0) {
    return { kind: "skipped", reason: base.configurationProblems.join(" "), lookAgain: { at: null } };
  }
  if (!base.settings.bump.enabled) return never("Bumps are switched off in the registry's configuration.");
  const record = await readRecord(context.host, base, path);
  if (record === null) return never(`The registry has no record ${path}.`);
  const blocked = blockedAddress(record.address, base.settings.blocked);
  if (blocked !== undefined) return never(`The registry's configuration blocks ${quoted(blocked)}.`);
  const repository = repositoryOn(context.serverUrl, record, base.settings);
  if (repository === undefined) return never(`The repository of ${path} is not on this GitHub.`);
  const missing = await readCandidates(context.upstream, { record, repository, tag });
  if (missing.kind === "missing") return never(missing.reason);
  if (missing.kind === "unavailable") {
    return { kind: "skipped", reason: missing.reason, lookAgain: { at: missing.retryAt } };
  }
  const { address } = record;
  const keys = address.kind === "provider" ? await readProviderKeys(context, base, address) : [];
  const { archives } = base.settings.policy;
  const evidence: CandidateEvidence[] = [];
  const facts = context.upstream.readRepository(repository);
  for (const candidate of missing.candidates) {
    const { version, tag } = candidate;
    const of = { address, repository, facts: () => facts, version, tag, keys, archives };
    evidence.push({ candidate, evidence: await readEvidence(context, of) });
  }
  const plan = planBump({
    record,
    candidates: evidence,
    surroundings: {
      now: context.now().toISOString(),
      layout: base.layout,
      settings: base.settings,
      keys: address.kind === "provider" ? { [path]: keyFacts(keys) } : {},
    },
  });
  return { kind: "planned", record, plan, evidence, complete: missing.complete };
}

const never = (reason: string): SkippedBump => ({ kind: "skipped", reason, lookAgain: null });

/** From the releases of a provider, from the tags of a module. */
async function readCandidates(
  upstream: Upstream,
  of: { readonly record: RegistryRecord; readonly repository: string; readonly tag: string | null },
): Promise<Reading<{ readonly candidates: readonly Candidate[]; readonly complete: boolean }>> {
  const { record, repository, tag } = of;
  if (isModule(record)) {
    const read = await upstream.listTags(repository);
    if (read.kind !== "found") return read;
    return { kind: "found", candidates: findModuleCandidates(record, read.tags, tag), complete: read.complete };
  }
  const read = await upstream.listReleases(repository);
  if (read.kind !== "found") return read;
  const candidates = findCandidates(record as ProviderRecord, read.releases, tag);
  return { kind: "found", candidates, complete: read.complete };
}

const isModule = (record: RegistryRecord): record is ModuleRecord => record.address.kind === "module";
