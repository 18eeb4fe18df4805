import { describe, it } from "vitest";
import { pathOf, registry } from "../../support/builders/registry.ts";
import { missing, type Release, release, unavailable } from "../../support/builders/release.ts";
import { type Expected, expectExplained } from "./support.ts";

const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = release("1.1.0");
const name = "terraform-provider-dns_1.1.0_linux_amd64.zip";
const hash = "ab".repeat(32);
const usable = (says: RegExp): Expected => ({ code: "sums-usable", says });

/** What upstream has is hostile; the record is what a right bump of the good release writes. */
const upstream = (of: Release) => base.adding(of, good.entry);

// Client contract, section 6, line by line, and what its readers might trip over.
const sums: readonly (readonly [string, (text: string) => string, Expected])[] = [
  ["a blank line in the middle", (text) => text.replace("\n", "\n\n"), usable(/ine 2/)],
  ["two newlines at the end", (text) => `${text}\n`, usable(/ine 3/)],
  ["a SHA-512 hash for our file", (text) => `${"ab".repeat(64)}  ${name}\n${text}`, usable(/ine 1/)],
  ["a SHA-512 hash for another file", (text) => `${text}${"ab".repeat(64)}  x\n`, usable(/ine 3/)],
  ["a comment", (text) => `# sums\n${text}`, usable(/ine 1/)],
  ["one word", (text) => `${text}word\n`, usable(/ine 3/)],
  ["a line over 64 KiB", (text) => `${text}${hash}  ${"x".repeat(65_600)}\n`, usable(/ine 3/)],
  ["our file twice, the wrong hash first", (text) => `${hash}  ${name}\n${text}`, usable(/linux_amd64/)],
  ["a BSD style line", (text) => `${text}SHA256 (${name}) = ${hash}\n`, usable(/ine 3/)],
  ["a byte order mark", (text) => `\ufeff${text}`, usable(/ine 1/)],
  ["bytes of a zip", () => "PK\u0003\u0004\u0000\u0000\n", usable(/ine 1/)],
  ["NUL characters", (text) => text.replaceAll(" ", "\0"), usable(/ine 1/)],
  ["bidirectional characters", (text) => `\u202e${text}`, usable(/ine 1/)],
  ["forty thousand empty lines", () => "\n".repeat(40_000), usable(/./)],
  ["half a million letters without end", () => "a".repeat(500_000), usable(/ine 1/)],
  ["nothing", () => "", { code: "sums-cover-archives", says: /./ }],
  ["a star before the name", (text) => text.replaceAll("  ", " *"), { code: "sums-cover-archives", says: /./ }],
  ["./ before the name", (text) => text.replaceAll("  ", "  ./"), { code: "sums-cover-archives", says: /./ }],
  ["the name in capitals", (text) => text.replaceAll("dns", "DNS"), { code: "sums-cover-archives", says: /./ }],
  ["another hash", (text) => text.replace(/^\w{64}/, hash), { code: "sums-cover-archives", says: /./ }],
];

describe("a SHA256SUMS that has", () => {
  it.each(sums)("%s is explained", async (_, edit, expected) => {
    await expectExplained(upstream(good.withSums(edit)), expected);
  });
});

const accepted = { accepted: false, verifiedBy: null } as const;
const signatures = [
  "empty",
  "signature-too-large",
  "sums-too-large",
  "armoured",
  "not-a-signature",
  "no-issuer",
  "bad-signature",
  "rejected-hash",
  "unsupported",
  "revoked-key",
  "key-cannot-sign",
] as const;

describe("a signature that is", () => {
  it.each(signatures)("%s is explained", async (problem) => {
    await expectExplained(upstream(good.withSignature({ ...accepted, problem })), { code: "signature", says: /./ });
  });

  it.each(["no-keys", "unknown-key"] as const)(
    "by nobody whom the registry knows (%s) is explained",
    async (problem) => {
      const world = upstream(good.withSignature({ ...accepted, problem }));
      const known = problem === "no-keys" ? world.withKeys({ usable: [] }) : world;
      await expectExplained(known, { code: "signature", outcome: "hold", says: /./ });
    },
  );

  it("by a hundred thousand keys is explained", async () => {
    const signers = Array.from({ length: 100_000 }, (_, at) => ({
      keyId: at.toString(16).padStart(16, "0"),
      fingerprint: null,
    }));
    const world = upstream(good.withSignature({ ...accepted, problem: "unknown-key", signers }));
    await expectExplained(world, { code: "signature", outcome: "hold", says: /./ });
  });
});

