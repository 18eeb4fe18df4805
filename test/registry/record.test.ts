import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/registry/json.ts";
import { recordOrigin, repositoryOn } from "../../src/registry/record.ts";
import { archive, moduleVersion, parsed, pretty, recordText, version } from "../support/builders/records.ts";
import { address } from "../support/builders/release.ts";

const ofVersions = (...versions: readonly unknown[]) => parsed(pretty({ versions }));
const pointers = (text: string, of?: string) => parsed(text, of).problems.map((problem) => problem.pointer);

describe("parseRecord", () => {
  it("reads a provider's record: head, entries, nothing wrong", () => {
    const text = recordText("acme/dns", ["1.1.0", "1.0.0"], { repository: "https://github.com/acme/x", owner_id: 5 });
    const record = parsed(text);
    expect(record).toMatchObject({
      readable: true,
      text,
      path: "providers/acme/dns.json",
      problems: [],
      unknownKeys: [],
    });
    expect(record.head).toEqual({ repository: "https://github.com/acme/x", owner_id: 5 });
    expect(record.rawHead).toEqual(record.head);
    expect(record.entries.map((entry) => [entry.index, entry.version])).toEqual([
      [0, "1.1.0"],
      [1, "1.0.0"],
    ]);
    expect(record.entries.every((entry) => entry.value === entry.raw)).toBe(true);
  });

  it("reads a module's record", () => {
    const record = parsed(recordText("acme/network/aws", ["v1.1.0", "1.0.0"]), "acme/network/aws");
    expect(record.problems).toEqual([]);
    expect(record.entries.map((entry) => entry.value)).toEqual([moduleVersion("v1.1.0"), moduleVersion("1.0.0")]);
  });

  it.each([
    ["no versions", "{}"],
    ["versions: null", '{"versions": null}'],
    ["an empty list", '{"versions": []}'],
  ])("finds a record with %s readable, without entries, and says that at least one version is needed", (_, text) => {
    expect(parsed(text)).toMatchObject({
      readable: true,
      entries: [],
      problems: [{ pointer: "/versions", message: expect.stringContaining("at least one is needed") }],
    });
  });

  it("takes the empty and null forms of old data", () => {
    const old = version("1.0.0", {
      published: "",
      discovered: "",
      targets: [archive("linux_amd64", { size: 0, h1: "" })],
    });
    expect(parsed(pretty({ warnings: null, versions_errors: null, versions: [old] })).problems).toEqual([]);
    const module = { version: "v1", commit: "", published: "", discovered: "" };
    expect(parsed(pretty({ warnings: null, versions: [module] }), "acme/network/aws").problems).toEqual([]);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "versions: []"],
    ["a cut-off file", recordText("acme/dns", ["1.0.0"]).slice(0, 300)],
    ["a byte order mark", `\ufeff${recordText("acme/dns", ["1.0.0"])}`],
    ["a list", "[]"],
    ["a text", '"versions"'],
    ["null", "null"],
    ["a number", "5"],
    ["lists in lists", "[".repeat(100_000)],
    ["an endless version", `{"versions": ${"[".repeat(3_000)}${"]".repeat(3_000)}}`],
  ])("finds a file with %s unreadable, and keeps its text", (_, text) => {
    const record = parsed(text);
    expect(record).toMatchObject({ readable: false, text, head: {}, rawHead: {}, entries: [], unknownKeys: [] });
    expect(record.problems).toHaveLength(1);
  });

  it.each([["a text"], [{ "1.0.0": {} }], [5], [true]])(
    "says that versions must be a list when they are %j",
    (versions) => {
      const record = parsed(pretty({ versions }));
      expect(record.entries).toEqual([]);
      expect(record.problems).toContainEqual({
        pointer: "/versions",
        message: expect.stringContaining("must be a list"),
      });
    },
  );

  it("numbers the good entries as the file does, past those without a version text", () => {
    const record = ofVersions(
      null,
      version("1.1.0"),
      {},
      [],
      { version: 5 },
      { version: "" },
      "1.0.0",
      version("1.0.0"),
    );
    expect(record.entries.map((entry) => [entry.index, entry.version])).toEqual([
      [1, "1.1.0"],
      [7, "1.0.0"],
    ]);
    expect(record.problems.map((problem) => problem.pointer)).toEqual(
      [0, 2, 3, 4, 5, 6].map((at) => `/versions/${at}`),
    );
    expect(record.unnamed.map(({ index }) => index)).toEqual([0, 2, 3, 4, 5, 6]);
  });

  it("keeps versions that no client could parse as they are written", () => {
    const odd = ["v1.0.0", "1.0", "latest", "__proto__", " 1.0.0", "1.0.0+meta"];
    const record = ofVersions(...odd.map((text) => version(text)));
    expect(record.entries.map((entry) => entry.version)).toEqual(odd);
    expect(record.problems).toEqual([]);
  });

  it("leaves broken archives out of a version, one problem each, and keeps the good ones", () => {
    const targets = [
      archive("linux_amd64", { shasum: "" }),
      archive("linux_arm64"),
      null,
      archive("linux_386", { os: 5 }),
    ];
    const record = ofVersions(version("1.0.0", { targets }));
    const [entry] = record.entries;
    expect(entry?.value).toEqual({ ...entry?.raw, targets: [archive("linux_arm64")] });
    expect(entry?.raw.targets).toEqual(targets);
    expect(record.problems.map(({ pointer, version }) => [pointer, version])).toEqual([
      ["/versions/0/targets/0", "1.0.0"],
      ["/versions/0/targets/2", "1.0.0"],
      ["/versions/0/targets/3", "1.0.0"],
    ]);
    expect(record.problems[0]?.message).toMatch(/^Archive 1: .*shasum/);
  });

  it("finds a version without a usable archive unusable", () => {
    const targets = [archive("linux_amd64", { shasum: "no hash" })];
    expect(ofVersions(version("1.0.0", { targets })).entries[0]?.value).toBeUndefined();
    expect(ofVersions(version("1.0.0", { targets: [] })).problems).toEqual([]);
  });

  it.each([
    ["targets", null],
    ["targets", "linux_amd64"],
    ["targets", { 0: archive("linux_amd64") }],
    ["protocols", "5.0"],
    ["protocols", [5]],
    ["protocols", ["5.0.1"]],
    ["shasums_url", "ftp://x/y"],
    ["shasums_url", "javascript:alert(1)"],
    ["shasums_signature_url", "https://x/<script>"],
    ["tag", ""],
    ["commit", "main"],
    ["commit", "C0".repeat(20)],
    ["release_id", "9000"],
    ["release_id", 1.5],
    ["published", "yesterday"],
    ["sums_sha256", "ab"],
    ["signed_by", "A1A1"],
  ])("finds a version whose %s is %j unusable, says where and why, and keeps the others", (field, value) => {
    const record = ofVersions(version("1.1.0", { [field]: value }), version("1.0.0"));
    expect(record.entries.map((entry) => entry.value !== undefined)).toEqual([false, true]);
    const [problem] = record.problems;
    expect(problem).toMatchObject({ version: "1.1.0", pointer: expect.stringMatching(`^/versions/0/${field}`) });
    expect(problem?.message).toMatch(new RegExp(`^${field}.*, got .*\\.$`));
  });

  it.each(["protocols", "shasums_url", "shasums_signature_url", "targets"])("says that %s is missing", (field) => {
    const record = ofVersions(version("1.0.0", { [field]: undefined }));
    expect(record.problems).toEqual([{ pointer: "/versions/0", version: "1.0.0", message: `"${field}" is missing.` }]);
  });

  it.each([
    ["repository", "github.com/acme/dns"],
    ["repository", 5],
    ["repository_id", 0],
    ["owner_id", "5"],
    ["warnings", "deprecated"],
    ["warnings", [5]],
    ["withdrawn", null],
    ["withdrawn", [{ version: "1.0.0" }]],
    ["$schema", 5],
  ])("leaves %s out of the head when it is %j, and keeps the rest and the raw value", (field, value) => {
    const record = parsed(pretty({ owner_id: 1, versions: [version("1.0.0")], ...{ [field]: value } }));
    expect(record.head).toEqual(field === "owner_id" ? {} : { owner_id: 1 });
    expect(record.rawHead[field]).toEqual(value);
    expect(record.problems[0]?.pointer).toMatch(new RegExp(`^/${field.replace("$", "\\$")}`));
    expect(record.entries[0]?.value).toBeDefined();
  });

  it("lists unknown keys of every level by pointer, and finds nothing else wrong with them", () => {
    const targets = [archive("linux_amd64", { "a/b": 1 })];
    const text = `{"owner": 1, "__proto__": {}, "versions": [${JSON.stringify(version("1.0.0", { targets, "x~": 1 }))}]}`;
    expect(parsed(text).unknownKeys).toEqual(["/owner", "/__proto__", "/versions/0/x~0", "/versions/0/targets/0/a~1b"]);
    expect(parsed(text).problems).toEqual([]);
    expect(parsed(text).entries[0]?.value).toBeDefined();
  });

  it("knows a module's keys from a provider's", () => {
    const text = pretty({ versions: [{ version: "v1.0.0", targets: [] }] });
    expect(parsed(text, "acme/network/aws").unknownKeys).toEqual(["/versions/0/targets"]);
  });

  it("reports repeated keys beside the values", () => {
    const text = '{"versions": [], "versions": [{"version": "v1", "version": "v2"}]}';
    const record = parsed(text, "acme/network/aws");
    expect(record.entries.map((entry) => entry.version)).toEqual(["v2"]);
    expect(pointers(text, "acme/network/aws")).toEqual(["/versions", "/versions/0/version"]);
  });

  it("never throws, and gives an entry for every version text, whatever the JSON is", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const odd = fc.record(
      {
        version: fc.oneof(value, fc.string()),
        targets: fc.oneof(value, fc.array(value)),
        protocols: value,
        commit: value,
      },
      { requiredKeys: [] },
    );
    const record = fc.record(
      {
        versions: fc.oneof(value, fc.array(fc.oneof(odd, value))),
        repository: value,
        withdrawn: value,
        warnings: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(record, value), fc.constantFrom("acme/dns", "acme/network/aws"), (content, of) => {
        const { entries, readable } = parsed(JSON.stringify(content), of);
        const list: unknown = (content as { versions?: unknown } | null)?.versions;
        const named = (Array.isArray(list) ? list : []).filter(
          (entry: { version?: JsonValue } | null) => typeof entry?.version === "string" && entry.version !== "",
        );
        expect(entries).toHaveLength(readable ? named.length : 0);
      }),
      { numRuns: 500 },
    );
  });

  it("says its problems in plain text", () => {
    const record = parsed(pretty({ repository: "\u202e\u001b[2J", versions: [version("1.0.0", { commit: "\n" })] }));
    expect(record.problems).toHaveLength(2);
    for (const { message } of record.problems) expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("recordOrigin", () => {
  const of = (repository: JsonValue | undefined) =>
    recordOrigin({ address: address("acme/dns"), rawHead: repository === undefined ? {} : { repository } }, {});

  it.each([
    [undefined, null, "acme/terraform-provider-dns"],
    ["https://github.com/other/dns", "github.com", "other/dns"],
    ["https://GitHub.com/Other/DNS", "github.com", "Other/DNS"],
    ["https://github.com/other/dns/", "github.com", "other/dns"],
    ["https://github.com/other/dns.git", "github.com", "other/dns"],
    ["https://github.com/other/d.n_s-1", "github.com", "other/d.n_s-1"],
    ["http://127.0.0.1:8080/other/dns", "127.0.0.1:8080", "other/dns"],
  ])("of %s is on %s, %s", (named, host, repository) => {
    expect(of(named)).toEqual({ host, repository });
  });

  it.each([
    ["acme/dns", {}, "opentofu/terraform-provider-dns"],
    ["ACME/dns", {}, "opentofu/terraform-provider-dns"],
    ["acme/network/aws", {}, "opentofu/terraform-aws-network"],
    ["globex/dns", {}, "globex/terraform-provider-dns"],
    ["acme/dns", { repository: "https://github.com/acme/dns" }, "acme/dns"],
  ])("of %s with the head %j, where acme is mapped to opentofu, is %s", (text, rawHead, repository) => {
    const namespaces = { acme: { owner: "opentofu" } };
    expect(recordOrigin({ address: address(text), rawHead }, { namespaces })?.repository).toBe(repository);
  });

  it.each([
    "https://github.com/other",
    "https://github.com/other/dns/tree/main",
    "https://github.com/other/dns?x=y",
    "https://github.com/other/dns#readme",
    "https://github.com/other/dns/releases/../../evil/dns",
    "https://github.com/other/..",
    "https://github.com/other/.",
    "https://github.com/../dns",
    "https://github.com/oth%65r/dns",
    "https://evil@github.com/other/dns",
    "https://github.com@evil.example/other/dns",
    "https://github.com /other/dns",
    "git@github.com:other/dns",
    "file:///other/dns",
    "",
    null,
    5,
    ["https://github.com/other/dns"],
    { url: "https://github.com/other/dns" },
  ])("is not to be had from %j: what cannot be read is never taken for none", (repository) => {
    expect(of(repository)).toBeUndefined();
  });
});

describe("repositoryOn", () => {
  const on = (server: string, rawHead: { repository?: string }) =>
    repositoryOn(server, { address: address("acme/dns"), rawHead }, {});

  it.each([
    ["https://github.com", {}, "acme/terraform-provider-dns"],
    ["https://github.com", { repository: "https://github.com/other/dns" }, "other/dns"],
    ["http://127.0.0.1:8080", { repository: "http://127.0.0.1:8080/other/dns" }, "other/dns"],
    ["https://github.com", { repository: "https://evil.example/other/dns" }, undefined],
    ["https://github.com", { repository: "https://github.com:8443/other/dns" }, undefined],
    ["https://github.com", { repository: "https://github.com.evil.example/other/dns" }, undefined],
    ["https://github.com", { repository: "no URL" }, undefined],
  ])("%s of %j is %s", (server, head, expected) => {
    expect(on(server, head)).toBe(expected);
  });
});
