// Longer than 250 lines on purpose: everything that a verdict rests on is read, pinned and digested in one place.
import { isDeepStrictEqual } from "node:util";
import type { ChangedFiles, PostedCheckRun, PullRequest, RegistryIdentity, RegistryReader } from "../github/port.ts";
import type { NotOurs } from "../policy/decision.ts";
import { type Change, compareTrees } from "../registry/change.ts";
import { quoted } from "../registry/plain-text.ts";
import type { RegistryRecord } from "../registry/record.ts";
import { configurationPath } from "../registry/tree.ts";
import { findTaken } from "../rules/address-unique.ts";
import { scope } from "../rules/index.ts";
import type { ReviewInput, Rule } from "../rules/rule.ts";
import { digestInputs, judge } from "../rules/verdict.ts";
import type { Evidence } from "../upstream/evidence.ts";
import type { ArchivesReport } from "./archives-progress.ts";
import { type Base, providerKeyFiles, readBase, readBaseAt, readRecord, readText } from "./base.ts";
import { readKeyFacts } from "./read-key-facts.ts";
import { readSimilar } from "./read-similar.ts";
import { readTouchedFiles, type Touched } from "./read-touched.ts";
import { readUpstream, type UpstreamContext } from "./read-upstream.ts";
import { restoredCommit } from "./restored-commit.ts";
import { revertOf } from "./reverts.ts";

export interface ReviewContext extends UpstreamContext {
  /** Where the folder of this project's documentation is shown; absent or null: rules are named without a link. */
  readonly docsUrl?: string | null;
  /** Tells people how far reading archives has come, where that takes long; absent where nobody is told. */
  readonly reportArchives?: (of: {
    readonly pullRequest: PullRequest;
    readonly runs: readonly PostedCheckRun[];
  }) => ArchivesReport;
  /** How old evidence may be when something is merged by it, in milliseconds. Default: five minutes. */
  readonly evidenceLastsMs?: number;
}

const defaultEvidenceLastsMs = 5 * 60_000;

/** Everything about one pull request, as plain data: what `decide` needs and nothing that changes under it. */
export interface ReviewFacts {
  readonly pullRequest: PullRequest;
  readonly base: Base;
  readonly input: ReviewInput;
  /** SHA-256 over the head and everything that was judged. */
  readonly digest: string;
  readonly notOurs: NotOurs | null;
  /** Why merging would not do just what was judged; null when it would. */
  readonly outdated: Touched["outdated"];
  readonly touched: Touched;
  /** Our check runs on the head, newest first. */
  readonly runs: readonly PostedCheckRun[];
  /** Another open pull request with the same head, to which the commit's check belongs; null when it is ours. */
  readonly duplicateOf: number | null;
  /** Blob ids on the base that the verdict rests on; null where there is no file. */
  readonly pinned: Readonly<Record<string, string | null>>;
}

