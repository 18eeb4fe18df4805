import type { ProviderAddress } from "../registry/address.ts";
import type { ProviderEvidence, Reading, ReleaseFacts, RepositoryFacts } from "./evidence.ts";
import type { ParsedKeyFile } from "./parsed-key.ts";

/** What an author has released, as far as noticing needs it. */
export type ReleaseSummary = Pick<ReleaseFacts, "id" | "tag" | "prerelease" | "publishedAt">;

/** Reads what authors released. Everything comes back as data; nothing throws for a fault of the other side. */
export interface Upstream {
  readRepository(repository: string): Promise<Reading<RepositoryFacts>>;
  /** All published releases, newest first. */
  listReleases(repository: string): Promise<Reading<{ readonly releases: readonly ReleaseSummary[] }>>;
  readProviderEvidence(input: {
    readonly address: ProviderAddress;
    /** `owner/name`, from the base's record. */
    readonly repository: string;
    readonly version: string;
    /** The tag that the record names, where it names one; else `v<version>`, then `<version>`. */
    readonly tag?: string | undefined;
    readonly keys: readonly ParsedKeyFile[];
    readonly now: Date;
    /** For questions that the sums answer alone: archives for which GitHub has no digest are not downloaded. */
    readonly skipArchives?: true;
  }): Promise<ProviderEvidence>;
}
