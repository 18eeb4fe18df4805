import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeSpan, escapeMarkdown, sentenceToMarkdown } from "../../src/policy/markdown.ts";
import { plainText } from "../../src/registry/plain-text.ts";
import { hostileText, hostileTexts } from "../support/hostile-texts.ts";
import { githubLike } from "../support/markdown.ts";

/** As generous as can be: GitHub itself allows less HTML and makes fewer links. */
const markdown = githubLike();
const tagsOf = (html: string): readonly string[] => [
  ...new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => match[1] ?? "")),
];
/** What a reader sees; the invisible breaks are not seen. */
const seen = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("\u200b", "")
    .trim();

describe.each([
  ["escapeMarkdown", escapeMarkdown, ["p"]],
  ["codeSpan", codeSpan, ["p", "code"]],
  ["sentenceToMarkdown", sentenceToMarkdown, ["p", "code"]],
] as const)("%s", (_, render, allowed) => {
  /** The places at which comments have such texts. */
  const places: readonly ((text: string) => readonly [string, readonly string[]])[] = [
    (text) => [render(text), allowed],
    (text) => [`- ❌ \`code\` ${render(text)}`, [...allowed, "ul", "li", "code"]],
    (text) => [`1. ${render(text)}`, [...allowed, "ol", "li"]],
    (text) => [`### ❌ ${render(text)}`, [...allowed, "h3"]],
    (text) => [`a ${render(text)} b`, allowed],
    (text) => [
      `| a | b |\n|---|---|\n| x | ${render(text)} |`,
      [...allowed, "table", "thead", "tbody", "tr", "th", "td"],
    ],
  ];
  const check = (text: string) => {
    for (const place of places) {
      const [source, tags] = place(text);
      const html = markdown.render(source);
      expect([text, tagsOf(html).filter((tag) => !tags.includes(tag))]).toEqual([text, []]);
      expect(html).not.toContain("<!--");
    }
    // A table's row stays a row of two cells, a list's item one item.
    const row = markdown.render(places[5]?.(text)[0] ?? "");
    expect([text, row.match(/<td>/g)?.length]).toEqual([text, 2]);
    expect(markdown.render(places[1]?.(text)[0] ?? "").match(/<li>/g)).toHaveLength(1);
  };

  it.each(hostileTexts)("makes nothing but text of %j", (text) => {
    check(text);
  });

  it("makes nothing but text of anything", () => {
    fc.assert(
      fc.property(hostileText, (text) => check(text)),
      { numRuns: 1500 },
    );
  });

  it("never breaks out of its line", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(render(text)).not.toMatch(/[\r\n\u2028\u2029]/);
      }),
    );
  });
});

describe("escapeMarkdown", () => {
  it.each([
    "a plain sentence.",
    "1.2.3",
    "docs/operators.md",
    "1. first",
    "- x",
    "\\",
    "a|b",
    "<b>",
    "me@example.com",
    "#1",
  ])("lets people read %j as it is", (text) => {
    expect(seen(markdown.render(escapeMarkdown(text)))).toBe(text);
  });

  it.each([
    ["a mention", "@acme", /@\w/],
    ["a mention of a team", "@acme/team", /@\w/],
    ["a reference", "acme/dns#12", /#\d/],
    ["another form of reference", "GH-12", /GH-\d/i],
    ["the same in lower case", "gh-12", /GH-\d/i],
    ["a link", "https://evil.example", /:\/\//],
    ["a link of another kind", "www.evil.example", /www\./i],
  ])("leaves nothing in the text that GitHub would make %s of, wherever it reads it", (_, text, pattern) => {
    expect(markdown.renderInline(escapeMarkdown(text))).not.toMatch(pattern);
  });
});

describe("codeSpan", () => {
  it.each(["a", "`", "``", "a`b", "`a`", " a ", "a\\", "<b>", "@acme #1 https://x.example"])(
    "shows %j as it is",
    (text) => {
      const html = markdown.renderInline(codeSpan(text));
      expect(html).toMatch(/^<code>.*<\/code>$/);
      expect(seen(html)).toBe(text.trim());
    },
  );

  it("is nothing for nothing", () => {
    expect(codeSpan("")).toBe("");
  });
});

describe("sentenceToMarkdown", () => {
  it("makes code of quoted values and long hex, and text of the rest", () => {
    const html = markdown.renderInline(sentenceToMarkdown(`commit is "a*b"; the release says ${"ab".repeat(20)}.`));
    expect(html).toBe(`commit is <code>a*b</code>; the release says <code>${"ab".repeat(20)}</code>.`);
  });

  it("keeps neighbouring values apart", () => {
    expect(seen(markdown.renderInline(sentenceToMarkdown('"a""b"')))).toMatch(/^a ?b$/);
    expect(markdown.renderInline(sentenceToMarkdown('"a""b"'))).toMatch(/<code>a<\/code>.?<code>b<\/code>/);
  });

  it("shows all of any plain text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const squeezed = (one: string) => one.replace(/["\\\s]/g, "").replaceAll("|", "¦");
        expect(squeezed(seen(markdown.renderInline(sentenceToMarkdown(plainText(text)))))).toBe(
          squeezed(plainText(text)),
        );
      }),
      { numRuns: 500 },
    );
  });
});
