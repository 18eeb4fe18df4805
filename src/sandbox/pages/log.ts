import type { Log } from "../log.ts";
import type { Delivery } from "../webhooks/delivery.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./layout.ts";

const SHOWN = 200;

/** Newest first. */
export function logPage(log: Log, deliveries: readonly Delivery[]): Page {
  const violations = log.violations.slice(-SHOWN).reverse();
  const requests = log.requests.slice(-SHOWN).reverse();
  const sent = deliveries.slice(-SHOWN).reverse();
  return {
    title: "Log",
    trail: [{ text: "log", href: "/_sandbox/log" }],
    refresh: 2,
    body: html`<h1>Log</h1>
<h2>Violations (${log.violations.length})</h2>
${violations.length === 0 ? html`<p class="soft">None: every request was one that GitHub's description allows.</p>` : html`<div class="box">${violations.map((text) => html`<div class="row mono small"><span class="grow">${text}</span></div>`)}</div>`}
<h2>Requests (${log.requests.length})</h2>
<div class="box"><table class="plain small"><tr><th>at</th><th>who</th><th>request</th><th>status</th><th>ms</th></tr>
${requests.map(
  ({
    at,
    actor,
    method,
    path,
    status,
    duration,
    write,
  }) => html`<tr><td class="soft">${at.slice(11, 19)}</td><td>${actor}</td>
<td class="mono">${write ? html`<b>${method}</b>` : method} ${path.slice(0, 160)}</td><td>${colour(status)}</td><td class="soft">${duration}</td></tr>`,
)}</table></div>
<h2>Webhook deliveries (${deliveries.length})</h2>
<div class="box"><table class="plain small"><tr><th>at</th><th>event</th><th>id</th><th>status</th><th>ms</th></tr>
${sent.map(
  ({
    deliveredAt,
    event,
    action,
    guid,
    status,
    statusCode,
    duration,
    redelivery,
  }) => html`<tr><td class="soft">${deliveredAt.slice(11, 19)}</td>
<td>${event}${action === null ? "" : `.${action}`}${redelivery ? " (again)" : ""}</td><td class="mono soft">${guid}</td>
<td>${statusCode === 0 ? html`<span class="minus">${status}</span>` : colour(statusCode)}</td><td class="soft">${Math.round(duration * 1000)}</td></tr>`,
)}</table></div>`,
  };
}

function colour(status: number): Html {
  return html`<span class="${status < 400 ? "plus" : "minus"}">${status}</span>`;
}
