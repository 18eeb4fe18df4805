import type { Reading } from "./evidence.ts";

/** One upstream to glance at. */
export interface GlanceWish {
  /** Providers are released, modules are tagged. */
  readonly kind: "provider" | "module";
  /** `owner/name` */
  readonly repository: string;
}

/** What a glance at an upstream shows: enough to notice that something is new, never enough to judge it. */
export interface Glance {
  readonly repositoryId: number;
  /** `owner/name` as it is now: another one than asked for after a rename. */
  readonly fullName: string;
  /** Of all releases, or all tags. */
  readonly total: number;
  /** Tags of the newest releases, or the newest tags, newest first; drafts are left out. */
  readonly newest: readonly { readonly tag: string; readonly at: string | null }[];
}

/** So many upstreams are glanced at in one request, for one point of GitHub's rate limit. */
export const glancesAtOnce = 100;

/** Glances at many upstreams. Readings come in the order of the wishes; "missing" is said only where GitHub says so itself. */
export type GlanceAt = (wishes: readonly GlanceWish[]) => Promise<readonly Reading<Glance>[]>;
