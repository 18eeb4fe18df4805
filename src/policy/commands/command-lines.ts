/**
 * The lines of a comment that begin with `/registrar`, outside of quotations, code, lists, HTML and hidden remarks: what a
 * reader sees as a line of the comment's own text. Where Markdown leaves doubt a line is none. Linear in the comment's length.
 */
export function commandLines(body: string): readonly string[] {
  const found: string[] = [];
  let fence: string | null = null;
  let hiddenUntil: RegExp | null = null;
  // Lines that follow a quotation, say, without a blank line between still belong to it.
  let belongs = false;
  for (const line of body.split(/\r\n|\r|\n/)) {
    if (fence !== null) {
      if (endsFence(line, fence)) fence = null;
    } else if (hiddenUntil !== null) {
      // Within a tag Markdown goes on, and what is code there ends nothing.
      if (hiddenUntil.source.startsWith("<")) fence = openingFence(line);
      if (fence === null && hiddenUntil.test(line)) hiddenUntil = null;
      belongs = true;
    } else if (line.trim() === "") {
      belongs = false;
    } else if (openingFence(line) !== null) {
      fence = openingFence(line);
      belongs = false;
    } else {
      belongs ||= beginsBlock.test(line);
      if (!belongs && isCommand.test(line)) found.push(line);
      belongs ||= leavesOpen(line);
      hiddenUntil = hides(line);
    }
  }
  return found;
}

const isCommand = /^\/registrar(?=[ \t]|$)/;

/** Quotations, list items, indented code and HTML, whose following lines belong to them until a blank one. */
const beginsBlock = /^(?: {0,3}(?:>|[-*+](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$)|<[/!?A-Za-z])| {4}| {0,3}\t)/;

/** Whether something may begin in a line that takes in the next one: code, a tag, a link or an image, a formula, a table. */
function leavesOpen(line: string): boolean {
  const ticks = line.match(/`+/g) ?? [];
  const code = ticks.length % 2 === 1 || ticks.some((run) => run !== ticks[0]) || line.includes("\\`");
  const tag = line.lastIndexOf("<") > line.lastIndexOf(">") || (line.includes("<") && /["']|<[!?]/.test(line));
  const link = count(line, "[") > count(line, "]") || line.lastIndexOf("[") > line.lastIndexOf("]");
  return code || tag || link || line.includes("$$") || line.includes("|");
}

const count = (line: string, sign: string): number => line.split(sign).length - 1;

/** What hides or sets apart everything up to its end, blank lines too. */
const hiding = [
  { begins: /^ {0,3}<!--/, ends: /-->/ },
  { begins: /^ {0,3}<\?/, ends: /\?>/ },
  { begins: /^ {0,3}<!\[CDATA\[/, ends: /\]\]>/ },
  { begins: /^ {0,3}<![A-Za-z]/, ends: />/ },
  ...["blockquote", "details", "pre", "script", "style", "textarea", "table", "ul", "ol"].map((tag) => ({
    begins: new RegExp(`<${tag}(?=[\\s/>]|$)`, "i"),
    ends: new RegExp(`</${tag}\\s*>`, "i"),
  })),
];

/** What ends the part that a line begins to hide; null where it hides nothing behind itself. */
function hides(line: string): RegExp | null {
  const open = hiding.find(({ begins, ends }) => {
    const at = line.search(begins);
    return at !== -1 && !ends.test(line.slice(at).replace(begins, ""));
  });
  return open?.ends ?? null;
}

/** The fence that a line opens, e.g. three backticks; null where it opens none. */
function openingFence(line: string): string | null {
  const [, fence = "", info = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  return fence === "" || (fence.startsWith("`") && info.includes("`")) ? null : fence;
}

function endsFence(line: string, fence: string): boolean {
  const [, end = ""] = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line) ?? [];
  return end.startsWith(fence);
}
