import { pullCommits, pullFiles } from "../actions/pull-numbers.ts";
import type { Account } from "../entities/account.ts";
import type { PullThread, Review, Thread } from "../entities/thread.ts";
import { nameOf } from "../store.ts";
import { showChecks } from "./checks.ts";
import { showDiff, showNote } from "./diff.ts";
import { type Html, html } from "./html.ts";
import { ago, type Page, short } from "./layout.ts";
import { markdown } from "./markdown.ts";
import { stateBadge } from "./pulls.ts";
import { trailOf } from "./repository.ts";

export async function threadPage(thread: Thread): Promise<Page> {
  const { repository, number, title } = thread;
  const name = nameOf(repository);
  const kind = thread.pull === null ? "issues" : "pull";
  return {
    title: `${title} · #${number} · ${name}`,
    trail: [...trailOf(repository), { text: `#${number}`, href: `/${name}/${kind}/${number}` }],
    ...(isSettled(thread) ? {} : { refresh: 2 }),
    body: html`<h1>${title} <span class="soft">#${number}</span></h1>
<p>${stateBadge(thread)} ${thread.pull === null ? html`<b>${thread.author.login}</b> opened this issue ${ago(thread.createdAt)}` : await heading(thread as PullThread)}
${thread.labels.map(({ name: label }) => html` <span class="tag">${label}</span>`)}</p>
${thread.pull === null ? null : html`<h2>Checks</h2>${showChecks(repository, thread.pull.head.sha)}`}
<h2>Conversation</h2>${conversation(thread)}
${thread.pull === null ? null : await files(thread as PullThread)}`,
  };
}

/** A page that can change no more by itself is left alone, so that it can be read and unfolded. */
function isSettled({ state, pull, repository, updatedAt }: Thread): boolean {
  if (pull === null || Date.now() - Date.parse(updatedAt) < 15_000) return false;
  if (state === "closed") return true;
  const runs = repository.suites.filter(({ headSha }) => headSha === pull.head.sha).flatMap(({ runs }) => runs);
  return runs.length > 0 && runs.every(({ status }) => status === "completed");
}

async function heading(thread: PullThread): Promise<Html> {
  const { pull, author } = thread;
  const count = (await pullCommits(thread)).length;
  const what = html`${count} commit${count === 1 ? "" : "s"} into <code>${pull.base.ref}</code> from <code>${pull.head.owner.login}:${pull.head.ref}</code>, head ${short(pull.head.sha)}`;
  if (pull.merged !== null)
    return html`<b>${pull.merged.by.login}</b> merged ${what} as ${short(pull.merged.sha)} ${ago(pull.merged.at)}`;
  return html`<b>${author.login}</b> wants to merge ${what}`;
}

async function files(thread: PullThread): Promise<Html> {
  const changed = await pullFiles(thread);
  const current = thread.pull.reviewComments.filter(({ commitId }) => commitId === thread.pull.head.sha);
  return html`<h2>${changed.length} file${changed.length === 1 ? "" : "s"} changed</h2>${showDiff(changed, current)}`;
}

const SAID: Readonly<Record<Review["state"], string>> = {
  APPROVED: "approved these changes",
  CHANGES_REQUESTED: "requested changes",
  COMMENTED: "reviewed",
  DISMISSED: "left a review that was dismissed",
  PENDING: "is writing a review",
};

function conversation(thread: Thread): Html {
  const first = {
    at: thread.createdAt,
    id: 0,
    shown: speech(thread.author, { said: "opened", at: thread.createdAt, body: markdown(thread.body) }),
  };
  const comments = thread.comments.map(({ author, body, createdAt, updatedAt, id }) => ({
    at: createdAt,
    id,
    shown: speech(author, {
      said: updatedAt === createdAt ? "commented" : "commented, edited",
      at: createdAt,
      body: markdown(body),
    }),
  }));
  const reviews = (thread.pull?.reviews ?? [])
    .filter(({ state }) => state !== "PENDING")
    .map((review) => {
      const notes = thread.pull?.reviewComments.filter(({ reviewId }) => reviewId === review.id) ?? [];
      const body = html`${review.body === "" ? null : markdown(review.body)}${notes.map(
        (note) => html`<p class="mono small">${note.path}</p>${showNote(note)}`,
      )}`;
      const at = review.submittedAt ?? "";
      return { at, id: review.id, shown: speech(review.author, { said: SAID[review.state], at, body }) };
    });
  const all = [first, ...comments, ...reviews].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
  return html`${all.map(({ shown }) => shown)}`;
}

function speech(author: Account, { said, at, body }: { said: string; at: string; body: Html }): Html {
  return html`<div class="box"><div class="head small"><b>${author.login}</b>
${author.type === "Bot" ? html`<span class="tag">bot</span>` : null}<span class="soft">${said} ${ago(at)}</span></div>
${body.text === "" ? null : html`<div class="body">${body}</div>`}</div>`;
}
