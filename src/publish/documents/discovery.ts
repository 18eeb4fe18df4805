import type { DocumentFolder } from "../document.ts";

/**
 * `.well-known/terraform.json` (client contract, section 1). Relative URLs hold on every host; both end in a slash,
 * without which clients lose the last part. A list: nothing is discovered before it is there.
 */
export function discovery(): DocumentFolder {
  const folder = ".well-known";
  const body = JSON.stringify({ "modules.v1": "/v1/modules/", "providers.v1": "/v1/providers/" });
  return { folder, documents: [{ path: `${folder}/terraform.json`, body, kind: "list" }] };
}
