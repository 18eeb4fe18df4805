/** Tiny page for people who open a registry in a browser: what is published here, with links to the version lists. */
export function indexPage(providers: readonly string[]): string {
  const items = providers.map((name) => {
    const href = `/v1/providers/${name.split("/").map(encodeURIComponent).join("/")}/versions`;
    return `<li><a href="${escapeHtml(href)}">${escapeHtml(name)}</a></li>`;
  });
  const count = providers.length === 1 ? "1 provider" : `${providers.length} providers`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><title>Registry</title>',
    '<meta name="viewport" content="width=device-width">',
    "<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#222}a{color:#05c}</style>",
    "</head><body><h1>Registry</h1>",
    "<p>An OpenTofu and Terraform registry; <code>tofu</code> and <code>terraform</code> install from it.</p>",
    `<p>${count} published${items.length > 0 ? ":" : "."}</p>`,
    items.length > 0 ? `<ul>\n${items.join("\n")}\n</ul>` : "",
    "</body></html>",
    "",
  ].join("\n");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
