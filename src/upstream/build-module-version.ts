import type { ModuleVersion } from "../registry/schema.ts";
import type { BuiltVersion } from "./build-version.ts";
import type { ModuleEvidence } from "./evidence.ts";

/**
 * A module's version as the evidence says it is, as `buildVersion` for providers: it makes bumps and judges them.
 * `discovered` is not part of it. Pure.
 */
export function buildModuleVersion({ version, tag }: ModuleEvidence): BuiltVersion<ModuleVersion> {
  if (tag.kind !== "found") return { kind: "impossible", reason: tag.reason };
  const published = tag.publishedAt === null ? {} : { published: tag.publishedAt };
  return { kind: "built", version: { version, commit: tag.commit, ...published } };
}
