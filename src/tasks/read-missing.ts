import { type Candidate, findMissing } from "../bump/candidates.ts";
import { findMissingTags } from "../bump/module-candidates.ts";
import type { ModuleRecord, ProviderRecord, RegistryRecord } from "../registry/record.ts";
import type { Reading } from "../upstream/evidence.ts";
import type { Upstream } from "../upstream/port.ts";

/** Everything that upstream has and a record lacks. */
export interface Missing {
  readonly candidates: readonly Candidate[];
  /** Whether GitHub lists everything; where not, older ones may be there all the same. */
  readonly complete: boolean;
}

/** What a record lacks: of a provider's releases, of a module's tags. */
export async function readMissing(
  upstream: Upstream,
  { record, repository }: { readonly record: RegistryRecord; readonly repository: string },
): Promise<Reading<Missing>> {
  switch (record.address.kind) {
    case "provider": {
      const read = await upstream.listReleases(repository);
      if (read.kind !== "found") return read;
      const candidates = findMissing(record as ProviderRecord, read.releases, null);
      return { kind: "found", candidates, complete: read.complete };
    }
    case "module": {
      const read = await upstream.listTags(repository);
      if (read.kind !== "found") return read;
      const candidates = findMissingTags(record as ModuleRecord, read.tags, null);
      return { kind: "found", candidates, complete: read.complete };
    }
  }
}
