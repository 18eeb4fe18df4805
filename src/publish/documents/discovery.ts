import type { DocumentFolder } from "../document.ts";

/**
 * `.well-known/terraform.json` (client contract, section 1). `base` is where `v1/` is: relative URLs hold on every host, an
 * absolute one where discovery and the rest are on two. Both end in a slash, without which clients lose the last part. A
 * list: nothing is discovered before it is there.
 */
export function discovery(base = "/"): DocumentFolder {
  const folder = ".well-known";
  const body = JSON.stringify({ "modules.v1": `${base}v1/modules/`, "providers.v1": `${base}v1/providers/` });
  // Other files there (security.txt) are somebody else's.
  const names = new Set(["terraform.json"]);
  return { folder, names, documents: [{ path: `${folder}/terraform.json`, body, kind: "list" }] };
}
