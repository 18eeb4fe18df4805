import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { commandLines } from "../../../src/policy/commands/command-lines.ts";

const stop = "/registrar stop";

describe("commandLines", () => {
  it.each([
    ["alone", stop],
    ["behind other text", `Thanks!\n${stop}`],
    ["with Windows' line ends", `Thanks!\r\n${stop}\r\n`],
    ["behind a quotation that a blank line ends", `> what you said\n\n${stop}`],
    ["behind a list that a blank line ends", `- a\n- b\n\n${stop}`],
    ["behind a code block", `\`\`\`\nx\n\`\`\`\n${stop}`],
    ["behind a code block of other signs", `~~~~ text\n\`\`\`\n~~~~\n${stop}`],
    ["behind a hidden remark", `<!-- a\n\nb -->\n\n${stop}`],
    ["behind a closed quotation in HTML", `<blockquote>\n\nx\n\n</blockquote>\n\n${stop}`],
    ["behind something folded with code in it", `<details>\n\n\`\`\`\nx\n\`\`\`\n\n</details>\n\n${stop}`],
    ["behind code within a line", `it says \`x\`\n${stop}`],
    ["before a quotation", `${stop}\n> why`],
  ])("finds a command %s", (_, body) => {
    expect(commandLines(body)).toEqual([stop]);
  });

  it.each([
    ["in a quotation", `> ${stop}`],
    ["in a quotation within a quotation", `> > ${stop}`],
    ["in a paragraph that a quotation began", `> what you said\n${stop}`],
    ["in a list", `- ${stop}`],
    ["in an item that goes on", `1. first\n${stop}`],
    ["in a code block", `\`\`\`\n${stop}\n\`\`\``],
    ["in a code block that is never closed", `\`\`\`sh\n\n${stop}`],
    ["in a code block that a shorter fence does not close", `\`\`\`\`\n\`\`\`\n${stop}\n\`\`\`\``],
    ["in a code block with other signs inside", `~~~\n\`\`\`\n${stop}\n~~~`],
    ["in indented code", `    ${stop}`],
    ["behind a tab", `\t${stop}`],
    ["in the middle of a line", `please ${stop}`],
    ["in code within a line", `\`${stop}\``],
    ["in a hidden remark", `<!--\n${stop}\n-->`],
    ["in a hidden remark with blank lines", `<!--\n\n${stop}\n\n-->`],
    ["in a remark within a paragraph", `text <!--\n${stop}\n-->`],
    ["in HTML", `<div>\n${stop}\n</div>`],
    ["in a quotation in HTML", `<blockquote>\n\n${stop}\n\n</blockquote>`],
    ["in something folded", `<details><summary>x</summary>\n\n${stop}\n\n</details>`],
    ["in code that spans lines", `a \`\n${stop}\n\``],
    ["in an attribute of a tag", `a <b title="\n${stop}\n">`],
    ["in the text of an image", `![\n${stop}\n](x.png)`],
    ["in a formula", `$$\n${stop}\n$$`],
    ["in preformatted text", `<pre>\n\n${stop}\n</pre>`],
    ["with another word", "/registrarx stop"],
    ["with a capital", "/Registrar stop"],
    ["behind a space that looks like none", `\u200b${stop}`],
    ["behind a mark that turns the text around", `\u202e${stop}`],
  ])("finds nothing %s", (_, body) => {
    expect(commandLines(body)).toEqual([]);
  });

  it("finds several, each on its line", () => {
    expect(commandLines("/registrar explain\n/registrar recheck\n\n/registrar help")).toHaveLength(3);
  });

  it("takes a moment for whatever GitHub lets through", () => {
    for (const piece of [
      "> ",
      "<!--",
      "```\n",
      "- ",
      "<pre>",
      "`",
      "<a ",
      "\n",
      "/registrar ",
      "<blockquote",
      "    ",
    ]) {
      const started = performance.now();
      commandLines(piece.repeat(Math.floor(65_536 / piece.length)));
      expect(performance.now() - started, JSON.stringify(piece)).toBeLessThan(500);
    }
  });

  it("never finds one that Markdown shows elsewhere than in a paragraph of the comment itself", () => {
    const piece = fc.constantFrom(
      ...["/registrar stop", "text", "> ", "- ", "1. ", "```", "~~~", "    ", "\t", "<!--", "-->", "<div>", "</div>"],
      ...['<a title="', '">', "![", "](x)", "``", "\\", "\n/registrar stop\n", "<![CDATA[", "]]>", "?>"],
      ...[
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "`",
        "\n",
        "\n",
        "\n\n",
        " ",
        "<?",
        "<!X",
        ">",
        "|-|",
        "===",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const body = pieces.join("");
        const shown = shownLines(body).filter((line) => line.startsWith("/registrar"));
        expect(commandLines(body).length, JSON.stringify(body)).toBeLessThanOrEqual(shown.length);
      }),
      { numRuns: 3_000 },
    );
  });
});

/** The lines of a comment's own paragraphs, as a Markdown parser sees them. */
function shownLines(body: string): readonly string[] {
  const tokens = new MarkdownIt({ html: true }).parse(body, {});
  return tokens
    .filter(({ type, level }) => type === "inline" && level === 1)
    .flatMap(({ children }) => {
      const lines = [""];
      for (const child of children ?? []) {
        if (child.type === "softbreak" || child.type === "hardbreak") lines.push("");
        else lines[lines.length - 1] += child.type === "text" ? child.content : `<${child.type}>`;
      }
      return lines;
    });
}
