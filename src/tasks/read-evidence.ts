import type { Address } from "../registry/address.ts";
import type { RecordEntry } from "../registry/record.ts";
import type { Evidence, Reading, RepositoryFacts } from "../upstream/evidence.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { ArchiveProgress, ArchiveReading, Upstream } from "../upstream/port.ts";

/** The tag that a provider's entry names; undefined where it names none that could be asked for. */
export const recordedTag = ({ raw }: RecordEntry): string | undefined =>
  typeof raw.tag === "string" && raw.tag !== "" ? raw.tag : undefined;

/** What upstream has about one version of an address. */
export function readEvidence(
  { upstream, now }: { readonly upstream: Upstream; readonly now: () => Date },
  of: {
    readonly address: Address;
    /** `owner/name`, from the base's record. */
    readonly repository: string;
    /** Where several versions share it. */
    readonly facts?: () => Promise<Reading<RepositoryFacts>>;
    readonly version: string;
    /** Other names by which the entry calls the repository. */
    readonly names?: readonly string[];
    /** Of a provider's release, where it is known; else `v<version>`, then `<version>`. */
    readonly tag?: string | undefined;
    /** Of the base, for a provider. */
    readonly keys: readonly ParsedKeyFile[];
    /** Of a provider: what policy wants, or none for questions that the sums answer alone. */
    readonly archives: ArchiveReading;
    readonly onArchives?: ((progress: ArchiveProgress) => void) | undefined;
  },
): Promise<Evidence> {
  const { address, repository, facts, version, tag, names = [], keys, archives, onArchives } = of;
  const shared = { repository, version, now: now(), ...(facts === undefined ? {} : { facts }) };
  switch (address.kind) {
    case "provider":
      return upstream.readProviderEvidence({
        ...{ ...shared, address, tag, keys, archives },
        ...(names.length === 0 ? {} : { names }),
        ...(onArchives === undefined ? {} : { onArchives }),
      });
    case "module":
      return upstream.readModuleEvidence({ ...shared, address });
  }
}
