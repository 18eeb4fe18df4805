import type { PublishedDocument } from "../document.ts";
import type { UsableModule } from "../usable/module.ts";

/** `<folder>/versions`; clients read the first element of `modules` only (client contract, section 7). */
export function moduleVersions(folder: string, module: UsableModule): readonly PublishedDocument[] {
  if (module.versions.length === 0) return [];
  const versions = module.versions.map(({ version }) => ({ version }));
  // Clients have no warnings for modules; they are there for other readers.
  const warnings = module.warnings.length === 0 ? {} : { warnings: module.warnings };
  return [{ path: `${folder}/versions`, body: JSON.stringify({ modules: [{ versions }], ...warnings }), kind: "list" }];
}
