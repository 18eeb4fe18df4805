/**
 * Breaks what Markdown and GitHub would make of a plain text: formatting, HTML, mentions, references and links. Backslashes
 * serve for Markdown; what GitHub looks for in the finished text is broken by an invisible space.
 */
export function escapeMarkdown(text: string): string {
  return escapeInline(text).replace(/^( ?\d*)([-+=.)])/, "$1\\$2");
}

/** The same for what never stands at the beginning of a line. */
function escapeInline(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]<>#!|~&$]/g, (character) => `\\${character}`)
    .replace(/(?<=\S)@|@(?=[\w-])/g, `${zeroWidth}@${zeroWidth}`)
    .replace(/#(?=\d)/g, `#${zeroWidth}`)
    .replace(/GH-(?=\d)/gi, (match) => `${match}${zeroWidth}`)
    .replace(/www(?=\.)/gi, (match) => `${match}${zeroWidth}`)
    .replace(/\/(?=\/)|:(?=\S)/g, (character) => `${character}${zeroWidth}`);
}

const zeroWidth = "\u200b";

/** A code span that its content cannot end. Mentions, references and links mean nothing inside one. */
export function codeSpan(text: string): string {
  const content = text.replace(/\s+/g, " ").replaceAll("|", "\u00a6");
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  const padding = /^[` ]|[` ]$/.test(content) ? " " : "";
  return content === "" ? "" : `${fence}${padding}${content}${padding}${fence}`;
}

/** A finding's plain text as Markdown: values in double quotes and long hex become code, all else is escaped. */
export function sentenceToMarkdown(text: string): string {
  const pieces = text.split(/("(?:[^"\\]|\\.)*"|\b[0-9A-Fa-f]{16,64}\b)/);
  return pieces
    .map((piece, index) =>
      index % 2 === 1 ? codeSpan(unquote(piece)) : index === 0 ? escapeMarkdown(piece) : escapeInline(piece),
    )
    .reduce(joinSpans, "");
}

/** Two code spans side by side would be one whose end is elsewhere. */
const joinSpans = (before: string, next: string): string =>
  before.endsWith("`") && next.startsWith("`") ? `${before} ${next}` : before + next;

const unquote = (piece: string): string => (piece.startsWith('"') && piece.length > 2 ? piece.slice(1, -1) : piece);
