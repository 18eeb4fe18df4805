import { groupPrefix, planPullRequests, type SweepPullRequests } from "../bump/group.ts";
import {
  afterGlance,
  afterLook,
  dueRecords,
  planLooks,
  type RecordMemory,
  type SweepLooks,
  type SweepMemory,
  type SweptRecord,
} from "../bump/sweep.ts";
import type { PullRequest } from "../github/port.ts";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import type { Reading } from "../upstream/evidence.ts";
import { type Glance, type GlanceAt, glancesAtOnce } from "../upstream/glance.ts";
import { applyGroup } from "./apply-group.ts";
import { type Base, readBase } from "./base.ts";
import { applyBranch, type BumpContext } from "./bump-record.ts";
import { type PlannedBump, readAndPlanBump, type SkippedBump } from "./plan-bump.ts";
import type { RegistryIndex } from "./registry-index.ts";
import { sideBySide } from "./side-by-side.ts";

export interface SweepState {
  /** When the last sweep came to its end: ISO 8601. */
  readonly sweptAt: string | null;
  readonly records: SweepMemory;
}

/** Where sweeps keep what they have seen; a cache that may be lost. */
export interface SweepMemoryStore {
  read(): Promise<SweepState>;
  write(state: SweepState): Promise<void>;
}

export interface SweepContext extends BumpContext {
  readonly readIndex: () => Promise<RegistryIndex>;
  readonly glance: GlanceAt;
  readonly memory: SweepMemoryStore;
  /** Called now and then: records done, and all that are looked at. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SweepOutcome {
  /** Why nothing was looked at; null when it was. */
  readonly skipped: string | null;
  readonly records: number;
  /** Records whose upstream was glanced at. */
  readonly glanced: number;
  /** Records that were compared release by release, and why. */
  readonly looks: SweepLooks["looks"];
  /** Records of which nothing could be known. */
  readonly unknown: SweepLooks["unknown"];
  /** Pull requests that were opened or brought up to date; 0 stands for one that a dry run would open. */
  readonly pullRequests: readonly number[];
  readonly plan: SweepPullRequests;
  /** Versions that get no pull request, and why. */
  readonly refused: readonly { readonly path: string; readonly version: string; readonly reason: string }[];
  /** Records that are looked at again by themselves. */
  readonly again: readonly { readonly path: string; readonly at: string | null }[];
  /** Records that the next sweep has to see to. */
  readonly left: readonly string[];
}

/** Records that one sweep compares release by release at most: each costs a dozen requests. */
const mostLooks = 100;
const lookConcurrency = 4;

/**
 * Looks for releases that no event told of: a glance at every upstream whose turn it is, a comparison where the glance
 * and the record disagree, and pull requests for what is missing. Resumable: what it did not come to, the next one does.
 */
export async function sweep(context: SweepContext, { all }: { readonly all: boolean }): Promise<SweepOutcome> {
  const [index, state] = await Promise.all([context.readIndex(), context.memory.read()]);
  const skipped = reasonToSkip(index, { state, now: context.now(), all });
  if (skipped !== null) return { ...nothing(index), skipped };
  const memory = { ...state.records };
  const due = all ? sweepable(index) : dueRecords(index.records, { memory, now: context.now() });
  const glances = await glanceAtAll(context, due);
  const { looks, unknown } = planLooks(glances, {
    memory,
    now: context.now(),
    mostWeekly: Math.ceil(index.records.length / 100),
  });
  const { defaultBranch } = await context.host.readIdentity();
  const base = await readBase(context.host, defaultBranch);
  const open = await readOpenBumps(context, base);
  const wanted = looks.filter(({ path }) => !open.grouped.has(path));
  const compared = await compareAll(context, base, wanted.slice(0, mostLooks));
  const bumps = compared.flatMap(({ read }) => (read.kind === "planned" ? [read] : []));
  const applied = await context.mergeLock(() => applyAll(context, { base, defaultBranch, bumps }));
  const left = [...applied.plan.left, ...wanted.slice(mostLooks).map(({ path }) => path)];
  remember(memory, { glances, compared, left: new Set([...left, ...open.grouped]), now: context.now() });
  if (context.dryRun !== true) await context.memory.write({ sweptAt: context.now().toISOString(), records: memory });
  return {
    skipped: null,
    records: index.records.length,
    glanced: glances.length,
    looks: wanted,
    unknown: [...unknown, ...compared.flatMap(({ path, read }) => unknownOf(path, read))],
    ...applied,
    refused: bumps.flatMap(({ record, plan }) => plan.left.map((one) => ({ path: record.path, ...one }))),
    again: compared.flatMap(({ path, read }) => againOf(path, read)),
    left,
  };
}

const noPullRequests: SweepPullRequests = { single: [], groups: [], left: [] };

const nothing = (index: RegistryIndex): Omit<SweepOutcome, "skipped"> => ({
  records: index.records.length,
  glanced: 0,
  looks: [],
  unknown: [],
  pullRequests: [],
  plan: noPullRequests,
  refused: [],
  again: [],
  left: [],
});

function reasonToSkip(
  { configurationProblems, settings }: RegistryIndex,
  { state, now, all }: { readonly state: SweepState; readonly now: Date; readonly all: boolean },
): string | null {
  if (configurationProblems.length > 0) return configurationProblems.join(" ");
  if (!settings.bump.enabled) return "The configuration says bump.enabled: false.";
  if (all) return null;
  const since = state.sweptAt === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(state.sweptAt);
  return since < settings.bump.everySeconds * 1000 ? "The last sweep is not long enough ago." : null;
}

