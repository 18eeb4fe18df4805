import { describe, expect, it } from "vitest";
import { carryOutElsewhere } from "../../../src/policy/commands/carry-out.ts";
import { pendingComments } from "../../../src/policy/commands/pending-comments.ts";
import { renderAnswer } from "../../../src/policy/messages/command-answers.ts";
import { githubLike } from "../../support/markdown.ts";

const time = "2026-03-01T12:00:00Z";

/** The answer to a comment as GitHub shows it: HTML, without the hidden line. */
function shown(body: string, login = "carl"): string {
  const author = { id: 5, login, isBot: false };
  const comment = { id: 1, number: 7, author, body, createdAt: time, updatedAt: time };
  const { answers } = carryOutElsewhere(pendingComments([comment], 99), () => null);
  const [answer] = answers;
  if (answer === undefined) throw new Error("It is not answered.");
  const text = renderAnswer(answer, null);
  expect(text.startsWith("<!-- registrar:receipt 1 5 -->\n")).toBe(true);
  return githubLike().render(text.replace(/^<!--.*?-->/, ""));
}

describe("renderAnswer", () => {
  it.each([
    "/registrar <img src=x onerror=alert(1)>",
    "/registrar ![](https://evil.test/x.png)",
    "/registrar `` ` ``` @mia #1 GH-1",
    "/registrar [x](https://evil.test) www.evil.test https://evil.test",
    "/registrar --> <script>alert(1)</script>",
    "/registrar waive **bold** @mia because <b>",
    "/registrar bump acme/@mia",
    "/registrar \u202e\u0007\u200bstop",
    `/registrar ${"`".repeat(2_000)}${"x".repeat(50_000)}`,
  ])("shows %j as what somebody wrote, and as nothing else", (body) => {
    const html = shown(body);
    expect([...html.matchAll(/<([a-z]+)/g)].map(([, tag]) => tag)).toEqual(
      expect.not.arrayContaining(["img", "a", "script", "b", "strong", "em"]),
    );
    const outsideCode = html.replace(/<code>[\s\S]*?<\/code>/g, "");
    expect(outsideCode).not.toMatch(/@mia|#1\b|GH-1|evil\.test/);
    for (const sign of ["\u202e", "\u0007"]) expect(html).not.toContain(sign);
    expect(html.length).toBeLessThan(4_000);
  });

  it("names who asked, without calling anybody", () => {
    expect(shown("/registrar help", "carl`<b>")).toContain("<p>To <code>carl`&lt;b&gt;</code>:</p>");
  });

  it("lists every command where somebody asks for help, or gets it wrong", () => {
    for (const body of ["/registrar help", "/registrar halp"]) {
      const html = shown(body);
      for (const word of [
        "recheck",
        "explain",
        "stop",
        "resume",
        "waive RULE @COMMIT",
        "bump NAMESPACE/NAME",
        "help",
      ]) {
        expect(html, body).toContain(`/registrar ${word}`);
      }
    }
  });
});
