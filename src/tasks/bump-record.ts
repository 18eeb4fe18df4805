import { findCandidates } from "../bump/candidates.ts";
import { type BumpBranch, type BumpPlan, type CandidateEvidence, planBump } from "../bump/plan.ts";
import type { RegistryHost } from "../github/port.ts";
import { renderBumpBody } from "../policy/messages.ts";
import { addressText } from "../registry/address.ts";
import { blockedAddress } from "../registry/blocked.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { ProviderRecord } from "../registry/record.ts";
import { parseRecord, repositoryOn } from "../registry/record.ts";
import { insertVersions } from "../registry/write-record.ts";
import type { Upstream } from "../upstream/port.ts";
import { type Base, keyFacts, type ReadKeys, readBase, readProviderKeys, readRecord, readText } from "./base.ts";

export interface BumpContext {
  readonly host: RegistryHost;
  readonly upstream: Upstream;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on. */
  readonly serverUrl: string;
  /** Merges wait meanwhile: a branch that is made while its predecessor is merged would hold what is there already. */
  readonly mergeLock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly dryRun?: boolean;
}

export interface BumpOutcome {
  readonly plan: BumpPlan | null;
  /** Why nothing could be looked at; null when it could. */
  readonly skipped: string | null;
  /** Numbers of the pull requests that were opened or updated. */
  readonly pullRequests: readonly number[];
  /** Set when it has to be looked at again by itself; null as a time means "with growing pauses". */
  readonly lookAgain: BumpPlan["lookAgain"];
}

type Skipped = Pick<BumpOutcome, "lookAgain"> & { readonly skipped: string };

interface BumpFacts {
  readonly base: Base;
  readonly record: ProviderRecord;
  readonly candidates: readonly CandidateEvidence[];
  readonly usableKeys: ReturnType<typeof keyFacts>;
}

/** Brings one record up to date with its releases: read, decide, apply. `tag` is a hint from an event, nothing more. */
export async function bumpRecord(
  context: BumpContext,
  job: { path: string; tag: string | null },
): Promise<BumpOutcome> {
  const { defaultBranch } = await context.host.readIdentity();
  const facts = await readBump(context, { ...job, defaultBranch });
  if ("skipped" in facts) return { plan: null, pullRequests: [], ...facts };
  const plan = planBump({
    record: facts.record,
    candidates: facts.candidates,
    surroundings: {
      now: context.now().toISOString(),
      layout: facts.base.layout,
      settings: facts.base.settings,
      keys: { [facts.record.path]: facts.usableKeys },
    },
  });
  const pullRequests: number[] = [];
  for (const branch of plan.branches) {
    const number = await context.mergeLock(() => applyBranch(context, { ...facts, defaultBranch }, branch));
    if (number !== null) pullRequests.push(number);
  }
  if (plan.lookAgain === null && context.dryRun !== true) await closeStale(context, facts.record, plan);
  return { plan, pullRequests, skipped: null, lookAgain: plan.lookAgain };
}

async function readBump(
  context: BumpContext,
  job: { readonly path: string; readonly tag: string | null; readonly defaultBranch: string },
): Promise<BumpFacts | Skipped> {
  const { host, upstream } = context;
  const never = (skipped: string): Skipped => ({ skipped, lookAgain: null });
  const base = await readBase(host, job.defaultBranch);
  // Nobody tells of this release again, so it has to be looked at when the configuration is mended.
  if (base.configurationProblems.length > 0) {
    return { skipped: base.configurationProblems.join(" "), lookAgain: { at: null } };
  }
  if (!base.settings.bump.enabled) return never("Bumps are switched off in the registry's configuration.");
  const record = await readRecord(host, base, job.path);
  if (record === null) return never(`The registry has no record ${job.path}.`);
  const blocked = blockedAddress(record.address, base.settings.blocked);
  if (blocked !== undefined) return never(`The registry's configuration blocks ${quoted(blocked)}.`);
  if (record.address.kind === "module") return never("Modules are not bumped yet.");
  const provider = record as ProviderRecord;
  const repository = repositoryOn(context.serverUrl, record, base.settings);
  if (repository === undefined) return never(`The repository of ${job.path} is not on this GitHub.`);
  const releases = await upstream.listReleases(repository);
  if (releases.kind === "missing") return never(releases.reason);
  if (releases.kind === "unavailable") return { skipped: releases.reason, lookAgain: { at: releases.retryAt } };
  const keys = await readProviderKeys(context, base, record.address);
  const candidates: CandidateEvidence[] = [];
  for (const candidate of findCandidates(provider, releases.releases, job.tag)) {
    const evidence = await upstream.readProviderEvidence({
      address: record.address,
      repository,
      version: candidate.version,
      keys,
      now: context.now(),
    });
    candidates.push({ candidate, evidence });
  }
  return { base, record: provider, candidates, usableKeys: keyFacts(keys) };
}

