import type { ModuleAddress, ProviderAddress } from "../registry/address.ts";
import type { ModuleEvidence, ProviderEvidence, Reading, ReleaseFacts, RepositoryFacts } from "./evidence.ts";
import type { ParsedKeyFile } from "./parsed-key.ts";

/** What an author has released, as far as noticing needs it. */
export type ReleaseSummary = Pick<ReleaseFacts, "id" | "tag" | "prerelease" | "publishedAt">;

/** Whether everything is listed. A list that was cut proves of nothing that it is gone. */
interface Listing {
  readonly complete: boolean;
}

/**
 * How far archives are read: not at all, for questions that the sums answer alone; by the digest that GitHub lists, and as a
 * whole where it lists none; always as a whole; or by that digest, and in their directory.
 */
export type ArchiveReading = "none" | "digest" | "download" | "contents";

/** How far reading the archives of one version has come. */
export interface ArchiveProgress {
  readonly done: number;
  readonly total: number;
  /** Of archives that are read as a whole. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Reads what authors released. Everything comes back as data; nothing throws for a fault of the other side. */
export interface Upstream {
  readRepository(repository: string): Promise<Reading<RepositoryFacts>>;
  /** All published releases, newest first, as far as GitHub lists them. */
  listReleases(repository: string): Promise<Reading<Listing & { readonly releases: readonly ReleaseSummary[] }>>;
  /** The names of all tags, in no order that means anything. */
  listTags(repository: string): Promise<Reading<Listing & { readonly tags: readonly string[] }>>;
  readProviderEvidence(input: {
    readonly address: ProviderAddress;
    /** `owner/name`, from the base's record. */
    readonly repository: string;
    readonly version: string;
    /** What is known of the repository already, where several versions share it. Default: it is read. */
    readonly facts?: () => Promise<Reading<RepositoryFacts>>;
    /** The tag that the record names, where it names one. `v<version>` and `<version>` are looked up in any case. */
    readonly tag?: string | undefined;
    /** Other names by which the entry calls the repository, `owner/name`; what they lead to is read. */
    readonly names?: readonly string[];
    readonly keys: readonly ParsedKeyFile[];
    readonly now: Date;
    /** Default: by digest. */
    readonly archives?: ArchiveReading;
    readonly onArchives?: (progress: ArchiveProgress) => void;
  }): Promise<ProviderEvidence>;
  /** At most four requests. */
  readModuleEvidence(input: {
    readonly address: ModuleAddress;
    /** `owner/name`, from the base's record. */
    readonly repository: string;
    readonly facts?: () => Promise<Reading<RepositoryFacts>>;
    /** The tag that the record's `version` names, exactly as written. */
    readonly version: string;
    readonly now: Date;
  }): Promise<ModuleEvidence>;
}
