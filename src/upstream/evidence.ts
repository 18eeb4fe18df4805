import type { ArchiveContents } from "./archive-contents.ts";
import type { SignatureReport } from "./signature-report.ts";

/** Something read from upstream: there, surely not there, or not to be known now (never taken for "gone"). */
export type Reading<T> =
  | ({ readonly kind: "found" } & T)
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAt: string | null };

export interface RepositoryFacts {
  readonly id: number;
  readonly ownerId: number;
  readonly fullName: string;
  readonly private: boolean;
  readonly createdAt: string | null;
  readonly license: string | null;
}

export interface AssetFacts {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** GitHub's upload state; everything but `uploaded` is not ready. */
  readonly state: string;
  /** SHA-256 of the bytes, 64 lower-case hex: as GitHub computed it at upload, or null for older assets. */
  readonly sha256: string | null;
  readonly updatedAt: string;
  readonly url: string;
}

export interface ReleaseFacts {
  readonly id: number;
  readonly tag: string;
  readonly prerelease: boolean;
  readonly immutable: boolean;
  readonly publishedAt: string;
  readonly url: string;
  readonly assets: readonly AssetFacts[];
}

/** A small file of a release with its bytes. */
export interface FileFacts {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
  readonly base64: string;
}

/** The protocols that the release's manifest names. `[]` never occurs: no manifest means `["5.0"]`. */
export interface ManifestFacts {
  readonly name: string | null;
  readonly protocols: readonly string[];
}

/** A tag of a repository, as its ref proves it. */
export interface TagFacts {
  readonly name: string;
  /** The commit that the tag's ref resolves to, tag objects followed: 40 hex digits. */
  readonly commit: string;
  /**
   * ISO 8601: the tagger's date of an annotated tag, else the committer's of its commit. Whoever made it chose it, so nothing
   * is decided by it. Null where it is none that a record could hold.
   */
  readonly publishedAt: string | null;
}

/** Everything read from upstream about one provider version, with when; plain JSON data. */
export interface ProviderEvidence {
  readonly kind: "provider";
  readonly readAt: string;
  /** `owner/name` that was asked for. */
  readonly asked: string;
  readonly version: string;
  readonly repository: Reading<RepositoryFacts>;
  readonly release: Reading<ReleaseFacts>;
  /** The release of the same version with the other form of its tag, with or without `v`; absent where there is none. */
  readonly twin?: Reading<ReleaseFacts>;
  /** What other names lead to by which the entry calls the repository, `owner/name`. */
  readonly names?: Readonly<Record<string, Reading<RepositoryFacts>>>;
  /** The commit that the tag's ref resolves to. */
  readonly tagCommit: Reading<{ readonly sha: string }>;
  readonly sums: Reading<FileFacts>;
  readonly signature: Reading<FileFacts>;
  readonly manifest: Reading<ManifestFacts>;
  /** Digests of archives that were downloaded, by asset name: where GitHub has none, or where policy wants it. */
  readonly downloaded: Readonly<Record<string, Reading<{ readonly sha256: string; readonly size: number }>>>;
  /** What the directories of archives say, by asset name, as far as somebody looked. */
  readonly contents?: Readonly<Record<string, Reading<ArchiveContents>>>;
  /** What the signature says under the registry's keys; null when sums or signature could not be read. */
  readonly signatureReport: SignatureReport | null;
}

/** The same about one module version, which is a tag and nothing else. */
export interface ModuleEvidence {
  readonly kind: "module";
  readonly readAt: string;
  /** `owner/name` that was asked for. */
  readonly asked: string;
  /** The tag as it is, with or without `v`. */
  readonly version: string;
  readonly repository: Reading<RepositoryFacts>;
  readonly tag: Reading<TagFacts>;
}

export type Evidence = ProviderEvidence | ModuleEvidence;

/** Not read because something before it is missing. */
export const notRead = (reason: string): { readonly kind: "missing"; readonly reason: string } => ({
  kind: "missing",
  reason,
});

/** Evidence of a version that nothing could be read about, for one reason. */
export function noEvidence(of: {
  readonly kind: Evidence["kind"];
  readonly asked: string;
  readonly version: string;
  readonly readAt: string;
  readonly reason: string;
}): Evidence {
  const nothing = notRead(of.reason);
  const head = { readAt: of.readAt, asked: of.asked, version: of.version, repository: nothing };
  if (of.kind === "module") return { kind: "module", ...head, tag: nothing };
  return {
    kind: "provider",
    ...head,
    release: nothing,
    tagCommit: nothing,
    sums: nothing,
    signature: nothing,
    manifest: nothing,
    downloaded: {},
    signatureReport: null,
  };
}
