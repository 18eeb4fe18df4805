import type { PullRequest, RegistryReader } from "../github/port.ts";
import type { NotOurs } from "../policy/decision.ts";
import { type Change, compareTrees, type TouchedFile } from "../registry/change.ts";
import { keysFor } from "../registry/keys.ts";
import { quoted } from "../registry/plain-text.ts";
import { type RegistryRecord, repositoryOn } from "../registry/record.ts";
import { configurationPath, type TreeFile } from "../registry/tree.ts";
import { evidenceKey, type ReviewInput } from "../rules/rule.ts";
import { digestInputs, judgedEntries } from "../rules/verdict.ts";
import { noEvidence, type ProviderEvidence } from "../upstream/evidence.ts";
import type { Upstream } from "../upstream/port.ts";
import {
  type Base,
  keyFacts,
  largestBlob,
  type ReadKeys,
  readBase,
  readProviderKeys,
  readRecord,
  readText,
} from "./base.ts";

export interface ReviewContext {
  readonly host: RegistryReader;
  readonly upstream: Upstream;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on, and where release pages are linked. */
  readonly serverUrl: string;
}

/** Everything about one pull request, as plain data: what `decide` needs and nothing that changes under it. */
export interface ReviewFacts {
  readonly pullRequest: PullRequest;
  readonly base: Base;
  readonly input: ReviewInput;
  /** SHA-256 over the head and everything that was judged. */
  readonly digest: string;
  readonly notOurs: NotOurs | null;
  /** Whether a touched file differs between the merge base and the base's tip. */
  readonly outdated: boolean;
  /** Blob ids on the base that the verdict rests on; null where there is no file. */
  readonly pinned: Readonly<Record<string, string | null>>;
}

/** What is judged of one pull request at most, in versions; `scope` says more about it to the contributor. */
const mostVersions = 200;
const upstreamConcurrency = 4;

