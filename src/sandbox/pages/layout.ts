import { Html, html, type Part, render } from "./html.ts";
import { STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  /** The way here: what to show and where it leads. */
  readonly trail: readonly { readonly text: string; readonly href: string }[];
  readonly body: Part;
  /** Seconds. */
  readonly refresh?: number;
}

export function renderPage({ title, trail, body, refresh }: Page): string {
  const refreshing = refresh === undefined ? null : html`<meta http-equiv="refresh" content="${refresh}">`;
  const crumbs = trail.map(
    ({ text, href }) => html`<span class="soft">/</span> <a class="where" href="${href}">${text}</a>`,
  );
  return `<!doctype html>\n${render(html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${refreshing}
<title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><header class="bar"><nav><a class="where" href="/">Sandbox</a> ${crumbs}
<span class="right">a local GitHub · <a href="/_sandbox/log">log</a></span></nav></header>
<main>${body}</main></body></html>`)}\n`;
}

export function ago(iso: string | null): string {
  if (iso === null) return "";
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `on ${iso.slice(0, 10)}`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function short(sha: string): Html {
  return html`<code title="${sha}">${sha.slice(0, 7)}</code>`;
}
