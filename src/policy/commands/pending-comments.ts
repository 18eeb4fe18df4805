import type { IssueComment } from "../../github/port.ts";
import type { CommandLine } from "./command.ts";
import { parseCommands } from "./parse-commands.ts";

/** A comment with commands that nobody has answered yet. */
export interface PendingComment {
  readonly comment: IssueComment;
  readonly lines: readonly CommandLine[];
  /** Whether its author has given so many commands lately that this one is only answered; what comes then is not even that. */
  readonly tooMany: boolean;
}

/** Comments with commands that one person gets carried out on one pull request within an hour. */
export const mostAnAuthor = 20;
const hourMs = 3_600_000;

/** The hidden first line of an answer: which comment it answers, and whose. */
export const receiptMarker = ({ id, author }: Pick<IssueComment, "id" | "author">): string =>
  `<!-- registrar:receipt ${id} ${author.id} -->`;

const receiptForm = /^<!-- registrar:receipt (\d+) (\d+) -->/;

/**
 * The comments whose commands are to be carried out, oldest first. Each is carried out as it was created: whoever edits one
 * has to write a new one. An answer of ours is what shows that one is done, so nothing has to be remembered.
 */
export function pendingComments(comments: readonly IssueComment[], botId: number | null): readonly PendingComment[] {
  const { given, answered, done } = sortOut(comments, botId);
  // Deleting commands does not make room for others: what was answered still counts.
  const asked = [
    ...given.map(({ comment: { id, author, createdAt } }) => ({ id, authorId: author.id, at: createdAt })),
    ...answered.filter(({ id }) => given.every(({ comment }) => comment.id !== id)),
  ];
  return given
    .filter(({ comment }) => !done.has(comment.id))
    .map((one) => ({ ...one, before: askedBefore(one.comment, asked) }))
    .filter(({ before }) => before <= mostAnAuthor)
    .map(({ before, ...one }) => ({ ...one, tooMany: before === mostAnAuthor }));
}

/**
 * The comments that have stopped a pull request or let it go on, as far as they are answered: what follows from them is
 * found again where nothing is kept of it any more.
 */
export function answeredStops(comments: readonly IssueComment[], botId: number | null): readonly PendingComment[] {
  const { given, done } = sortOut(comments, botId);
  return given
    .filter(({ comment }) => done.has(comment.id))
    .map(({ comment, lines }) => ({ comment, lines: lines.filter(isAboutStopping), tooMany: false }))
    .filter(({ lines }) => lines.length > 0);
}

const isAboutStopping = ({ read }: CommandLine): boolean =>
  read.ok && (read.command.kind === "stop" || read.command.kind === "resume");

/** Comments with commands, oldest first; our answers; and the ids of the comments that they answer. */
function sortOut(comments: readonly IssueComment[], botId: number | null) {
  // Who cannot tell its own answers from others' would answer for ever.
  if (botId === null) return { given: [], answered: [], done: new Set<number>() };
  const answered = comments.filter(({ author }) => author.id === botId).flatMap(receiptOf);
  const given = comments
    .filter((comment) => isGenuine(comment, botId))
    .map((comment) => ({ comment, lines: parseCommands(comment.body) }))
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => a.comment.id - b.comment.id);
  return { given, answered, done: new Set(answered.map(({ id }) => id)) };
}

const isGenuine = ({ author, createdAt, updatedAt }: IssueComment, botId: number): boolean =>
  !author.isBot && author.id !== botId && author.id > 0 && createdAt === updatedAt;

function receiptOf({ body, createdAt }: IssueComment) {
  const [, id, author] = receiptForm.exec(body) ?? [];
  return id === undefined ? [] : [{ id: Number(id), authorId: Number(author), at: createdAt }];
}

function askedBefore(
  { id, author, createdAt }: IssueComment,
  asked: readonly { readonly id: number; readonly authorId: number; readonly at: string }[],
): number {
  const since = Date.parse(createdAt) - hourMs;
  return asked.filter((other) => other.authorId === author.id && other.id < id && Date.parse(other.at) >= since).length;
}
