import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";
import { Html } from "./html.ts";

const renderer = new MarkdownIt({ html: true, linkify: true, breaks: true });

/** Close to what GitHub lets through, without images: no page asks for anything from outside. https://github.github.com/gfm/ */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...[
      "h1",
      "h2",
      "h3",
      "h4",
      "h5",
      "h6",
      "p",
      "br",
      "hr",
      "div",
      "span",
      "blockquote",
      "pre",
      "code",
      "a",
      "strong",
      "b",
    ],
    ...["em", "i", "s", "del", "ins", "sub", "sup", "kbd", "samp", "var", "q", "ul", "ol", "li", "dl", "dt", "dd"],
    ...["table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "details", "summary", "tt"],
  ],
  allowedAttributes: {
    a: ["href", "title", "rel"],
    code: ["class"],
    th: ["align", "colspan", "rowspan"],
    td: ["align", "colspan", "rowspan"],
    details: ["open"],
    ol: ["start"],
  },
  allowedClasses: { code: ["language-*"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: { a: sanitizeHtml.simpleTransform("a", { rel: "nofollow noopener noreferrer" }) },
};

/** What somebody wrote, rendered as GitHub does: scripts, styles, handlers, forms and HTML comments are gone. */
export function markdown(text: string | null): Html {
  if (text === null || text.trim() === "") return new Html('<p class="soft"><i>No description provided.</i></p>');
  const clean = sanitizeHtml(renderer.render(text), ALLOWED);
  return new Html(withTasks(withAlerts(clean)));
}

/** https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
function withAlerts(clean: string): string {
  return clean.replace(
    /<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br \/>|<br>)?\s*/g,
    (_, kind: string) =>
      `<blockquote class="alert alert-${kind.toLowerCase()}"><p class="alert-title">${kind[0]}${kind.slice(1).toLowerCase()}</p><p>`,
  );
}

function withTasks(clean: string): string {
  return clean.replace(
    /<li>(\s*(?:<p>)?)\[([ xX])\] /g,
    (_, start: string, mark: string) => `<li>${start}${mark === " " ? "☐" : "☑"} `,
  );
}
