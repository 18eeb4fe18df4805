import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderRulesPage } from "../../src/policy/messages/rules-page.ts";
import { ruleUrl } from "../../src/policy/urls.ts";
import { rules } from "../../src/rules/index.ts";
import { githubLike } from "../support/markdown.ts";

const file = join(import.meta.dirname, "../../docs/rules.md");
const page = readFileSync(file, "utf8");

describe("docs/rules.md", () => {
  it("is what the rules say; `npx vitest run test/docs/rules.test.ts -u` writes it", async () => {
    await expect(renderRulesPage(rules)).toMatchFileSnapshot(file);
  });

  it.each([...new Set(rules.map(({ code }) => code))])("has the place to which texts about %s link, once", (code) => {
    const [, anchor] = ruleUrl("https://x", code)?.split("#") ?? [];
    // GitHub makes an anchor of a heading by its text in small letters, with hyphens for spaces.
    const headings = page.split("\n").filter((line) => line === `## ${anchor}`);
    expect(headings).toHaveLength(1);
  });

  it("is Markdown without accidents: no HTML, no heading but those of rules", () => {
    const html = githubLike().render(page.replace(/<!--.*?-->/s, ""));
    expect(html.match(/<h2>/g)).toHaveLength(new Set(rules.map(({ code }) => code)).size);
    const tags = [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map((match) => match[1] ?? "");
    const expected = "h1 h2 p strong code em a ul li table thead tbody tr th td".split(" ");
    expect([...new Set(tags)].filter((tag) => !expected.includes(tag))).toEqual([]);
  });
});
