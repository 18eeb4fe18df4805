import type { CheckRun } from "../entities/check.ts";
import type { Repository } from "../entities/repository.ts";
import { type Html, html } from "./html.ts";
import { markdown } from "./markdown.ts";

const KIND: Readonly<Record<string, string>> = {
  success: "good",
  neutral: "",
  skipped: "",
  action_required: "wait",
  queued: "wait",
  in_progress: "wait",
};

export function showChecks(repository: Repository, sha: string): Html {
  const runs = repository.suites.filter(({ headSha }) => headSha === sha).flatMap((suite) => suite.runs);
  if (runs.length === 0) return html`<p class="soft">No checks on this commit.</p>`;
  return html`${runs.map(showRun)}`;
}

function showRun(run: CheckRun): Html {
  const state = run.conclusion ?? run.status;
  const { title, summary, text } = run.output;
  return html`<details class="box" open><summary><span class="badge ${KIND[state] ?? "bad"}">${state.replaceAll("_", " ")}</span>
<b>${run.name}</b> <span class="soft">${title ?? ""}</span> <span class="soft small">by ${run.suite.app.name}</span></summary>
<div class="body">${summary === null ? html`<p class="soft">No summary.</p>` : markdown(summary)}${text === null ? null : markdown(text)}
${run.annotations.map(
  ({
    path,
    startLine,
    level,
    message,
    title: heading,
  }) => html`<blockquote class="alert alert-${level === "failure" ? "caution" : level === "warning" ? "warning" : "note"}">
<p class="alert-title">${heading ?? level} <span class="mono small soft">${path}:${startLine}</span></p><pre>${message}</pre></blockquote>`,
)}</div></details>`;
}
