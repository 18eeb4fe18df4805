import type { Layout, ProviderAddress } from "../registry/address.ts";
import type { AppliedChange, Change, RecordChange, TouchedFile } from "../registry/change.ts";
import type { Finding, Outcome } from "../registry/finding.ts";
import type { Fix } from "../registry/fix.ts";
import { plainText } from "../registry/plain-text.ts";
import type { RecordEntry, RegistryRecord } from "../registry/record.ts";
import type { Settings } from "../registry/settings.ts";
import type { SimilarName } from "../registry/similar-names.ts";
import type { Evidence, ProviderEvidence, Reading } from "../upstream/evidence.ts";
import type { KeyFileFacts } from "./key-facts.ts";

/** Everything that a review judges, as plain data. Nothing in it comes from the head except `change`. */
export interface ReviewInput {
  /** ISO 8601. */
  readonly now: string;
  readonly layout: Layout;
  /** Whether a whole registry is looked at as it is, rather than a change: then old habits are notices. */
  readonly audit: boolean;
  /** Of the base, never of the head. */
  readonly settings: Settings;
  readonly change: Change;
  /** Whether GitHub listed every touched file and all of them could be read. */
  readonly listing: { readonly complete: boolean; readonly problem: string | null; readonly bytes: number };
  /** The commit that it takes back, and nothing else, of which nothing was published; absent of all other changes. */
  readonly restores?: string;
  /** Who opened the pull request: Registrar itself, or anybody else. */
  readonly byRegistrar: boolean;
  /** Each touched record as the base's tip has it, by path. */
  readonly tips: Readonly<Record<string, RegistryRecord | null>>;
  /** For each new record the path of another one that is published at the same place. */
  readonly taken: Readonly<Record<string, string>>;
  /** What each new record could be taken for, by path; absent where nobody looked. */
  readonly similar?: Readonly<Record<string, readonly KnownSimilar[]>>;
  /** Whether upstream was asked at all; it is not for what is out of scope anyway. */
  readonly evidenceRead: boolean;
  /** What upstream has, by `evidenceKey`; only for versions that the change adds or alters. */
  readonly evidence: Readonly<Record<string, Evidence>>;
  /** How many usable keys of the base apply to each touched provider record, and what is wrong with the others, by path. */
  readonly keys: Readonly<Record<string, { readonly usable: readonly string[]; readonly problems: readonly string[] }>>;
  /** What is known of each touched key file, by path; absent where nobody has looked. */
  readonly keyFacts?: Readonly<Record<string, KeyFileFacts>>;
}

/** A similar name, with what the registry knows of whoever has it. */
export interface KnownSimilar extends SimilarName {
  /** The account that its releases come from. */
  readonly owner: string;
  /** When its first version was published: `YYYY-MM-DD`; null where nothing says so. */
  readonly since: string | null;
}

export const evidenceKey = (path: string, version: string): string => `${path}@${version}`;

/** What a rule says; the runner adds code, path and version. */
export interface Said {
  readonly outcome: Outcome;
  readonly message: string;
  readonly next?: string;
  readonly path?: string;
  readonly version?: string;
  readonly pointer?: string;
  readonly fix?: Fix;
  readonly notice?: true;
  /** For a hold: overrides the rule's own answer to whether approval lifts it. */
  readonly liftable?: boolean;
  readonly retryAt?: string;
}

interface RuleTexts {
  readonly code: string;
  /** The promise, as a short sentence. */
  readonly title: string;
  /** Why it matters and what to do, a few plain sentences. */
  readonly help: string;
  /** One example of what breaks it. */
  readonly example: string;
  /** Whether a maintainer's approval lifts a hold of it. */
  readonly liftable: boolean;
  /** Whether a maintainer may waive what it fails or holds. Never where clients would crash or be misled. */
  readonly waivable?: true;
}

export interface RecordSubject {
  readonly change: RecordChange;
  readonly tip: RegistryRecord | null;
  readonly applied: AppliedChange;
}

export interface VersionSubject extends RecordSubject {
  readonly entry: RecordEntry;
  /** Null where it has not been read. */
  readonly evidence: Evidence | null;
}

export interface ProviderVersionSubject extends VersionSubject {
  readonly change: RecordChange & { readonly address: ProviderAddress };
  readonly evidence: ProviderEvidence | null;
}

