import type { RegistryReader } from "../github/port.ts";
import type { Address } from "../registry/address.ts";
import type { Change } from "../registry/change.ts";
import { type RecordEntry, type RegistryRecord, repositoryOn } from "../registry/record.ts";
import { namesInUrls } from "../registry/release-urls.ts";
import { evidenceKey, type ReviewInput } from "../rules/rule.ts";
import { judgedEntries } from "../rules/verdict.ts";
import { type Evidence, noEvidence } from "../upstream/evidence.ts";
import type { KeySources } from "../upstream/key-sources.ts";
import type { Upstream } from "../upstream/port.ts";
import type { ArchivesReport } from "./archives-progress.ts";
import { type Base, keyFacts, type ReadKeys, readProviderKeys } from "./base.ts";
import { readEvidence, recordedTag } from "./read-evidence.ts";
import { sideBySide } from "./side-by-side.ts";

export interface UpstreamContext {
  readonly host: RegistryReader;
  readonly upstream: Upstream;
  readonly keySources: KeySources;
  readonly readKeys: ReadKeys;
  readonly now: () => Date;
  /** The GitHub that upstreams are on, and where release pages are linked. */
  readonly serverUrl: string;
}

const concurrency = 4;

/** What upstream has of the versions that a change adds or alters, and by which keys it is judged. */
export async function readUpstream(
  context: UpstreamContext,
  {
    base,
    change,
    tips,
    report,
    known,
  }: {
    readonly base: Base;
    readonly change: Change;
    readonly tips: Readonly<Record<string, RegistryRecord | null>>;
    readonly report: ArchivesReport | undefined;
    /** Evidence that serves again. */
    readonly known: Readonly<Record<string, Evidence>>;
  },
): Promise<Pick<ReviewInput, "evidence" | "keys">> {
  const { archives } = base.settings.policy;
  const evidence: Record<string, Evidence> = {};
  const keys: Record<string, ReturnType<typeof keyFacts>> = {};
  const wanted: (() => Promise<void>)[] = [];
  for (const record of change.records) {
    const { address } = record;
    const parsed = address.kind === "provider" ? await readProviderKeys(context, base, address) : [];
    if (address.kind === "provider") keys[record.path] = keyFacts(parsed);
    // From the base's record, never from the head; a new record has nothing else to say it.
    const source = tips[record.path] ?? record.before ?? record.after;
    const repository = source === null ? undefined : repositoryOn(context.serverUrl, source, base.settings);
    const facts = once(() => context.upstream.readRepository(repository ?? ""));
    for (const entry of judgedEntries(record)) {
      const { version } = entry;
      const key = evidenceKey(record.path, version);
      const recent = known[key];
      if (recent !== undefined) evidence[key] = recent;
      else if (repository === undefined) evidence[key] = elsewhere(context, address, version);
      else {
        const of = { address, repository, facts, version, tag: recordedTag(entry), keys: parsed, archives };
        const names = otherNames(entry, repository, context.serverUrl);
        wanted.push(async () => {
          evidence[key] = await readEvidence(context, { ...of, names, onArchives: report?.of(key) });
        });
      }
    }
  }
  await sideBySide(wanted, concurrency, (read) => read());
  return { evidence, keys };
}

/** By which the entry calls the repository where it is not the record's; sorted, since what is asked is compared. */
const otherNames = (entry: RecordEntry, repository: string, serverUrl: string): readonly string[] =>
  namesInUrls(entry.raw, serverUrl)
    .filter((name) => name.toLowerCase() !== repository.toLowerCase())
    .toSorted();

function elsewhere(context: UpstreamContext, { kind }: Address, version: string): Evidence {
  const { host } = new URL(context.serverUrl);
  const reason = `The record's "repository" is not one on ${host}, so nothing of it can be read.`;
  return noEvidence({ kind, asked: "", version, readAt: context.now().toISOString(), reason });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    started ??= work();
    return started;
  };
}
