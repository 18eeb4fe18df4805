import MarkdownIt from "markdown-it";

/** Markdown as GitHub reads it: HTML, tables, and links of what begins with http:, https:, ftp: or www. (GFM, section 6.9). */
export function githubLike(): Pick<InstanceType<typeof MarkdownIt>, "render" | "renderInline"> {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  return markdown;
}
