import { describe, expect, it } from "vitest";
import { markdown } from "../../src/sandbox/pages/markdown.ts";
import { aPullRequest, aRegistry } from "./support.ts";

const REPO = "/repos/acme/registry";
const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>"'&`;

async function page(url: string) {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** No element or attribute that could do something. */
function expectHarmless(text: string): void {
  // What is escaped has no angle brackets left, so these are the elements that a browser would see.
  const elements = text.match(/<[^>]*>/g) ?? [];
  const dangerous = /^<(script|img|iframe|form|input|object|svg)\b|\son\w+\s*=|javascript:/i;
  expect(elements.filter((element) => dangerous.test(element))).toEqual([]);
  expect(elements.filter((element) => element === "<style>")).toHaveLength(1);
}

describe("when Markdown is rendered", () => {
  it.each([
    ["a table", "| a | b |\n|---|---|\n| 1 | 2 |", "<table>"],
    ["a fold", "<details><summary>More</summary>\n\n**bold**\n\n</details>", "<details><summary>More</summary>"],
    ["code", "```json\n{}\n```", '<pre><code class="language-json">{}'],
    ["a line break", "one\ntwo", "one<br />\ntwo"],
    ["an alert", "> [!WARNING]\n> Careful", 'class="alert alert-warning"'],
    ["tasks", "- [x] done\n- [ ] open", "<li>☑ done</li>"],
    ["a link", "https://example.com/x", '<a href="https://example.com/x"'],
  ])("keeps %s", (_, text, expected) => {
    expect(markdown(text).text).toContain(expected);
  });

  it.each([
    ["scripts", "<script>alert(1)</script>", /script|alert/],
    ["comments", "a <!-- secret --> b", /secret|--/],
    ["handlers", '<b onclick="alert(1)">x</b>', /onclick/],
    ["javascript links", "[x](javascript:alert(1)) <a href='javascript:alert(1)'>y</a>", /href="javascript/],
    ["images", "![x](https://evil.example/x.png) <img src=x>", /<img/],
    ["frames and forms", "<iframe src=x></iframe><form><input></form>", /iframe|form|input/],
    ["styles and classes", '<p style="position:fixed" class="badge">x</p><style>*{}</style>', /style|badge/],
    ["refreshes", '<meta http-equiv="refresh" content="0;url=http://evil">', /meta|evil/],
  ])("drops %s", (_, text, forbidden) => {
    expect(markdown(text).text).not.toMatch(forbidden);
  });
});

describe("when a page is asked for", () => {
  it("shows everything about a pull request, and refreshes itself", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    const summary = "All **fine**\n\n| rule | says |\n|---|---|\n| sums | pass |";
    await asApp(`POST ${REPO}/check-runs`, {
      body: { name: "registrar", head_sha: head, conclusion: "success", output: { title: "Passed", summary } },
    });
    await sandbox.as("olga").comment({ repository: "acme/registry", number, body: "Thanks *a lot*" });
    await asApp(`POST ${REPO}/pulls/${number}/reviews`, {
      body: {
        event: "COMMENT",
        body: "See below",
        comments: [{ path: "providers/acme/two.json", line: 1, body: "this line" }],
      },
    });
    const { status, text, headers } = await page(`${sandbox.serverUrl}/acme/registry/pull/${number}`);
    expect(status).toBe(200);
    for (const part of [
      "Add two",
      "open",
      "mona",
      head.slice(0, 7),
      "registrar",
      "<strong>fine</strong>",
      "<td>pass</td>",
      "<em>a lot</em>",
      "See below",
      "this line",
      "providers/acme/two.json",
      "+{}",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('<meta http-equiv="refresh" content="2">');
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).not.toMatch(/(src|href)="https?:/);
    await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    expect((await page(`${sandbox.serverUrl}/acme/registry/pull/${number}`)).text).toContain("badge merged");
    expect(sandbox.violations).toEqual([]);
  });

  it.each([
    ["/", ["acme/registry", "Registrar"]],
    ["/acme/registry", ["providers", "Registry</h1>", "git clone"]],
    ["/acme/registry/pulls", ["Add two"]],
    ["/acme/registry/blob/main/providers/acme/one.json", ["&quot;versions&quot;"]],
    ["/acme/registry/blob/change/providers", ["providers/acme"]],
    ["/acme/registry/releases", ["v1.0.0", "a.zip"]],
    ["/acme/registry/releases/tag/v1.0.0", ["v1.0.0", "sha256:"]],
    ["/_sandbox/log", ["Violations (0)", "POST"]],
  ])("shows %s", async (path, parts) => {
    const { sandbox, asApp } = await aRegistry();
    await aPullRequest(sandbox);
    await sandbox
      .as("mona")
      .release({ repository: "acme/registry", tag: "v1.0.0", assets: [{ name: "a.zip", bytes: "a" }] });
    await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    const { status, text } = await page(`${sandbox.serverUrl}${path}`);
    expect(status).toBe(200);
    for (const part of parts) expect(text).toContain(part);
  });

  it.each([
    "/nobody/nothing",
    "/acme/registry/pull/99",
    "/acme/registry/blob/main/none",
    "/acme/registry/releases/tag/none",
    "/%zz",
  ])("does not find %s", async (path) => {
    const { sandbox } = await aRegistry();
    expect((await page(`${sandbox.serverUrl}${path}`)).status).toBeGreaterThanOrEqual(400);
    expect(sandbox.violations).toEqual([]);
  });

  it("gives raw files as text, whatever they are", async () => {
    const { sandbox } = await aRegistry();
    await sandbox
      .as("mona")
      .commit({ repository: "acme/registry", branch: "main", files: { "x.html": HOSTILE }, message: "x" });
    const { text, headers } = await page(`${sandbox.serverUrl}/acme/registry/raw/main/x.html`);
    expect(text).toBe(HOSTILE);
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("escapes everything that somebody wrote", async () => {
    const { sandbox, asApp } = await aRegistry();
    const mona = sandbox.as("mona");
    const path = "providers/<img src=x onerror=alert(1)>.json";
    await mona.commit({
      repository: "acme/registry",
      branch: "evil",
      files: { [path]: `${HOSTILE}\n`, "README.md": HOSTILE },
      message: HOSTILE,
    });
    const number = await mona.openPullRequest({
      repository: "acme/registry",
      head: "evil",
      title: HOSTILE,
      body: HOSTILE,
    });
    await mona.comment({ repository: "acme/registry", number, body: HOSTILE });
    await mona.review({ repository: "acme/registry", number, event: "COMMENT", body: HOSTILE });
    const head = (await asApp(`GET ${REPO}/pulls/${number}`)).json.head.sha;
    const annotations = [
      { path, start_line: 1, end_line: 1, annotation_level: "failure", message: HOSTILE, title: HOSTILE },
    ];
    const output = { title: HOSTILE, summary: HOSTILE, annotations };
    await asApp(`POST ${REPO}/check-runs`, { body: { name: HOSTILE, head_sha: head, conclusion: "failure", output } });
    await mona.label({ repository: "acme/registry", number, add: [HOSTILE] });
    await mona.release({
      repository: "acme/registry",
      tag: "v1.0.0",
      name: HOSTILE,
      body: HOSTILE,
      target: "evil",
      assets: [{ name: "a", bytes: "a" }],
    });
    await fetch(`${sandbox.apiUrl}/repos/<script>alert(1)</script>/x`);
    await asApp(`PUT ${REPO}/pulls/${number}/merge`);
    const paths = [
      "",
      "/acme/registry",
      "/acme/registry/pulls",
      `/acme/registry/pull/${number}`,
      "/acme/registry/releases",
      "/acme/registry/releases/tag/v1.0.0",
      "/acme/registry/blob/main/README.md",
      "/acme/registry/blob/main/providers",
      `/acme/registry/blob/main/${encodeURIComponent(path)}`,
      "/_sandbox/log",
    ];
    for (const one of paths) {
      const { status, text } = await page(`${sandbox.serverUrl}${one}`);
      expect(status).toBe(200);
      expectHarmless(text);
    }
  });
});

describe("when somebody adds a control endpoint", () => {
  it("answers below /_sandbox/, with the body", async () => {
    const { sandbox } = await aRegistry();
    sandbox.handle("/_sandbox/echo", async (_, response, body) => {
      response.end(`echo ${body}`);
    });
    const answer = await fetch(`${sandbox.serverUrl}/_sandbox/echo/x`, { method: "POST", body: "hi" });
    expect(await answer.text()).toBe("echo hi");
    expect(() => sandbox.handle("/elsewhere", async () => undefined)).toThrow(/_sandbox/);
  });
});
