import { type ModuleAddress, parseAddress } from "../../../src/registry/address.ts";
import { buildModuleVersion } from "../../../src/upstream/build-module-version.ts";
import type { ModuleEvidence, TagFacts } from "../../../src/upstream/evidence.ts";
import { type Json, releasedAt, reviewedAt, upstreamIds } from "./release.ts";

/** The commit that tags of these tests name. */
export const taggedCommit = "d0".repeat(20);

/** A module author's tag: what is read of it (`evidence`) and the entry that a right bump adds (`entry`). */
export interface Tag {
  readonly address: ModuleAddress;
  readonly version: string;
  readonly evidence: ModuleEvidence;
  readonly entry: Json;
  /** Replaces whole parts of the evidence. */
  with(parts: Partial<ModuleEvidence>): Tag;
  withTag(facts: Partial<TagFacts>): Tag;
}

/** A tag of a module (default acme/network/aws), in which everything fits together. */
export function tag(version: string, { of = "acme/network/aws" }: { readonly of?: string } = {}): Tag {
  const address = parseAddress(of) as ModuleAddress;
  const repository = `${address.namespace}/terraform-${address.system}-${address.name}`;
  return tagOf(address, {
    kind: "module",
    readAt: reviewedAt,
    asked: repository,
    version,
    repository: {
      kind: "found",
      id: upstreamIds.repository_id,
      ownerId: upstreamIds.owner_id,
      fullName: repository,
      private: false,
      createdAt: "2021-01-01T00:00:00Z",
      license: "Apache-2.0",
    },
    tag: { kind: "found", name: version, commit: taggedCommit, publishedAt: releasedAt },
  });
}

function tagOf(address: ModuleAddress, evidence: ModuleEvidence): Tag {
  const change = (parts: Partial<ModuleEvidence>) => tagOf(address, { ...evidence, ...parts });
  return {
    address,
    version: evidence.version,
    evidence,
    get entry(): Json {
      const built = buildModuleVersion(evidence);
      if (built.kind === "impossible") throw new Error(`There is nothing to build: ${built.reason}`);
      return { ...built.version };
    },
    with: change,
    withTag: (facts) => (evidence.tag.kind === "found" ? change({ tag: { ...evidence.tag, ...facts } }) : change({})),
  };
}
