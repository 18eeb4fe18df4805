import type { ParsedKeyFile } from "../upstream/parsed-key.ts";

/** Who opened the pull request, seen from the account that a key's namespace is named after. */
export type Standing =
  /** It is that account. */
  | { readonly kind: "owner"; readonly login: string }
  | { readonly kind: "member"; readonly login: string; readonly organization: string }
  /** Neither; somebody who does not show his membership looks the same. */
  | { readonly kind: "stranger"; readonly login: string; readonly account: string }
  /** Nobody has that name on GitHub. */
  | { readonly kind: "no-account"; readonly account: string }
  | { readonly kind: "registrar" }
  /** A push, or anything else that nobody has opened. */
  | { readonly kind: "nobody" };

/** A bounded look at published versions under the keys of a file. */
export interface KeyLook {
  /** Records that the keys sign for, and how many of them were read. */
  readonly records: { readonly of: number; readonly read: number };
  /** Published versions of the records that were read, and how many of them were looked at: the newest ones. */
  readonly versions: number;
  readonly looked: number;
  /** Those that the file's keys verify: `acme/dns 1.2.0`. */
  readonly verified: readonly string[];
  /** Published versions that clients can verify now, and could not after the change. */
  readonly lost: readonly string[];
  /** Versions whose sums or signature are not there (any more). */
  readonly gone: readonly string[];
}

/** What is known of one touched key file, beside its text. Plain data. */
export interface KeyFileFacts {
  /** As clients see them; empty where there is no file. */
  readonly before: readonly ParsedKeyFile[];
  readonly after: readonly ParsedKeyFile[];
  /** Every address that the file's keys sign for, through mappings and aliases. */
  readonly covers: readonly string[];
  /** Other files of the base that hold the same key and cover one of the same addresses. */
  readonly sameElsewhere: readonly string[];
  readonly look: KeyLook;
  readonly standing: Standing;
  /** Ids of the owners that the covered records have recorded, where none is that of the account now; empty else. */
  readonly otherOwners: readonly number[];
  /** What could not be read now; null when everything could. */
  readonly unavailable: { readonly reason: string; readonly retryAt: string | null } | null;
}
