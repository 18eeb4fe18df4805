import { diffLines } from "../actions/diff-lines.ts";
import type { ReviewComment } from "../entities/thread.ts";
import type { DiffFile } from "../git/diff.ts";
import { type Html, html } from "./html.ts";
import { markdown } from "./markdown.ts";

/** The files of a change, with the comments on their lines. */
export function showDiff(files: readonly DiffFile[], comments: readonly ReviewComment[] = []): Html {
  return html`${files.map((file) =>
    showFile(
      file,
      comments.filter(({ path }) => path === file.path),
    ),
  )}`;
}

function showFile(file: DiffFile, comments: readonly ReviewComment[]): Html {
  const renamed = file.previousPath === null ? null : html`${file.previousPath} → `;
  return html`<details class="box" open><summary><span class="mono">${renamed}${file.path}</span>
<span class="soft small">${file.status}</span> <span class="plus small">+${file.additions}</span> <span class="minus small">−${file.deletions}</span></summary>
${file.patch === null ? html`<div class="body soft">No lines to show.</div>` : showPatch(file.patch, comments)}</details>`;
}

function showPatch(patch: string, comments: readonly ReviewComment[]): Html {
  const lines = diffLines(patch).map((line) => {
    const sign = line.text[0];
    const kind = sign === "+" ? "add" : sign === "-" ? "del" : line.text.startsWith("@@") ? "at" : "same";
    const notes = comments.filter(({ side, line: at }) => (side === "LEFT" ? line.old : line.new) === at);
    return html`<div class="line ${kind}"><i>${line.old}</i><i>${line.new}</i><span>${line.text}</span></div>${notes.map(showNote)}`;
  });
  return html`<div class="diff">${lines}</div>`;
}

export function showNote(comment: ReviewComment): Html {
  return html`<div class="note"><b>${comment.author.login}</b> <span class="soft small">on line ${comment.line}</span>${markdown(comment.body)}</div>`;
}
