import type { Address } from "../registry/address.ts";
import type { RecordEntry } from "../registry/record.ts";
import type { Evidence } from "../upstream/evidence.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { Upstream } from "../upstream/port.ts";

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
    readonly version: string;
    /** Of a provider's release, where it is known; else `v<version>`, then `<version>`. */
    readonly tag?: string | undefined;
    /** Of the base, for a provider. */
    readonly keys: readonly ParsedKeyFile[];
    /** For questions that the sums answer alone: archives for which GitHub has no digest are not downloaded. */
    readonly skipArchives?: true;
  },
): Promise<Evidence> {
  const { address, repository, version, tag, keys, skipArchives } = of;
  switch (address.kind) {
    case "provider":
      return upstream.readProviderEvidence({
        ...{ address, repository, version, tag, keys, now: now() },
        ...(skipArchives === undefined ? {} : { skipArchives }),
      });
    case "module":
      return upstream.readModuleEvidence({ address, repository, version, now: now() });
  }
}
