import { describe, it } from "vitest";
import { pathOf, type RegistryBuilder, registry } from "../../support/builders/registry.ts";
import { release } from "../../support/builders/release.ts";
import { type Expected, expectExplained } from "./support.ts";

const dns = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const bump = base.adding(release("1.1.0"));
const record = JSON.stringify({ versions: [release("1.1.0").entry] });
const scope = (says: RegExp, outcome: "fail" | "hold" = "fail"): Expected => ({ code: "scope", outcome, says });

/** One pull request with many files, each made from its place. */
const many = (count: number, path: (at: number) => string, text = record): RegistryBuilder => {
  let world: RegistryBuilder = base;
  for (let at = 0; at < count; at += 1) world = world.writing(path(at), text);
  return world;
};

const versions = (count: number) =>
  base.editing(dns, (old) => ({
    ...old,
    versions: [
      ...Array.from({ length: count }, (_, at) => ({ ...release("1.1.0").entry, version: `2.0.${at}` })),
      ...old.versions,
    ],
  }));

const worlds: readonly (readonly [string, () => RegistryBuilder, Expected])[] = [
  [
    "3,000 files of which GitHub lists no more",
    () => bump.with({ listing: { complete: false, problem: null, bytes: 1 } }),
    scope(/not list every file/, "hold"),
  ],
  [
    "files that cannot be read",
    () => bump.with({ listing: { complete: false, problem: "\u202e\u001b[2J", bytes: 1 } }),
    scope(/as a whole/, "hold"),
  ],
  ["300 other files", () => many(300, (at) => `src/${at}.txt`, "x"), scope(/and 295 more/)],
  ["300 misplaced files", () => many(300, (at) => `providers/${at}`, "x"), { code: "record-place", says: /no place/ }],
  ["eleven records", () => many(11, (at) => `providers/acme/p${at}.json`), scope(/11 records; at most 10/)],
  ["two namespaces", () => bump.writing("providers/globex/dns.json", record), scope(/2 namespaces; at most 1/)],
  ["51 versions", () => versions(51), scope(/51 added or rewritten versions; at most 50/)],
  ["500 versions", () => versions(500), scope(/500 added or rewritten versions; at most 50/)],
  [
    "26 megabytes",
    () => bump.with({ listing: { complete: true, problem: null, bytes: 26 * 1024 * 1024 } }),
    scope(/bytes; at most/),
  ],
  ["a symbolic link", () => base.writing(dns, "../../../etc/passwd", "120000"), scope(/120000/)],
  ["a submodule", () => base.writing(dns, "a".repeat(40), "160000"), scope(/160000/)],
  ["a program", () => base.writing(dns, record, "100755"), scope(/100755/)],
  ["a file that others may write", () => base.writing(dns, record, "100664"), scope(/100664/)],
  ["a folder in a record's place", () => base.writing(dns, "", "040000"), scope(/040000/)],
  ["a key that is a link", () => registry().writing("keys/acme/a.asc", "/etc/passwd", "120000"), scope(/120000/)],
  ["a record that is gone", () => base.writing(dns, null), { code: "append-only", says: /Removes a whole record/ }],
  [
    "a record that moves",
    () => base.writing(dns, null).writing("providers/acme/dns2.json", record),
    { code: "append-only", says: /whole record/ },
  ],
  [
    "a version that is gone",
    () => base.editing(dns, (old) => ({ ...old, versions: [release("1.1.0").entry] })),
    { code: "append-only", says: /1\.0\.0/ },
  ],
  [
    "a version that says something else",
    () => base.editing(dns, (old) => ({ ...old, versions: [{ ...old.versions[0], protocols: ["6.0"] }] })),
    { code: "append-only", outcome: "hold", says: /protocols/ },
  ],
  [
    "a warning of its own",
    () => bump.editing(dns, (old) => ({ ...old, warnings: ["Use \u202eevil/dns <b>now</b>"] })),
    { code: "record-head", outcome: "hold", says: /warnings/ },
  ],
  [
    "another repository",
    () => bump.editing(dns, (old) => ({ ...old, repository: "https://github.com/evil/dns" })),
    { code: "record-head", outcome: "hold", says: /repository/ },
  ],
  [
    "other ids",
    () => bump.editing(dns, (old) => ({ ...old, owner_id: 666 })),
    { code: "record-head", outcome: "hold", says: /owner_id/ },
  ],
  [
    "a tombstone of its own",
    () => bump.editing(dns, (old) => ({ ...old, withdrawn: [{ version: "1.0.0", reason: "x" }] })),
    { code: "record-head", outcome: "hold", says: /withdrawn/ },
  ],
  ["a key beside a version", () => bump.writing("keys/acme/a.asc", "x"), { code: "key-change", says: /./ }],
  [
    "the configuration beside a version",
    () => bump.writing(".github/registrar.yml", "paused: false"),
    scope(/other files/),
  ],
  [
    "a new address",
    () => registry().adding(release("1.1.0")),
    { code: "new-record", outcome: "hold", says: /acme\/dns/ },
  ],
  [
    "a version that came meanwhile",
    () => bump.movedOn(dns, JSON.stringify({ versions: [release("1.1.0").entry] })),
    { code: "version-unique", says: /already/ },
  ],
  [
    "a rewrite of what changed meanwhile",
    () =>
      base
        .editing(dns, (old) => ({ ...old, versions: [{ ...old.versions[0], protocols: ["6.0"] }] }))
        .movedOn(dns, "{}"),
    { code: "version-unique", says: /has changed/ },
  ],
  [
    "a version that nobody has looked up",
    () => bump.with({ evidenceRead: false }),
    { code: "signature", outcome: "retry", says: /not been read/ },
  ],
];

describe("a pull request with", () => {
  it.each(worlds)("%s is explained", async (_, world, expected) => {
    await expectExplained(world(), expected);
  });
});

const begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const end = "-----END PGP PUBLIC KEY BLOCK-----";
const keys: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["a private key", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxcBN\n-----END PGP PRIVATE KEY BLOCK-----\n"],
  ["a private key that is quoted", "> -----BEGIN PGP PRIVATE KEY BLOCK-----\n"],
  ["a key of OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n"],
  ["a signature", "-----BEGIN PGP SIGNATURE-----\n\nxcBN\n-----END PGP SIGNATURE-----\n"],
  ["a block that breaks off", `${begin}\n\nxcBN`],
  ["a block of nothing", `${begin}\n\n${end}\n`],
  ["a block that is no base64", `${begin}\n\n\u202e!!!!\n${end}\n`],
  ["two blocks", `${begin}\n\nxcBN\n${end}\n${begin}\n\nxcBN\n${end}\n`],
  ["fifty thousand blocks", `${begin}\n\nxcBN\n${end}\n`.repeat(5_000)],
  ["a megabyte of base64", `${begin}\n\n${`${"A".repeat(64)}\n`.repeat(16_000)}${end}\n`],
  ["binary", "\u0099\u0001\u000d\u0004"],
];

describe("a key file with", () => {
  it.each(keys)("%s is explained", async (_, text) => {
    const world = registry().writing("keys/acme/new.asc", text).withKeyFacts("keys/acme/new.asc", undefined);
    await expectExplained(world, { code: "key-change", says: /./ });
  });
});