/** Reads what a pull request changes, the base and upstream. Content is read by blob id at the judged commits. */
export async function readReview(
  context: ReviewContext,
  asked: number | PullRequest,
  {
    on,
    bounds = scope,
    restoring = [],
    known,
    compared,
  }: {
    /** What is judged against another base than the default branch's tip. */
    readonly on?: Base;
    readonly bounds?: Rule;
    /** Commits that it may take back, of which nothing was published. */
    readonly restoring?: readonly string[];
    /** An earlier reading of the same pull request: of it serves again what cannot be another by now. */
    readonly known?: ReviewFacts;
    /** With that base, by whoever had to know it before. */
    readonly compared?: ChangedFiles;
  } = {},
): Promise<ReviewFacts> {
  const { host } = context;
  const [identity, pullRequest] = await Promise.all([
    host.readIdentity(),
    typeof asked === "number" ? host.readPullRequest(asked) : asked,
  ]);
  const { headSha } = pullRequest;
  // Comparing with the branch tells its tip as well; under the merge lock that is read by its ref.
  const first = on === undefined && known === undefined ? await host.compare(identity.defaultBranch, headSha) : null;
  const readTip = () =>
    first === null ? readBase(host, identity.defaultBranch, known?.base) : readBaseAt(host, first.base);
  const base = on ?? (await readTip());
  // Commits never change: of the same two nothing has to be compared again.
  const same = known?.base.commit === base.commit && known.pullRequest.headSha === pullRequest.headSha ? known : null;
  const readTouched = async () =>
    readTouchedFiles(host, {
      ...{ base, pullRequest },
      compared: compared ?? first ?? (await host.compare(base.commit, headSha)),
    });
  const touched = same?.touched ?? (await readTouched());
  const change = same?.input.change ?? compareTrees(touched.files, base.layout);
  const tips = same?.input.tips ?? (await readTips(host, base, change));
  const pinned = pinnedInputs(base, change);
  const posted = await host.listCheckRuns(pullRequest.headSha);
  const report = context.reportArchives?.({ pullRequest, runs: posted });
  const byRegistrar = identity.botId !== null && pullRequest.author.id === identity.botId;
  const takenBack = byRegistrar ? revertOf(pullRequest.headBranch)?.commit : undefined;
  const commits = takenBack === undefined ? restoring : [takenBack];
  const restores = await restoredCommit(host, { commits, base, touched });
  const withoutEvidence: ReviewInput = {
    now: context.now().toISOString(),
    layout: base.layout,
    audit: false,
    settings: base.settings,
    change,
    listing: { complete: touched.problem === null, problem: touched.problem, bytes: touched.bytes },
    byRegistrar,
    ...(restores === null ? {} : { restores }),
    tips,
    taken: findTaken(
      change,
      base.files.map(({ path }) => path),
      base.layout,
    ),
    evidenceRead: false,
    evidence: {},
    keys: {},
  };
  // What is too much, or cannot be read as a whole, costs upstream nothing; what only takes something back, neither.
  const worthReading = restores === null && judge(withoutEvidence, [bounds]).outcome === "pass";
  const recent = recentEvidence(context, { known, base, pinned });
  const input = worthReading
    ? {
        ...withoutEvidence,
        evidenceRead: true,
        similar: await readSimilar(host, base, newRecords(change)),
        ...(await readUpstream(context, { base, change, tips, report, known: recent })),
        ...(await readKeys(context, { base, change, byRegistrar, pullRequest, same })),
      }
    : withoutEvidence;
  // What was told meanwhile is continued, so that no run of ours is left behind.
  const runs = (await report?.end()) === true ? await host.listCheckRuns(pullRequest.headSha) : posted;
  return {
    pullRequest,
    base,
    input,
    digest: digestInputs(pullRequest.headSha, input),
    notOurs: notOurs(pullRequest, identity.defaultBranch, { change, complete: touched.problem === null }),
    touched,
    outdated: touched.outdated,
    runs,
    duplicateOf: byRegistrar ? null : await findDuplicate(host, { pullRequest, runs, identity }),
    pinned,
  };
}

const newRecords = ({ records }: Change) => records.filter(({ before, after }) => before === null && after !== null);

/**
 * The evidence of an earlier reading that is still recent enough to be decided by. None where the records, keys or the
 * configuration are others by now: they say where upstream is, and by which keys its signatures are judged.
 */
function recentEvidence(
  { now, evidenceLastsMs = defaultEvidenceLastsMs }: ReviewContext,
  {
    known,
    base,
    pinned,
  }: { readonly known: ReviewFacts | undefined; readonly base: Base; readonly pinned: ReviewFacts["pinned"] },
): Readonly<Record<string, Evidence>> {
  if (known === undefined || known.base.layout !== base.layout || !isDeepStrictEqual(known.pinned, pinned)) return {};
  const recent = ({ readAt }: Evidence) => now().getTime() - Date.parse(readAt) < evidenceLastsMs;
  return Object.fromEntries(Object.entries(known.input.evidence).filter(([, evidence]) => recent(evidence)));
}

