import type { PublishedDocument } from "../document.ts";
import type { UsableModule } from "../usable/module.ts";

/**
 * `<folder>/<version>/download`: where the code is. OpenTofu reads this body; terraform reads only the header
 * `X-Terraform-Get`, which the host has to add (client contract, section 7).
 */
export function moduleDownloads(folder: string, module: UsableModule): readonly PublishedDocument[] {
  return module.versions.map(({ version, location }) => ({
    path: `${folder}/${version}/download`,
    body: JSON.stringify({ location }),
    kind: "document",
  }));
}