const sweepable = ({ records }: RegistryIndex): readonly SweptRecord[] =>
  records.filter(({ repository, known }) => repository !== null && known !== null);

async function glanceAtAll(context: SweepContext, due: readonly SweptRecord[]) {
  const glances: { record: SweptRecord; glance: Reading<Glance> }[] = [];
  for (let start = 0; start < due.length; start += glancesAtOnce) {
    const some = due.slice(start, start + glancesAtOnce);
    const wishes = some.map(({ kind, repository }) => ({ kind, repository: repository ?? "" }));
    const readings = await context.glance(wishes);
    glances.push(
      ...some.map((record, index) => ({
        record,
        glance: readings[index] ?? { kind: "unavailable" as const, reason: "It was not answered.", retryAt: null },
      })),
    );
    context.onProgress?.(glances.length, due.length);
  }
  return glances;
}

/** Records that an open grouped pull request of ours has under way, and the end of grouped branches without one. */
async function readOpenBumps({ host, dryRun }: SweepContext, base: Base): Promise<{ grouped: ReadonlySet<string> }> {
  const { botId } = await host.readIdentity();
  const open = await host.listOpenPullRequests();
  const groups = open.filter(({ headBranch, author }) => headBranch.startsWith(groupPrefix) && author.id === botId);
  const grouped = new Set<string>();
  for (const { headSha } of groups) {
    for (const { path } of (await host.compare(base.commit, headSha)).files) grouped.add(path);
  }
  // Only sweeps make these branches, one at a time: without a pull request the sweep was cut off.
  const names = new Set(groups.map(({ headBranch }) => headBranch));
  const cutOff = (await host.listBranches(groupPrefix)).filter(({ name }) => !names.has(name));
  if (dryRun !== true) for (const { name } of cutOff) await host.deleteBranch(name);
  return { grouped };
}

type Compared = { readonly path: string; readonly read: PlannedBump | SkippedBump };

async function compareAll(context: SweepContext, base: Base, looks: SweepLooks["looks"]): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  await sideBySide(looks, lookConcurrency, async ({ path }) => {
    compared.push({ path, read: await readAndPlanBump(context, base, { path, tag: null }).catch(notNow) });
    context.onProgress?.(compared.length, looks.length);
  });
  return compared;
}

/** One record that cannot be looked at must not keep the sweep from all others; it is looked at again by itself. */
function notNow(error: unknown): SkippedBump {
  const retryAt = error instanceof RegistrarError ? error.retryAt : undefined;
  return { kind: "skipped", reason: errorMessage(error), lookAgain: { at: retryAt?.toISOString() ?? null } };
}

/** Under the merge lock, so that which branches are open does not change meanwhile. */
async function applyAll(
  context: SweepContext,
  { base, defaultBranch, bumps }: { base: Base; defaultBranch: string; bumps: readonly PlannedBump[] },
): Promise<Pick<SweepOutcome, "plan" | "pullRequests">> {
  const found = bumps.map(({ record, plan }) => ({ path: record.path, branches: plan.branches }));
  if (found.every(({ branches }) => branches.length === 0)) return { plan: noPullRequests, pullRequests: [] };
  const open = await context.host.listOpenPullRequests();
  const plan = planPullRequests(found, {
    groupAbove: base.settings.bump.groupAbove,
    openBranches: new Set(open.map(({ headBranch }: PullRequest) => headBranch)),
  });
  const recordOf = (path: string) => bumps.find(({ record }) => record.path === path)?.record;
  const pullRequests: number[] = [];
  for (const group of plan.groups) {
    const members = group.members.flatMap(({ path, branch }) => {
      const record = recordOf(path);
      return record === undefined ? [] : [{ record, branch }];
    });
    pullRequests.push(await applyGroup(context, { base, defaultBranch, group, members }));
  }
  for (const { path, branch } of plan.single) {
    const record = recordOf(path);
    const number = record === undefined ? null : await applyBranch(context, { record, base, defaultBranch }, branch);
    if (number !== null) pullRequests.push(number);
  }
  return { plan, pullRequests };
}

/** What was left for the next sweep is remembered as it was, so that it is found again. */
function remember(
  memory: Record<string, RecordMemory>,
  seen: {
    readonly glances: readonly { readonly record: SweptRecord; readonly glance: Reading<Glance> }[];
    readonly compared: readonly Compared[];
    readonly left: ReadonlySet<string>;
    readonly now: Date;
  },
): void {
  const { now } = seen;
  for (const { record, glance } of seen.glances) {
    const { path, kind } = record;
    if (glance.kind !== "found" || seen.left.has(path)) continue;
    const read = seen.compared.find((one) => one.path === path)?.read;
    if (read === undefined) {
      memory[path] = afterGlance(memory[path], now);
    } else if (read.kind === "planned") {
      const { left, branches, lookAgain } = read.plan;
      const refusedBranches = branches.filter(({ passes }) => !passes).flatMap(({ versions }) => versions);
      const refused = [...left, ...refusedBranches].map(({ version }) => version);
      memory[path] = afterLook(memory[path], { now, total: glance.total, refused, kind, pending: lookAgain !== null });
    }
  }
}

const unknownOf = (path: string, read: Compared["read"]) =>
  read.kind === "planned" ? [] : [{ path, reason: read.reason }];

function againOf(path: string, read: Compared["read"]): { path: string; at: string | null }[] {
  const lookAgain = read.kind === "planned" ? read.plan.lookAgain : read.lookAgain;
  return lookAgain === null ? [] : [{ path, at: lookAgain.at }];
}