/** Makes or updates one branch and its pull request; writes only what differs. Null when there was nothing to do. */
async function applyBranch(
  context: BumpContext,
  facts: BumpFacts & { readonly defaultBranch: string },
  branch: BumpBranch,
): Promise<number | null> {
  const { host } = context;
  const open = await host.findPullRequest(branch.branch, "open");
  const tip = await host.findBranchTip(branch.branch);
  const current = tip === null ? null : await readBranch(context, facts, tip);
  const text = bumpedText(facts.record, branch, { current, now: context.now().toISOString() });
  if (current?.text === text && open !== null) return null;
  // A failing version's pull request that somebody closed stays closed.
  if (current?.text === text && branch.branch.includes("@")) {
    const last = await host.findPullRequest(branch.branch, "all");
    if (last?.headSha === tip) return null;
  }
  if (context.dryRun === true) return open?.number ?? 0;
  await assertSameBase(host, facts);
  if (current?.text !== text) {
    const previousId = facts.base.files.find((file) => file.path === facts.record.path)?.id ?? null;
    await host.writeBranch({
      branch: branch.branch,
      base: facts.base.commit,
      message: `Add ${branch.title}`,
      files: [{ path: facts.record.path, text, previousId }],
    });
  }
  if (open !== null) return open.number;
  return host.openPullRequest({
    branch: branch.branch,
    base: facts.defaultBranch,
    title: branch.title,
    body: renderBumpBody(facts.record, branch.versions),
  });
}

/** What was judged has to be what is built upon. */
async function assertSameBase(
  host: RegistryHost,
  { base, record, defaultBranch }: BumpFacts & { readonly defaultBranch: string },
): Promise<void> {
  const tip = await host.readTip(defaultBranch);
  if (tip === base.commit) return;
  const idAmong = (files: Base["files"]) => files.find(({ path }) => path === record.path)?.id;
  if (idAmong(await host.listFiles(tip, [record.path])) === idAmong(base.files)) return;
  throw new RegistrarError("github-conflict", `The base has changed ${record.path} meanwhile; it is looked at again.`);
}

/** A bump of which nothing is left to add: somebody else merged its versions, or their releases are gone. */
async function closeStale({ host }: BumpContext, record: ProviderRecord, plan: BumpPlan): Promise<void> {
  // The one that src/bump/plan.ts gives to what passes; a failing version's is somebody's to look at.
  const branch = `registrar/bump/provider/${addressText(record.address)}`;
  if (plan.branches.some((planned) => planned.branch === branch)) return;
  const open = await host.findPullRequest(branch, "open");
  if (open === null) return;
  await host.closePullRequest(open.number);
  await host.deleteBranch(branch);
}

async function readBranch(context: BumpContext, facts: BumpFacts, tip: string): Promise<ProviderRecord | null> {
  const file = (await context.host.listFiles(tip, [facts.record.path])).find(({ path }) => path === facts.record.path);
  if (file === undefined) return null;
  const { path, address } = facts.record;
  return parseRecord({ path, address, text: await readText(context.host, file) }) as ProviderRecord;
}

/** A version that the branch has already keeps its moment of discovery, so that nothing changes without need. */
function bumpedText(
  record: ProviderRecord,
  branch: BumpBranch,
  { current, now }: { readonly current: ProviderRecord | null; readonly now: string },
): string {
  const versions = branch.versions.map((version) => {
    const known = current?.entries.find((entry) => entry.version === version.version)?.value?.discovered;
    return { ...version, discovered: known || now };
  });
  return insertVersions(record, versions);
}