/** One promise. Each kind says for what it must answer; no answer is never a pass. */
export type Rule = RuleTexts &
  (
    | { readonly per: "pull-request"; check(input: ReviewInput): readonly Said[] }
    | { readonly per: "file"; check(file: TouchedFile, input: ReviewInput): readonly Said[] }
    | { readonly per: "record"; check(subject: RecordSubject, input: ReviewInput): readonly Said[] }
    | {
        readonly per: "version";
        /** Whether it judges what upstream has; such rules are silent where upstream was not asked. */
        readonly upstream?: true;
        check(subject: VersionSubject, input: ReviewInput): readonly Said[];
      }
    | {
        /** Promises nothing of modules, so it is not asked about them: what was not looked at has not passed. */
        readonly per: "provider-version";
        readonly upstream?: true;
        check(subject: ProviderVersionSubject, input: ReviewInput): readonly Said[];
      }
  );

export const pass = (message: string): readonly Said[] => [{ outcome: "pass", message }];
export const notice = (message: string, more: Partial<Said> = {}): Said => ({
  ...more,
  outcome: "pass",
  notice: true,
  message,
});
export const fail = (message: string, next: string, more: Partial<Said> = {}): Said => ({
  ...more,
  outcome: "fail",
  message,
  next,
});
export const hold = (message: string, next: string, more: Partial<Said> = {}): Said => ({
  ...more,
  outcome: "hold",
  message,
  next,
});
export const retry = (message: string, retryAt: string | null, more: Partial<Said> = {}): Said => ({
  ...more,
  outcome: "retry",
  message,
  ...(retryAt === null ? {} : { retryAt }),
});

/** What every version has to have upstream: its repository, and its release with the tag's commit, or its tag. */
export const essentials = (evidence: Evidence): readonly Reading<object>[] =>
  evidence.kind === "provider"
    ? [evidence.repository, evidence.release, evidence.tagCommit]
    : [evidence.repository, evidence.tag];

/**
 * What a rule says that needs the release or tag and cannot have it now: evidence that is not read, GitHub not answering, or
 * a bump of our own whose release is not there (any more), which nobody has to mend. Null when it can judge.
 */
export function waitForUpstream(evidence: Evidence | null, input: ReviewInput): readonly Said[] | null {
  if (evidence === null) return [retry("Upstream has not been read.", null)];
  for (const part of essentials(evidence)) {
    if (part.kind === "unavailable") return waitFor(part);
    if (part.kind === "missing" && input.byRegistrar) return [retry(part.reason, null)];
  }
  return null;
}

/** A retry for something that GitHub did not give. */
export const waitFor = (part: { readonly reason: string; readonly retryAt: string | null }): readonly Said[] => [
  retry(`${part.reason} This is not your fault.`, part.retryAt),
];

/** `said`, or a pass where it is empty. */
export const orPass = (said: readonly Said[], message: string): readonly Said[] =>
  said.length > 0 ? said : pass(message);

/** Longest message of a finding, in UTF-16 units. */
const longestMessage = 4000;

/** A place is named by keys, which may be as long as the file: then the place that holds it has to do. */
const shortened = (pointer: string): string =>
  pointer.length <= longestPointer ? pointer : pointer.slice(0, Math.max(0, pointer.lastIndexOf("/", longestPointer)));

const longestPointer = 1000;

/** Adds what the runner knows to what a rule said. Reasons that came from upstream become plain text here at the latest. */
export function findingOf(rule: RuleTexts, said: Said, place: { path: string; version?: string }): Finding {
  const { liftable, version = place.version, path = place.path, ...rest } = said;
  return {
    code: rule.code,
    path,
    ...(version === undefined ? {} : { version }),
    ...rest,
    ...(said.pointer === undefined ? {} : { pointer: shortened(said.pointer) }),
    message: plainText(said.message, longestMessage),
    ...(said.next === undefined ? {} : { next: plainText(said.next, longestMessage) }),
    ...(said.outcome === "hold" ? { liftable: liftable ?? rule.liftable } : {}),
    ...(rule.waivable === true && (said.outcome === "fail" || said.outcome === "hold") ? { waivable: true } : {}),
  };
}
