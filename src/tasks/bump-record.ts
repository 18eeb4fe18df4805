import { bumpBranch } from "../bump/branch.ts";
import type { BumpBranch, BumpPlan } from "../bump/plan.ts";
import type { RegistryHost } from "../github/port.ts";
import { renderBumpBody } from "../policy/messages.ts";
import { RegistrarError } from "../registry/errors.ts";
import { parseRecord, type RegistryRecord } from "../registry/record.ts";
import { insertVersions } from "../registry/write-record.ts";
import { type Base, readBase, readText } from "./base.ts";
import { type BumpReader, readAndPlanBump } from "./plan-bump.ts";

export interface BumpContext extends BumpReader {
  readonly host: RegistryHost;
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

/** One record with the base that it was read from: what branches are made of. */
interface BumpFacts {
  readonly base: Base;
  readonly record: RegistryRecord;
}

/** Brings one record up to date with its releases: read, decide, apply. `tag` is a hint from an event, nothing more. */
export async function bumpRecord(
  context: BumpContext,
  job: { path: string; tag: string | null },
): Promise<BumpOutcome> {
  const { defaultBranch } = await context.host.readIdentity();
  const base = await readBase(context.host, defaultBranch);
  const planned = await readAndPlanBump(context, base, job);
  if (planned.kind === "skipped") {
    return { plan: null, pullRequests: [], skipped: planned.reason, lookAgain: planned.lookAgain };
  }
  const { record, plan } = planned;
  const pullRequests: number[] = [];
  for (const branch of plan.branches) {
    const number = await context.mergeLock(() => applyBranch(context, { base, record, defaultBranch }, branch));
    if (number !== null) pullRequests.push(number);
  }
  const settled = planned.complete && plan.lookAgain === null;
  if (settled && context.dryRun !== true) await closeStale(context, record, plan);
  return { plan, pullRequests, skipped: null, lookAgain: plan.lookAgain };
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
async function closeStale({ host }: BumpContext, record: RegistryRecord, plan: BumpPlan): Promise<void> {
  // The one of what passes; a failing version's is somebody's to look at.
  const branch = bumpBranch(record.address);
  if (plan.branches.some((planned) => planned.branch === branch)) return;
  const open = await host.findPullRequest(branch, "open");
  if (open === null) return;
  await host.closePullRequest(open.number);
  await host.deleteBranch(branch);
}

async function readBranch(context: BumpContext, facts: BumpFacts, tip: string): Promise<RegistryRecord | null> {
  const file = (await context.host.listFiles(tip, [facts.record.path])).find(({ path }) => path === facts.record.path);
  if (file === undefined) return null;
  const { path, address } = facts.record;
  return parseRecord({ path, address, text: await readText(context.host, file) });
}

/** A version that the branch has already keeps its moment of discovery, so that nothing changes without need. */
function bumpedText(
  record: RegistryRecord,
  branch: BumpBranch,
  { current, now }: { readonly current: RegistryRecord | null; readonly now: string },
): string {
  const versions = branch.versions.map((version) => {
    const known = current?.entries.find((entry) => entry.version === version.version)?.value?.discovered;
    return { ...version, discovered: known || now };
  });
  return insertVersions(record, versions);
}