describe("a release", () => {
  it("with 3,000 hostile assets more is explained", async () => {
    const names = [
      "\u202egpj.exe",
      "x".repeat(10_000),
      "](https://evil.example)",
      "<img src=x>",
      "@everyone",
      "../../x",
      "a\nb",
    ];
    let hostile = good.withAsset("SHA256SUMS.sig", null);
    if (hostile.evidence.release.kind !== "found") throw new Error("It is there.");
    const [first] = hostile.evidence.release.assets;
    if (first === undefined) throw new Error("It has assets.");
    const more = Array.from({ length: 3_000 }, (_, at) => ({
      ...first,
      id: at,
      name: `${names[at % names.length]}${at}`,
    }));
    hostile = hostile.withRelease({ assets: [...hostile.evidence.release.assets, ...more] });
    await expectExplained(upstream(hostile.with({ signature: missing() })), { code: "signature", says: /./ });
  });

  it.each([
    ["that is gone", good.with({ release: missing(), sums: missing(), signature: missing() }), "release-published"],
    ["of a repository that is gone", good.with({ repository: missing() }), "release-published"],
    ["whose sums are gone", good.with({ sums: missing() }), "sums-usable"],
    [
      "that is private by now",
      good.with({ repository: { ...good.evidence.repository, private: true } as never }),
      "release-published",
    ],
    ["with archives of other hashes", good.withAsset("linux_amd64", { sha256: hash }), "archives"],
  ] as const)("%s is explained", async (_, of, code) => {
    await expectExplained(upstream(of), { code, says: /./ });
  });

  it.each([
    ["of which GitHub says nothing", good.with({ release: unavailable }), "release-published"],
    ["that is still being uploaded", good.withAsset("linux_amd64", { state: "starter" }), "release-settled"],
    [
      "that changed a moment ago",
      good.withAsset("linux_amd64", { updatedAt: "2026-03-01T11:59:59Z" }),
      "release-settled",
    ],
    [
      "that changed in the future",
      good.withAsset("linux_amd64", { updatedAt: "9999-12-31T23:59:59Z" }),
      "release-settled",
    ],
  ] as const)("%s is waited for", async (_, of, code) => {
    await expectExplained(upstream(of), { code, outcome: "retry", says: /./ });
  });

  it.each([
    ["whose repository is another one", good.with({ repository: { ...good.evidence.repository, id: 1 } as never })],
    ["whose owner is another one", good.with({ repository: { ...good.evidence.repository, ownerId: 1 } as never })],
  ] as const)("%s is held", async (_, of) => {
    await expectExplained(upstream(of), { code: "repository-identity", outcome: "hold", says: /./ });
  });

  it.each(["4.0", "7.0", "99999999999999999999.0"])(
    "that speaks the protocol %s alone is explained",
    async (protocol) => {
      await expectExplained(base.adding(good.withProtocols(protocol)), { code: "protocols", says: /./ });
    },
  );

  it("whose tag has moved is held", async () => {
    const moved = good.with({ tagCommit: { kind: "found", sha: "d1".repeat(20) } });
    await expectExplained(upstream(moved), { code: "tag-commit", outcome: "hold", says: /d1d1d1/ });
  });

  it("with hostile words of upstream is shown safely", async () => {
    const reason = "\u001b[2J\u202e](https://evil.example) @everyone ".repeat(10_000);
    const world = upstream(good.with({ release: { kind: "missing", reason }, sums: missing(reason) }));
    await expectExplained(world, { code: "release-published", says: /./ });
  });
});

describe("a record that says something else than its release", () => {
  const fields: readonly (readonly [string, unknown])[] = [
    ["tag", "v1.1.0\u202e"],
    ["release_id", 1],
    ["published", "2020-01-01T00:00:00Z"],
    ["sums_sha256", hash],
    ["signed_by", "B2".repeat(20)],
    ["protocols", ["6.0"]],
    ["shasums_url", "https://evil.example/SHA256SUMS"],
    ["shasums_signature_url", "https://github.com/evil/terraform-provider-dns/releases/download/v1.1.0/x.sig"],
    ["discovered", "2020-01-01T00:00:00Z"],
  ];
  it.each(fields)("in its %s is explained", async (field, value) => {
    const world = base.adding(good, { ...good.entry, [field]: value });
    await expectExplained(world, { code: "record-matches-release", says: new RegExp(field) });
  });

  it("of a platform that the release does not have is explained", async () => {
    const { targets, ...entry } = good.entry as { targets: object[] };
    const more = { ...targets[0], os: "plan9" };
    await expectExplained(base.adding(good, { ...entry, targets: [...targets, more] }), {
      code: "record-matches-release",
      says: /plan9/,
    });
  });

  it("of no platform at all is explained", async () => {
    const world = base.adding(good, { ...good.entry, targets: [] });
    await expectExplained(world, { code: "record-matches-release", says: /linux_amd64/ });
  });

  it("of one platform twice is explained", async () => {
    const { targets, ...entry } = good.entry as { targets: object[] };
    const world = base.adding(good, { ...entry, targets: [...targets, targets[0]] });
    await expectExplained(world, { code: "version-unique", says: /more than one archive/ });
  });

  it("of a version that is withdrawn, or blocked, is explained", async () => {
    const withdrawn = base.editing(pathOf("acme/dns"), (record) => record);
    const text = JSON.stringify({
      withdrawn: [{ version: "1.1.0", reason: "\u202eevil", since: "2026-01-01T00:00:00Z" }],
      versions: [release("1.0.0").entry],
    });
    await expectExplained(withdrawn.withFile(pathOf("acme/dns"), text).adding(good), {
      code: "not-withdrawn",
      says: /./,
    });
    const blocked = { addresses: ["acme/dns"], owners: [], fingerprints: [] };
    await expectExplained(base.withSettings({ blocked }).adding(good), { code: "not-blocked", says: /./ });
  });
});
