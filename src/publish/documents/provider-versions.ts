import type { PublishedDocument } from "../document.ts";
import type { UsableProvider } from "../usable/provider.ts";

/** `<folder>/versions`: every version with its protocols and platforms (client contract, section 3). */
export function providerVersions(folder: string, provider: UsableProvider): readonly PublishedDocument[] {
  if (provider.versions.length === 0) return [];
  const versions = provider.versions.map(({ version, protocols, archives }) => ({
    version,
    protocols,
    platforms: archives.map(({ os, arch }) => ({ os, arch })),
  }));
  // Clients show warnings once, at init; anything but a list of texts fails the document.
  const warnings = provider.warnings.length === 0 ? {} : { warnings: provider.warnings };
  return [{ path: `${folder}/versions`, body: JSON.stringify({ versions, ...warnings }), kind: "list" }];
}