/** Reads what a pull request changes, the base and upstream. Content is read by blob id at the judged commits. */
export async function readReview(context: ReviewContext, asked: number | PullRequest): Promise<ReviewFacts> {
  const { host } = context;
  const [identity, pullRequest] = await Promise.all([
    host.readIdentity(),
    typeof asked === "number" ? host.readPullRequest(asked) : asked,
  ]);
  const base = await readBase(host, identity.defaultBranch);
  const touched = await readTouchedFiles(host, { base, pullRequest });
  const change = compareTrees(touched.files, base.layout);
  const tips = await readTips(host, base, change);
  const providers = await readProviders(context, { base, change, tips });
  const input: ReviewInput = {
    now: context.now().toISOString(),
    layout: base.layout,
    audit: false,
    settings: base.settings,
    change,
    listing: { complete: touched.problem === null, problem: touched.problem, bytes: touched.bytes },
    byRegistrar: identity.botId !== null && pullRequest.author.id === identity.botId,
    tips,
    ...providers,
  };
  return {
    pullRequest,
    base,
    input,
    digest: digestInputs(pullRequest.headSha, input),
    notOurs: notOurs(pullRequest, identity.defaultBranch, { change, complete: touched.problem === null }),
    outdated: touched.outdated,
    pinned: pinnedInputs(base, change),
  };
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

interface Touched {
  readonly files: readonly TouchedFile[];
  readonly problem: string | null;
  readonly bytes: number;
  readonly outdated: boolean;
}

async function readTouchedFiles(
  host: RegistryReader,
  { base, pullRequest }: { base: Base; pullRequest: PullRequest },
): Promise<Touched> {
  const compared = await host.compare(base.commit, pullRequest.headSha);
  const paths = [
    ...new Set(
      compared.files.flatMap((file) => [file.path, ...(file.previousPath === null ? [] : [file.previousPath])]),
    ),
  ];
  const [before, after] = await Promise.all([
    host.listFiles(compared.mergeBase, paths),
    host.listFiles(pullRequest.headSha, paths),
  ]);
  const bytes = after.reduce((sum, file) => sum + file.size, 0);
  const at = (files: readonly TreeFile[], path: string) => files.find((file) => file.path === path);
  const outdated = paths.some((path) => at(before, path)?.id !== tipFile(base, compared.mergeBase, before, path)?.id);
  let problem = listingProblem(compared.complete, compared.files.length, pullRequest.changedFiles);
  const large = [...before, ...after].find((file) => file.size > largestBlob);
  if (large !== undefined)
    problem ??= `${quoted(large.path)} has ${large.size} bytes; at most ${largestBlob} are read.`;
  const files = await Promise.all(
    paths.map(async (path): Promise<TouchedFile> => {
      const [old, fresh] = [at(before, path), at(after, path)];
      const read = (file: TreeFile | undefined) => (problem === null && isReadable(file) ? readText(host, file) : null);
      return { path, before: await read(old), after: await read(fresh), mode: fresh?.mode ?? null };
    }),
  );
  return { files, problem, bytes, outdated };
}

/** Links and submodules are not followed; their mode alone makes `scope` fail. */
const isReadable = (file: TreeFile | undefined): file is TreeFile =>
  file !== undefined && (file.mode === "100644" || file.mode === "100755");

function listingProblem(complete: boolean, listed: number, changed: number): string | null {
  if (!complete) return `GitHub lists only the first ${listed} of its files.`;
  return listed < changed ? `GitHub lists ${listed} of its ${changed} files.` : null;
}

/** The base's list holds registry files only; of all others the merge base stands for the tip. */
function tipFile(base: Base, mergeBase: string, before: readonly TreeFile[], path: string): TreeFile | undefined {
  const known = /^(?:providers|modules|keys)\//.test(path) || path === configurationPath;
  const files = known && base.commit !== mergeBase ? base.files : before;
  return files.find((file) => file.path === path);
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

async function readProviders(
  context: ReviewContext,
  { base, change, tips }: { base: Base; change: Change; tips: Readonly<Record<string, RegistryRecord | null>> },
): Promise<Pick<ReviewInput, "evidence" | "keys">> {
  const evidence: Record<string, ProviderEvidence> = {};
  const keys: Record<string, ReturnType<typeof keyFacts>> = {};
  const wanted: (() => Promise<void>)[] = [];
  for (const record of change.records) {
    const { address } = record;
    if (address.kind !== "provider") continue;
    const parsed = await readProviderKeys(context, base, address);
    keys[record.path] = keyFacts(parsed);
    // From the base's record, never from the head; a new record has nothing else to say it.
    const source = tips[record.path] ?? record.before ?? record.after;
    const repository = source === null ? undefined : repositoryOn(context.serverUrl, source);
    for (const { version } of judgedEntries(record)) {
      const key = evidenceKey(record.path, version);
      if (repository === undefined) evidence[key] = elsewhere(context, version);
      else {
        wanted.push(async () => {
          const now = context.now();
          evidence[key] = await context.upstream.readProviderEvidence({
            address,
            repository,
            version,
            keys: parsed,
            now,
          });
        });
      }
    }
  }
  await runAll(wanted.slice(0, mostVersions), upstreamConcurrency);
  return { evidence, keys };
}

function elsewhere(context: ReviewContext, version: string): ProviderEvidence {
  const { host } = new URL(context.serverUrl);
  const reason = `The record's "repository" is not one on ${host}, so no release can be read.`;
  return noEvidence({ asked: "", version, readAt: context.now().toISOString(), reason });
}

async function runAll(work: readonly (() => Promise<void>)[], concurrency: number): Promise<void> {
  const queue = [...work];
  const run = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: concurrency }, run));
}

/** What the verdict rests on: the touched records, the keys that apply to them, and the configuration. */
export function pinnedInputs(base: Base, change: Change): Record<string, string | null> {
  const pinned: Record<string, string | null> = { [configurationPath]: null };
  const files = new Map(base.files.map((file) => [file.path, file.id]));
  pinned[configurationPath] = files.get(configurationPath) ?? null;
  for (const { path, address } of change.records) {
    pinned[path] = files.get(path) ?? null;
    if (address.kind !== "provider") continue;
    for (const key of keysFor(base.files, { ...address, layout: base.layout })) pinned[key.path] = key.id;
  }
  for (const { path } of [...change.keys, ...change.misplaced]) pinned[path] = files.get(path) ?? null;
  return pinned;
}
