import { publishedVersionKey, versionOfTag } from "../registry/version.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { Glance } from "../upstream/glance.ts";

/** What a sweep has to know of a record; a registry has thousands, so it is not the record itself. */
export interface SweptRecord {
  readonly path: string;
  readonly kind: "provider" | "module";
  /** `owner/name`; null where it does not come from this GitHub. */
  readonly repository: string | null;
  /** GitHub's id of it; null where none is recorded. */
  readonly repositoryId: number | null;
  /** `publishedVersionKey` of every recorded and withdrawn version; null where the record cannot be read or added to, or is blocked. */
  readonly known: ReadonlySet<string> | null;
  /** When its newest version was published, in milliseconds; null where the record does not say. */
  readonly newestAt: number | null;
}

/** What is remembered of one record between sweeps. Losing it costs requests, nothing else. */
export interface RecordMemory {
  /** ISO 8601, as all times here. */
  readonly glancedAt: string;
  /** Releases or tags that upstream had when all of them were last looked at; null: never yet. */
  readonly total: number | null;
  readonly comparedAt: string | null;
  /** Versions that were looked at and did not get in, by `publishedVersionKey`. */
  readonly tried: Readonly<Record<string, Tried>>;
}

export interface Tried {
  readonly times: number;
  /** When to look again; null: not before somebody asks for it. */
  readonly next: string | null;
}

export type SweepMemory = Readonly<Record<string, RecordMemory>>;

const hour = 3_600_000;
const day = 24 * hour;
/** A record that is quiet for long is glanced at less often: each time a fiftieth of its silence has passed. */
const share = 50;
/** Pauses between looks at a version that does not get in; afterwards it rests. */
const pauses = [hour, 6 * hour, day, 3 * day, 7 * day] as const;

/** The records whose turn it is, by each one's own rhythm: never more often than sweeps come, never less than daily. Pure. */
export function dueRecords(
  records: readonly SweptRecord[],
  { memory, now }: { readonly memory: SweepMemory; readonly now: Date },
): readonly SweptRecord[] {
  return records.filter((record) => {
    if (record.repository === null || record.known === null) return false;
    const glancedAt = Date.parse(memory[record.path]?.glancedAt ?? "");
    if (!Number.isFinite(glancedAt) || record.newestAt === null) return true;
    const rhythm = Math.min((now.getTime() - record.newestAt) / share, day);
    return now.getTime() - glancedAt >= rhythm;
  });
}

/** `new`: a tag that nobody knows. `count`: more or fewer than before, so something older came or went. `weekly`: its turn. */
export type LookReason = "new" | "count" | "weekly";

export interface SweepLooks {
  /** Records whose releases or tags are to be compared one by one; what matters most first. */
  readonly looks: readonly { readonly path: string; readonly reason: LookReason }[];
  /** Records of which nothing is known now; never taken for "nothing new". */
  readonly unknown: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Compares what glances show with what is recorded. Sets are compared, not the newest alone: a tag that is not among the
 * newest changes the count. Pure.
 */
export function planLooks(
  glances: readonly { readonly record: SweptRecord; readonly glance: Reading<Glance> }[],
  context: {
    readonly memory: SweepMemory;
    readonly now: Date;
    /** Weekly comparisons in one sweep at most. */
    readonly mostWeekly: number;
  },
): SweepLooks {
  const looks: { path: string; reason: LookReason }[] = [];
  const unknown: { path: string; reason: string }[] = [];
  for (const { record, glance } of glances) {
    if (glance.kind !== "found") {
      unknown.push({ path: record.path, reason: glance.reason });
      continue;
    }
    const reason = reasonToLook(record, glance, context);
    if (reason !== null) looks.push({ path: record.path, reason });
  }
  const order: readonly LookReason[] = ["new", "count", "weekly"];
  const weekly = looks.filter(({ reason }) => reason === "weekly").slice(context.mostWeekly);
  const kept = looks.filter((look) => !weekly.includes(look));
  return { looks: kept.sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason)), unknown };
}

function reasonToLook(
  record: SweptRecord,
  glance: Glance,
  { memory, now }: { readonly memory: SweepMemory; readonly now: Date },
): LookReason | null {
  const remembered = memory[record.path];
  const isNews = ({ tag }: { readonly tag: string }): boolean => {
    const version = versionOfTag(tag);
    if (version === undefined) return false;
    const key = publishedVersionKey(version, record.kind);
    return record.known?.has(key) !== true && isDue(remembered?.tried[key], now);
  };
  if (glance.newest.some(isNews)) return "new";
  const expected = remembered?.total ?? record.known?.size;
  if (glance.total !== expected) return "count";
  const comparedAt = Date.parse(remembered?.comparedAt ?? "");
  // Where it was never compared, the first sweep finds count and newest tags as they should be.
  if (Number.isFinite(comparedAt) && now.getTime() - comparedAt > 7 * day) return "weekly";
  return null;
}

const isDue = (tried: Tried | undefined, now: Date): boolean =>
  tried === undefined || (tried.next !== null && Date.parse(tried.next) <= now.getTime());

/** What is remembered of a record whose upstream was only glanced at. Pure. */
export function afterGlance(before: RecordMemory | undefined, now: Date): RecordMemory {
  return { total: null, comparedAt: null, tried: {}, ...before, glancedAt: now.toISOString() };
}

/** What is remembered of a record that was compared with all its releases or tags. Pure. */
export function afterLook(
  before: RecordMemory | undefined,
  look: {
    readonly now: Date;
    readonly total: number;
    /** Versions that were looked at and cannot get in as they are. */
    readonly refused: readonly string[];
    readonly kind: "provider" | "module";
    /** Whether something may still settle, so that this look was not the last one. */
    readonly pending: boolean;
  },
): RecordMemory {
  const tried: Record<string, Tried> = {};
  for (const version of look.refused) {
    const key = publishedVersionKey(version, look.kind);
    const times = (before?.tried[key]?.times ?? 0) + 1;
    const pause = pauses[times - 1];
    const next = pause === undefined ? null : new Date(look.now.getTime() + pause).toISOString();
    tried[key] = { times, next };
  }
  const now = look.now.toISOString();
  const compared = look.pending ? { total: before?.total ?? null, comparedAt: before?.comparedAt ?? null } : null;
  return { glancedAt: now, tried, ...(compared ?? { total: look.total, comparedAt: now }) };
}
