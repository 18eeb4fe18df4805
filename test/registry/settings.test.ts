import { describe, expect, it } from "vitest";
import { defaultSettings, parseSettings, type Settings, SettingsSchema } from "../../src/registry/settings.ts";

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseSettings(text);
  return parsed.ok ? [] : parsed.problems;
};

describe("parseSettings", () => {
  it.each([
    ["no file", null],
    ["an empty file", ""],
    ["a comment", "# nothing yet\n"],
    ["an empty mapping", "{}"],
    ["null", "null"],
    ["an empty document", "---\n"],
  ])("gives the defaults for %s", (_, text) => {
    expect(parseSettings(text)).toEqual({ ok: true, settings: defaultSettings });
  });

  it("holds where it is in doubt by default", () => {
    expect(defaultSettings).toEqual({
      layout: null,
      paused: false,
      mergeMethod: "merge",
      policy: { settleSeconds: 120, unsigned: "hold", expiredKeys: "pass", weakSignatures: "hold" },
    } satisfies Settings);
  });

  it.each([
    ["layout: plain", { layout: "plain" }],
    ["layout: lettered", { layout: "lettered" }],
    ["paused: true", { paused: true }],
    ["merge_method: merge", { mergeMethod: "merge" }],
    ["merge_method: squash", { mergeMethod: "squash" }],
    ["merge_method: rebase", { mergeMethod: "rebase" }],
    ["policy: {settle: 30s}", { policy: { settleSeconds: 30 } }],
    ["policy: {settle: 0s}", { policy: { settleSeconds: 0 } }],
    ["policy: {settle: 5m}", { policy: { settleSeconds: 300 } }],
    ["policy: {settle: 9999h}", { policy: { settleSeconds: 9999 * 3600 } }],
    ["policy: {unsigned: allow}", { policy: { unsigned: "allow" } }],
    ["policy: {unsigned: hold}", { policy: { unsigned: "hold" } }],
    ["policy: {expired_keys: hold}", { policy: { expiredKeys: "hold" } }],
    ["policy: {weak_signatures: pass}", { policy: { weakSignatures: "pass" } }],
    ["policy: {}", {}],
    ['"paused": true # as JSON', { paused: true }],
    ["layout: plain\r\npaused: true\r\n", { layout: "plain", paused: true }],
    ["layout: &l plain\nmerge_method: merge", { layout: "plain" }],
  ])("reads %s", (text, expected) => {
    const parsed = parseSettings(text);
    expect(parsed).toMatchObject({ ok: true, settings: expected });
    expect(parsed.ok && { ...parsed.settings, ...expected, policy: null }).toEqual({
      ...defaultSettings,
      ...expected,
      policy: null,
    });
  });

  it("has a test above for every key", () => {
    expect(Object.keys(SettingsSchema.properties)).toEqual(["layout", "paused", "merge_method", "policy"]);
    expect(Object.keys(SettingsSchema.properties.policy.properties)).toEqual([
      "settle",
      "unsigned",
      "expired_keys",
      "weak_signatures",
    ]);
  });

  it.each([
    ["an unknown key", "polcy: {}", 'unknown key "polcy"'],
    ["an unknown key below", "policy: {unsinged: allow}", 'policy: unknown key "unsinged"'],
    ["another layout", "layout: deep", "layout: must be one of plain, lettered"],
    ["no layout", "layout:", "layout: must be one of plain, lettered"],
    ["a text for yes", 'paused: "true"', "paused: must be boolean"],
    ["YAML 1.1's yes", "paused: yes", "paused: must be boolean"],
    ["another merge method", "merge_method: fast-forward", "merge_method: must be one of merge, squash, rebase"],
    ["a settle time without unit", "policy: {settle: 120}", "policy.settle: must be string"],
    ["a settle time of another unit", "policy: {settle: 2d}", "policy.settle: must match pattern"],
    ["a negative settle time", "policy: {settle: -2m}", "policy.settle: must match pattern"],
    ["a settle time in two lines", 'policy: {settle: "2m\\n"}', "policy.settle: must match pattern"],
    ["a settle time that is too long", "policy: {settle: 99999h}", "policy.settle: must match pattern"],
    ["another policy for unsigned", "policy: {unsigned: pass}", "policy.unsigned: must be one of hold, allow"],
    [
      "another policy for expired keys",
      "policy: {expired_keys: fail}",
      "policy.expired_keys: must be one of pass, hold",
    ],
    [
      "another policy for weak ones",
      "policy: {weak_signatures: allow}",
      "policy.weak_signatures: must be one of pass, hold",
    ],
    ["a list", "- layout: plain", "must be object"],
    ["a text", "layout", "must be object"],
    ["a number", "5", "must be object"],
    ["a policy that is a list", "policy: []", "policy: must be object"],
    ["a repeated key", "layout: plain\nlayout: lettered", "Map keys must be unique"],
    ["a tab", "policy:\n\tsettle: 2m", "Tabs are not allowed"],
    ["an unclosed bracket", "policy: {settle: 2m", "Flow map"],
    ["two documents", "layout: plain\n---\nlayout: lettered", "multiple documents"],
    ["an unknown alias", "layout: *nothing", "Unresolved alias"],
    ["__proto__", "__proto__: {paused: false}", 'unknown key "__proto__"'],
    ["constructor", "constructor: 1", 'unknown key "constructor"'],
    ["an object as a key", "? {a: 1}\n: 2", "unknown key"],
    ["a merge key", "x: &x {paused: true}\n<<: *x", "unknown key"],
  ])("refuses %s, naming the file and the field", (_, text, problem) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).toContain(problem);
    for (const one of problems) expect(one).toMatch(/^\.github\/registrar\.yml: [^\n]+\.$/);
  });

  it("says everything at once", () => {
    const text = "layot: plain\npaused: 1\nmerge_method: x\npolicy: {settle: x, unsigned: x, expired: hold}";
    expect(problemsOf(text)).toHaveLength(6);
  });

  it("quotes hostile keys safely", () => {
    expect(problemsOf('"a\\u202e\\u0007b": 1').join()).toContain(String.raw`"a\u202e\u0007b"`);
  });

  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [at, name] of [..."bcdefghi"].entries()) {
    const previous = "abcdefgh"[at];
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${previous}`).join(", ")}]`);
  }

  it.each([
    ["aliases that multiply", bomb.join("\n")],
    ["lists in lists", `layout: ${"[".repeat(250_000)}`],
    ["closed lists in lists", `layout: ${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["deep indentation", Array.from({ length: 600 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
    ["a huge file", `# ${"x".repeat(300 * 1024)}`],
    ["a thousand unknown keys", Array.from({ length: 1000 }, (_, at) => `a${at}: 1`).join("\n")],
  ])("refuses %s quickly", (_, text) => {
    const started = performance.now();
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