/**
 * A check belongs to a commit. Where pull requests share one, it is Registrar's own or else the oldest that the check
 * speaks of: otherwise anybody could turn somebody's check red, or unsettle an approval, with a second pull request.
 */
async function findDuplicate(
  host: RegistryReader,
  {
    pullRequest,
    runs,
    identity: { botId, defaultBranch },
  }: { pullRequest: PullRequest; runs: readonly PostedCheckRun[]; identity: RegistryIdentity },
): Promise<number | null> {
  const numbers = new Set(runs.map(({ externalId }) => Number(/^(\d+):/.exec(externalId)?.[1])));
  for (const number of numbers) {
    if (!Number.isSafeInteger(number) || number === pullRequest.number) continue;
    const other = await host.readPullRequest(number);
    if (other.state !== "open" || other.headSha !== pullRequest.headSha) continue;
    const first = pullRequest.baseBranch !== defaultBranch || number < pullRequest.number;
    if (other.author.id === botId || (other.baseBranch === defaultBranch && first)) return number;
  }
  return null;
}

function notOurs(
  pullRequest: PullRequest,
  defaultBranch: string,
  touched: { readonly change: Change; readonly complete: boolean },
): NotOurs | null {
  const { records, keys, misplaced } = touched.change;
  const harmless = touched.complete && records.length + keys.length + misplaced.length === 0;
  if (pullRequest.baseBranch !== defaultBranch) {
    const reason = `This pull request is for the branch ${quoted(pullRequest.baseBranch)}, not for ${quoted(defaultBranch)}.`;
    return { reason, harmless };
  }
  return harmless ? { reason: "This pull request touches no record and no key.", harmless } : null;
}

async function readTips(
  host: RegistryReader,
  base: Base,
  change: Change,
): Promise<Record<string, RegistryRecord | null>> {
  const entries = await Promise.all(
    change.records.map(async ({ path, before }) => {
      // The text of the merge base serves again where the tip has the same.
      const same = before !== null && before.text === (await readTipText(host, base, path));
      return [path, same ? before : await readRecord(host, base, path)] as const;
    }),
  );
  return Object.fromEntries(entries);
}

async function readTipText(host: RegistryReader, base: Base, path: string): Promise<string | null> {
  const file = base.files.find((candidate) => candidate.path === path);
  return file === undefined ? null : readText(host, file);
}

async function readKeys(
  context: ReviewContext,
  {
    pullRequest,
    same,
    ...of
  }: {
    readonly base: Base;
    readonly change: Change;
    readonly byRegistrar: boolean;
    readonly pullRequest: PullRequest;
    /** An earlier reading of the same commits. */
    readonly same: ReviewFacts | null;
  },
): Promise<Pick<ReviewInput, "keyFacts">> {
  if (of.change.keys.length === 0) return {};
  const { now, evidenceLastsMs = defaultEvidenceLastsMs } = context;
  const { keyFacts } = same?.input ?? {};
  const recent = same !== null && now().getTime() - Date.parse(same.input.now) < evidenceLastsMs;
  if (keyFacts !== undefined && recent) return { keyFacts };
  const author = pullRequest.number === 0 ? null : pullRequest.author;
  return { keyFacts: await readKeyFacts(context, { ...of, author }) };
}

/** What the verdict rests on: the touched records, the keys that apply to them, and the configuration. */
export function pinnedInputs(base: Base, change: Change): Record<string, string | null> {
  const pinned: Record<string, string | null> = { [configurationPath]: null };
  const files = new Map(base.files.map((file) => [file.path, file.id]));
  pinned[configurationPath] = files.get(configurationPath) ?? null;
  for (const { path, address } of change.records) {
    pinned[path] = files.get(path) ?? null;
    if (address.kind !== "provider") continue;
    for (const key of providerKeyFiles(base, address)) pinned[key.path] = key.id;
  }
  for (const { path } of [...change.keys, ...change.misplaced]) pinned[path] = files.get(path) ?? null;
  return pinned;
}
