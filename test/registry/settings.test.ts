import { describe, expect, it } from "vitest";
import { ownerOf } from "../../src/registry/namespaces.ts";
import { defaultSettings, parseSettings, type Settings } from "../../src/registry/settings.ts";
import { SettingsSchema } from "../../src/registry/settings-schema.ts";

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
      policy: { settleSeconds: 120, archives: "digest", unsigned: "hold", expiredKeys: "pass", weakSignatures: "hold" },
      namespaces: {},
      aliases: {},
      blocked: { addresses: [], owners: [], fingerprints: [] },
      bump: { enabled: true, everySeconds: 3600, groupAbove: 5 },
      publish: { enabled: true, baseUrl: "/", workflow: null },
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
    ["policy: {archives: contents}", { policy: { archives: "contents" } }],
    ["policy: {archives: download}", { policy: { archives: "download" } }],
    ["policy: {unsigned: allow}", { policy: { unsigned: "allow" } }],
    ["policy: {unsigned: hold}", { policy: { unsigned: "hold" } }],
    ["policy: {expired_keys: hold}", { policy: { expiredKeys: "hold" } }],
    ["policy: {weak_signatures: pass}", { policy: { weakSignatures: "pass" } }],
    ["policy: {}", {}],
    ['"paused": true # as JSON', { paused: true }],
    ["layout: plain\r\npaused: true\r\n", { layout: "plain", paused: true }],
    ["layout: &l plain\nmerge_method: merge", { layout: "plain" }],
    ["namespaces: {hashicorp: {owner: opentofu}}", { namespaces: { hashicorp: { owner: "opentofu" } } }],
    ["namespaces: {}", {}],
    [
      "aliases: {hashicorp/cloudflare: cloudflare/cloudflare}",
      { aliases: { "hashicorp/cloudflare": "cloudflare/cloudflare" } },
    ],
    ["aliases: {a/net/aws: acme/network/aws}", { aliases: { "a/net/aws": "acme/network/aws" } }],
    ["aliases: {a/dns: acme/dns, b/DNS: acme/dns}", { aliases: { "a/dns": "acme/dns", "b/DNS": "acme/dns" } }],
    [
      "blocked: {addresses: [evil/dns, evil/net/aws, bad/*, worse/net/*]}",
      { blocked: { addresses: ["evil/dns", "evil/net/aws", "bad/*", "worse/net/*"], owners: [], fingerprints: [] } },
    ],
    ["blocked: {owners: [1, 99]}", { blocked: { addresses: [], owners: [1, 99], fingerprints: [] } }],
    [
      `blocked: {fingerprints: [${"ab".repeat(20)}, ${"CD".repeat(32)}]}`,
      { blocked: { addresses: [], owners: [], fingerprints: ["AB".repeat(20), "CD".repeat(32)] } },
    ],
    ["bump: {enabled: false}", { bump: { enabled: false, everySeconds: 3600, groupAbove: 5 } }],
    ["bump: {every: 90s}", { bump: { enabled: true, everySeconds: 90, groupAbove: 5 } }],
    ["bump: {group_above: 0}", { bump: { enabled: true, everySeconds: 3600, groupAbove: 0 } }],
    ["publish: {enabled: false}", { publish: { enabled: false, baseUrl: "/", workflow: null } }],
    ["publish: {base_url: /registry/}", { publish: { enabled: true, baseUrl: "/registry/", workflow: null } }],
    ["publish: {workflow: publish.yml}", { publish: { enabled: true, baseUrl: "/", workflow: "publish.yml" } }],
    ["publish: {workflow: null}", { publish: { enabled: true, baseUrl: "/", workflow: null } }],
    [
      "publish: {base_url: 'https://files.example/'}",
      { publish: { enabled: true, baseUrl: "https://files.example/", workflow: null } },
    ],
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
    expect(Object.keys(SettingsSchema.properties)).toEqual([
      "layout",
      "paused",
      "merge_method",
      "policy",
      "namespaces",
      "aliases",
      "blocked",
      "bump",
      "publish",
    ]);
    expect(Object.keys(SettingsSchema.properties.blocked.properties)).toEqual(["addresses", "owners", "fingerprints"]);
    expect(Object.keys(SettingsSchema.properties.bump.properties)).toEqual(["enabled", "every", "group_above"]);
    expect(Object.keys(SettingsSchema.properties.publish.properties)).toEqual(["enabled", "base_url", "workflow"]);
    expect(Object.keys(SettingsSchema.properties.policy.properties)).toEqual([
      "settle",
      "archives",
      "unsigned",
      "expired_keys",
      "weak_signatures",
    ]);
  });

  it.each([
    ["an unknown key", "polcy: {}", 'unknown key "polcy"; expected layout, paused,'],
    ["an unknown key below", "policy: {unsinged: allow}", 'policy: unknown key "unsinged"'],
    ["another layout", "layout: deep", 'layout: must be one of plain, lettered, got "deep"'],
    ["no layout", "layout:", "layout: must be one of plain, lettered, got null"],
    ["a text for yes", 'paused: "true"', 'paused: must be true or false, got "true"'],
    ["YAML 1.1's yes", "paused: yes", 'paused: must be true or false, got "yes"'],
    ["another merge method", "merge_method: fast-forward", "merge_method: must be one of merge, squash, rebase"],
    [
      "a settle time without unit",
      "policy: {settle: 120}",
      "policy.settle: must be a time such as 30s, 2m or 1h, got 120",
    ],
    [
      "a settle time of another unit",
      "policy: {settle: 2d}",
      "policy.settle: must be a time such as 30s, 2m or 1h, got",
    ],
    ["a negative settle time", "policy: {settle: -2m}", "policy.settle: must be a time such as 30s, 2m or 1h, got"],
    [
      "a settle time in two lines",
      'policy: {settle: "2m\\n"}',
      "policy.settle: must be a time such as 30s, 2m or 1h, got",
    ],
    [
      "a settle time that is too long",
      "policy: {settle: 99999h}",
      "policy.settle: must be a time such as 30s, 2m or 1h, got",
    ],
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
    ["a list", "- layout: plain", "must be keys with values, got"],
    ["a text", "layout", 'must be keys with values, got "layout"'],
    ["a number", "5", "must be keys with values, got 5"],
    ["a policy that is a list", "policy: []", "policy: must be keys with values, got []"],
    ["a repeated key", "layout: plain\nlayout: lettered", 'line 2: the key "layout" occurs twice'],
    ["a repeated key in quotes", "layout: plain\n'layout': lettered", 'line 2: the key "layout" occurs twice'],
    ["a tab", "policy:\n\tsettle: 2m", "line 2: a tab cannot indent"],
    [
      "an unclosed bracket",
      "policy: {settle: 2m",
      "line 1: the indentation does not fit the lines above it, or a bracket",
    ],
    ["two documents", "layout: plain\n---\nlayout: lettered", "line 2: the file holds more than one document"],
    ["an unknown alias", "layout: *nothing", 'the alias "*nothing" stands for nothing'],
    ["an odd indentation", "policy:\n  settle: 2m\n unsigned: hold", "line 3: the indentation does not fit"],
    ["a sign that needs quotes", "layout: @plain", "line 1: a text begins with a sign that needs quotes"],
    ["two keys in a line", "layout: plain: x", "line 1: a key and its value stand where"],
    ["namespaces that are a list", "namespaces: [hashicorp]", "namespaces: must be keys with values, got"],
    ["a namespace without owner", "namespaces: {a: {}}", "namespaces.a: owner is missing"],
    ["an owner alone", "namespaces: {a: opentofu}", 'namespaces.a: must be keys with values, got "opentofu"'],
    ["an unknown key of a namespace", "namespaces: {a: {owner: b, keys: c}}", 'namespaces.a: unknown key "keys"'],
    ["an owner that is a number", "namespaces: {a: {owner: 5}}", "namespaces.a.owner: must be a text, got 5"],
    [
      "an owner that is no account",
      "namespaces: {a: {owner: b/c}}",
      "namespaces.a: owner must be the name of a GitHub",
    ],
    [
      "a namespace that nobody can ask for",
      'namespaces: {"a b": {owner: b}}',
      'namespaces."a b": The namespace "a b" must be',
    ],
    ["a namespace mapped to itself", "namespaces: {a: {owner: A}}", "namespaces.a: is mapped to itself"],
    ["a circle", "namespaces: {a: {owner: b}, b: {owner: A}}", "namespaces.b: is mapped in a circle"],
    ["a chain", "namespaces: {a: {owner: b}, B: {owner: c}}", 'namespaces.a: its owner "b" is mapped as well, to "c"'],
    [
      "a chain that ends in a circle",
      "namespaces: {a: {owner: b}, b: {owner: c}, c: {owner: b}}",
      "namespaces.a: its owner",
    ],
    [
      "a namespace in two cases",
      "namespaces: {a: {owner: b}, A: {owner: c}}",
      'namespaces."A": differs from "a" in capitals only',
    ],
    ["an alias of no address", "aliases: {acme: acme/dns}", "aliases.acme: must be NAMESPACE/TYPE or"],
    ["an alias that nobody can ask for", "aliases: {a_/dns: acme/dns}", 'aliases."a_/dns": The namespace "a_" must be'],
    [
      "an alias to no address",
      "aliases: {a/dns: dns}",
      'aliases."a/dns": leads to no address: must be NAMESPACE/TYPE or',
    ],
    ["an alias to a number", "aliases: {a/dns: 5}", 'aliases."a/dns": must be a text, got 5'],
    [
      "an alias that nobody can follow",
      "aliases: {a/dns: acme/terraform-x}",
      'aliases."a/dns": leads to no address: The type',
    ],
    [
      "an alias of another type",
      "aliases: {a/names: acme/dns}",
      'aliases."a/names": must have the type "dns" as well: clients look for terraform-provider-names',
    ],
    ["an alias of itself", "aliases: {acme/dns: Acme/DNS}", 'aliases."acme/dns": is an alias of itself'],
    [
      "an alias of an alias",
      "aliases: {a/dns: b/dns, B/dns: c/dns}",
      'aliases."a/dns": leads to "b/dns", which is an alias as well',
    ],
    [
      "a provider as alias of a module",
      "aliases: {a/dns: a/b/c}",
      'aliases."a/dns": is the address of a provider, and "a/b/c" that of a module',
    ],
    [
      "a module as alias of a provider",
      "aliases: {a/b/c: a/dns}",
      'aliases."a/b/c": is the address of a module, and "a/dns" that of a provider',
    ],
    [
      "an alias in two cases",
      "aliases: {a/dns: c/dns, A/dns: d/dns}",
      'aliases."A/dns": differs from "a/dns" in capitals only',
    ],
    ["blocked things that are a list", "blocked: [evil/dns]", "blocked: must be keys with values, got"],
    ["a blocked text", "blocked: {addresses: evil/dns}", 'blocked.addresses: must be a list, got "evil/dns"'],
    [
      "a blocked namespace without star",
      "blocked: {addresses: [a/b, evil]}",
      "blocked.addresses, entry 2: must be NAMESPACE/TYPE",
    ],
    ["a star for everything", 'blocked: {addresses: ["*"]}', "blocked.addresses, entry 1: must be"],
    ["a star for every namespace", 'blocked: {addresses: ["*/*"]}', "blocked.addresses, entry 1: must be"],
    ["a star in a name", "blocked: {addresses: [evil/d*]}", "blocked.addresses, entry 1: must be"],
    ["a blocked login", "blocked: {owners: [evil]}", 'blocked.owners, entry 1: must be a whole number, got "evil"'],
    ["a blocked owner 0", "blocked: {owners: [0]}", "blocked.owners, entry 1: must be at least 1, got 0"],
    [
      "a key id",
      `blocked: {fingerprints: [${"AB".repeat(8)}]}`,
      "blocked.fingerprints, entry 1: must be a full fingerprint",
    ],
    [
      "a fingerprint of digits, which is a number",
      `blocked: {fingerprints: [${"12".repeat(20)}]}`,
      "must be a full fingerprint",
    ],
    [
      "no time between looks",
      "bump: {every: 0m}",
      'bump.every: must be a time of at least 1s, such as 30m or 1h, got "0m"',
    ],
    [
      "a look without unit",
      "bump: {every: 60}",
      "bump.every: must be a time of at least 1s, such as 30m or 1h, got 60",
    ],
    ["half a record", "bump: {group_above: 2.5}", "bump.group_above: must be a whole number, got 2.5"],
    ["fewer than no records", "bump: {group_above: -1}", "bump.group_above: must be at least 0, got -1"],
    ["far too many records", "bump: {group_above: 5000}", "bump.group_above: must be at most 1000, got 5000"],
    ["a bump that is a word", "bump: off", 'bump: must be keys with values, got "off"'],
    [
      "an unknown key of publish",
      "publish: {to: host}",
      'publish: unknown key "to"; expected enabled, base_url, workflow',
    ],
    [
      "a base without its slash",
      "publish: {base_url: 'https://files.example'}",
      'publish.base_url: must be a path or an https address with a slash at its end, such as "/registry/" or "https://files.example/", got "https://files.example"',
    ],
    [
      "a workflow elsewhere",
      "publish: {workflow: ../publish.yml}",
      'publish.workflow: must be the name of a file in .github/workflows, such as publish.yml, or null, got "../publish.yml"',
    ],
    [
      "a workflow that is a switch",
      "publish: {workflow: true}",
      "publish.workflow: must be the name of a file in .github/workflows, such as publish.yml, or null, got true",
    ],
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

  it("says what is wrong with the form and with the meaning in one go", () => {
    const text =
      "paused: 1\nnamespaces: {a: {owner: a}, b: 5}\naliases: {a/x: a/x, b/y: 5}\nblocked: {addresses: [x, 5]}";
    const problems = problemsOf(text);
    for (const field of ["paused", "namespaces.a", "namespaces.b", 'aliases."a/x"', 'aliases."b/y"']) {
      expect(
        problems.filter((problem) => problem.includes(`${field}: `)),
        field,
      ).toHaveLength(1);
    }
    expect(problems.filter((problem) => problem.includes("blocked.addresses, entry"))).toHaveLength(2);
    expect(problems).toHaveLength(7);
  });

  it("never speaks the libraries' language", () => {
    const texts = [
      "paused: 1\nlayout: x\nbump: {every: 5, group_above: x}\nblocked: {owners: x, addresses: 5}",
      "a: [",
      "\t- x",
    ];
    for (const problem of texts.flatMap(problemsOf)) {
      expect(problem).not.toMatch(/boolean|integer|string|\barray|\bobject|pattern|Flow|Block|Implicit|Map keys|[\^$]/);
    }
  });

  it("takes names that every object inherits for names", () => {
    const parsed = parseSettings("namespaces: {constructor: {owner: acme}}");
    expect(parsed.ok && ownerOf("constructor", parsed.settings)).toBe("acme");
    expect(ownerOf("toString", defaultSettings)).toBe("toString");
    expect(problemsOf("namespaces: {__proto__: {owner: acme}}").join()).toContain("__proto__");
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
