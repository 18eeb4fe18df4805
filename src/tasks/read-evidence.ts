import type { Address } from "../registry/address.ts";
import type { Evidence } from "../upstream/evidence.ts";
import type { ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { Upstream } from "../upstream/port.ts";

/** What upstream has about one version of an address. */
export function readEvidence(
  { upstream, now }: { readonly upstream: Upstream; readonly now: () => Date },
  of: {
    readonly address: Address;
    /** `owner/name`, from the base's record. */
    readonly repository: string;
    readonly version: string;
    /** Of the base, for a provider. */
    readonly keys: readonly ParsedKeyFile[];
  },
): Promise<Evidence> {
  const { address, repository, version, keys } = of;
  switch (address.kind) {
    case "provider":
      return upstream.readProviderEvidence({ address, repository, version, keys, now: now() });
    case "module":
      return upstream.readModuleEvidence({ address, repository, version, now: now() });
  }
}
