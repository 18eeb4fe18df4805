import { describe, expect, it } from "vitest";
import type { RulesetJson, Sandbox } from "../../src/sandbox/index.ts";
import { fnmatch } from "../../src/sandbox/rulesets/match.ts";
import { aFolder, aRegistry, git, withToken } from "./support.ts";

const REPO = "/repos/acme/registry";

/** Branches below `kept/` at any depth, except one. */
const KEPT = { conditions: { ref_name: { include: ["refs/heads/kept/**/*"], exclude: ["refs/heads/kept/free"] } } };

function ruleset(type: string, more: Partial<RulesetJson> = {}): RulesetJson {
  return { name: "rules", target: "branch", enforcement: "active", rules: [{ type }], ...KEPT, ...more };
}

describe("when refs are matched", () => {
  it.each([
    ["refs/heads/main", "refs/heads/main", true],
    ["refs/heads/*", "refs/heads/main", true],
    ["refs/heads/*", "refs/heads/a/b", false],
    ["refs/heads/**/*", "refs/heads/a/b/c", true],
    ["refs/heads/**/*", "refs/heads/main", true],
    ["refs/heads/registrar/**/*", "refs/heads/registrar/bump/provider/a", true],
    // As on GitHub: two stars at the end are one star.
    ["refs/heads/registrar/**", "refs/heads/registrar/one", true],
    ["refs/heads/registrar/**", "refs/heads/registrar/one/two", false],
    ["refs/heads/v[0-9].?", "refs/heads/v1.x", true],
    ["refs/heads/v[!0-9]", "refs/heads/v1", false],
    ["refs/heads/a.b", "refs/heads/axb", false],
  ])("%s against %s: %s", (pattern, ref, expected) => {
    expect(fnmatch(pattern, ref)).toBe(expected);
  });
});

async function keptBranch(sandbox: Sandbox) {
  const mona = sandbox.as("mona");
  const first = await mona.commit({ repository: "acme/registry", branch: "kept/one", files: { a: "1" }, message: "1" });
  const second = await mona.commit({
    repository: "acme/registry",
    branch: "kept/one",
    files: { a: "2" },
    message: "2",
  });
  return { first, second };
}

describe("when refs are protected", () => {
  const cases: [string, string, object | undefined, RegExp][] = [
    ["creation", "POST /git/refs", { ref: "refs/heads/kept/new", sha: "SECOND" }, /creations being restricted/],
    ["update", "PATCH /git/refs/heads/kept/one", { sha: "FIRST", force: true }, /Cannot update this protected ref/],
    ["deletion", "DELETE /git/refs/heads/kept/one", undefined, /Cannot delete this protected ref/],
    [
      "non_fast_forward",
      "PATCH /git/refs/heads/kept/one",
      { sha: "FIRST", force: true },
      /Cannot force-push to this branch/,
    ],
    [
      "update",
      "PUT /contents/x",
      { message: "x", content: "", branch: "kept/one" },
      /Cannot update this protected ref/,
    ],
  ];
  it.each(cases)("enforces %s for %s", async (type, name, body, message) => {
    const { sandbox, asApp } = await aRegistry();
    const { first, second } = await keptBranch(sandbox);
    sandbox.addRuleset("acme/registry", ruleset(type));
    const text = JSON.stringify(body ?? {})
      .replace("FIRST", first)
      .replace("SECOND", second);
    const answer = await asApp(name.replace(" ", ` ${REPO}`), body === undefined ? {} : { body: JSON.parse(text) });
    expect(answer.json.message).toMatch(message);
    expect(answer.status).toBe(name.startsWith("PUT") ? 409 : 422);
    expect((await asApp(`GET ${REPO}/git/ref/heads/kept/one`)).json.object.sha).toBe(second);
    expect(sandbox.violations).toEqual([]);
  });

  it("leaves excluded refs, other refs and inactive rulesets alone", async () => {
    const { sandbox } = await aRegistry();
    sandbox.addRuleset("acme/registry", ruleset("creation"));
    sandbox.addRuleset(
      "acme/registry",
      ruleset("creation", {
        enforcement: "evaluate",
        conditions: { ref_name: { include: ["~ALL"], exclude: [] } },
      }),
    );
    const mona = sandbox.as("mona");
    await mona.commit({ repository: "acme/registry", branch: "kept/free", files: { a: "" }, message: "a" });
    await mona.commit({ repository: "acme/registry", branch: "else", files: { a: "" }, message: "a" });
  });

  it.each([
    ["creation", ["HEAD:refs/heads/kept/new"], "creations being restricted"],
    ["update", ["HEAD:refs/heads/kept/one"], "Cannot update this protected ref"],
    ["deletion", ["--delete", "kept/one"], "Cannot delete this protected ref"],
    ["pull_request", ["HEAD:refs/heads/kept/one"], "Changes must be made through a pull request"],
  ])("enforces %s when git pushes", async (type, args, message) => {
    const { sandbox, token, asApp } = await aRegistry();
    const { second } = await keptBranch(sandbox);
    sandbox.addRuleset("acme/registry", ruleset(type));
    const folder = await aFolder();
    await git(folder, "clone", "-q", "-b", "kept/one", withToken(sandbox, "acme/registry", token), ".");
    await git(folder, "commit", "-q", "--allow-empty", "-m", "more");
    const pushed = await git(folder, "push", "origin", ...args);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain("push declined due to repository rule violations");
    expect(pushed.stderr).toContain(message);
    expect(pushed.stderr).toContain("GH013");
    expect((await asApp(`GET ${REPO}/git/ref/heads/kept/one`)).json.object.sha).toBe(second);
    expect((await asApp(`GET ${REPO}/git/matching-refs/heads/kept`)).json).toHaveLength(1);
    expect(sandbox.violations).toEqual([]);
  });

  it("enforces non_fast_forward when git pushes by force", async () => {
    const { sandbox, token, asApp } = await aRegistry();
    const { second } = await keptBranch(sandbox);
    sandbox.addRuleset("acme/registry", ruleset("non_fast_forward"));
    const folder = await aFolder();
    await git(folder, "clone", "-q", "-b", "kept/one", withToken(sandbox, "acme/registry", token), ".");
    await git(folder, "reset", "-q", "--hard", "HEAD~1");
    expect((await git(folder, "push", "--force", "origin", "HEAD:kept/one")).code).not.toBe(0);
    expect((await asApp(`GET ${REPO}/git/ref/heads/kept/one`)).json.object.sha).toBe(second);
    await git(folder, "reset", "-q", "--hard", "origin/kept/one");
    await git(folder, "commit", "-q", "--allow-empty", "-m", "more");
    expect((await git(folder, "push", "origin", "HEAD:kept/one")).code).toBe(0);
  });
});
