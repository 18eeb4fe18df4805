import type { Address } from "../registry/address.ts";
import type { ModuleVersion, ProviderVersion } from "../registry/schema.ts";
import { buildModuleVersion } from "./build-module-version.ts";
import { type BuiltVersion, buildVersion } from "./build-version.ts";
import type { Evidence } from "./evidence.ts";

/** The version that evidence stands for, of an address of its kind. Pure. */
export function rebuildVersion(evidence: Evidence, address: Address): BuiltVersion<ProviderVersion | ModuleVersion> {
  if (evidence.kind === "module" && address.kind === "module") return buildModuleVersion(evidence);
  if (evidence.kind === "provider" && address.kind === "provider") return buildVersion(evidence, address);
  return { kind: "impossible", reason: `Evidence of a ${evidence.kind} says nothing of a ${address.kind}.` };
}
