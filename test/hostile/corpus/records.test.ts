import { describe, it } from "vitest";
import { pathOf, registry } from "../../support/builders/registry.ts";
import { release } from "../../support/builders/release.ts";
import { type Expected, expectExplained, nested } from "./support.ts";

const dns = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const good = JSON.stringify({ versions: [release("1.1.0").entry] });
const shape = (says: RegExp): Expected => ({ code: "record-shape", says });

const entries = (count: number, entry: string) => `{"versions":[${Array(count).fill(entry).join(",")}]}`;
const archives = (count: number, archive: string) =>
  `{"versions":[{"version":"1.1.0","protocols":["5.0"],"shasums_url":"https://x/s","shasums_signature_url":"https://x/s","targets":[${Array(count).fill(archive).join(",")}]}]}`;

const texts: readonly (readonly [string, string, Expected])[] = [
  ["nothing at all", "", shape(/not JSON/)],
  ["null", "null", shape(/JSON object/)],
  ["a list", "[]", shape(/JSON object/)],
  ["a number that is too large for any", "1e999", shape(/JSON object/)],
  ["a byte order mark", `\ufeff${good}`, shape(/byte order mark/)],
  ["a NUL character after its end", `${good}\0`, shape(/not JSON/)],
  ["a NUL character in a text", good.replace("1.1.0", "1.1.0\0"), shape(/not JSON.*control character/)],
  ["bytes that are no UTF-8", good.replace("1.1.0", "1.1.0\ufffd"), shape(/not valid UTF-8/)],
  ["comments", `// hello\n${good}`, shape(/comment/)],
  ["a comma too many", good.replace(/\}$/, ",}"), shape(/not JSON/)],
  ["two values", `${good}${good}`, shape(/not JSON: line 1: there is more text/)],
  ["single quotes", good.replaceAll('"', "'"), shape(/not JSON: line 1/)],
  ["half of a file", good.slice(0, good.length / 2), shape(/not JSON: line 1/)],
  ["a conflict of git", `<<<<<<< HEAD\n${good}\n=======\n${good}\n>>>>>>> a\n`, shape(/not JSON: line 1/)],
  ["one key twice", good.replace("{", '{"versions":[],'), shape(/"versions" occurs twice/)],
  [
    "one key twice, once with escapes",
    good.replace("{", String.raw`{"versio\u006es":[],`),
    shape(/"versions" occurs twice/),
  ],
  ["one key twenty thousand times", `{${Array(20_000).fill('"a":1').join(",")}}`, shape(/"a" occurs twice/)],
  ["__proto__ as a key", good.replace("{", '{"__proto__":{"versions":[]},'), shape(/"__proto__" is not known/)],
  ["constructor as a key", good.replace("{", '{"constructor":{"prototype":{}},'), shape(/"constructor" is not known/)],
  ["100 levels", nested(100), shape(/64 levels/)],
  ["a hundred thousand levels of objects", nested(100_000), shape(/not JSON|levels/)],
  ["a million open lists", "[".repeat(1_000_000), shape(/not JSON|more than 250000 values/)],
  ["a million entries", entries(1_000_000, "{}"), shape(/more than 250000 values/)],
  ["6,000 entries", entries(6_000, "{}"), shape(/list of 6000 entries; at most 5000/)],
  ["5,000 entries that are nothing", entries(5_000, "{}"), shape(/more than 2000 problems/)],
  ["5,000 entries that are null", entries(5_000, "null"), shape(/more than 2000 problems/)],
  ["4,900 archives that are nothing", archives(4_900, "{}"), shape(/more than 2000 problems/)],
  [
    "10,000 unknown keys",
    `{${Array.from({ length: 10_000 }, (_, at) => `"k${at}":1`).join(",")}}`,
    shape(/more than 2000/),
  ],
  ["a key of a megabyte", good.replace("{", `{"${"k".repeat(1_000_000)}":1,`), shape(/is not known/)],
  [
    "a version of a megabyte",
    entries(1, `{"version":"${"1".repeat(1_000_000)}"}`),
    shape(/1000000 characters; at most 256/),
  ],
  ["a version that is a number", entries(1, '{"version":1.1}'), shape(/no "version" text/)],
  ["a version that is a list", entries(1, '{"version":["1.1.0"]}'), shape(/no "version" text/)],
  ["17 million characters", " ".repeat(17_000_000), shape(/17000000 characters; at most 16777216/)],
  ["two megabytes of white space", good.replace("{", `{${" ".repeat(2_000_000)}`), shape(/white space/)],
  ["no versions", "{}", shape(/no versions/)],
  ["versions that are an object", '{"versions":{"0":{}}}', shape(/must be a list/)],
  ["a hash that is empty", good.replace(/"shasum":"[0-9a-f]+"/, '"shasum":""'), shape(/shasum/)],
  ["a hash that is too long", good.replace(/"shasum":"/, '"shasum":"ab'), shape(/shasum/)],
  ["a hash in full-width digits", good.replace(/"shasum":"\w{2}/, '"shasum":"００'), shape(/shasum/)],
  ["a size below nothing", good.replace(/"size":\d+/, '"size":-1'), shape(/size/)],
  ["a size beyond all numbers", good.replace(/"size":\d+/, '"size":1e400'), shape(/size/)],
  ["an id that is no whole number", good.replace("{", '{"repository_id":1.5,'), shape(/repository_id/)],
  [
    "warnings of three thousand characters",
    good.replace("{", `{"warnings":["${"x".repeat(3_000)}"],`),
    shape(/warnings/),
  ],
  ["thirty warnings", good.replace("{", `{"warnings":[${Array(30).fill('"x"').join(",")}],`), shape(/warnings/)],
];

const archiveWith = (field: string, value: unknown) => base.adding(release("1.1.0"), withArchive({ [field]: value }));

function withArchive(more: object) {
  const { targets, ...entry } = release("1.1.0").entry as { targets: object[] };
  return { ...entry, targets: [{ ...targets[0], ...more }, ...targets.slice(1)] };
}

const archiveFields: readonly (readonly [string, unknown])[] = [
  ["filename", "../../etc/passwd"],
  ["filename", "/etc/passwd"],
  ["filename", "terraform-provider-dns_1.1.0_linux_amd64.zip\u0000.exe"],
  ["filename", "terraform-provider-dns\\..\\x.zip"],
  ["filename", "terraform-provider-dns_1.1.0_\u202egpj.zip"],
  ["filename", "x".repeat(300)],
  ["filename", ""],
  ["download_url", "javascript:alert(1)"],
  ["download_url", "file:///etc/passwd"],
  ["download_url", "https://x/a b"],
  ["download_url", "https://x/\u202e"],
  ["download_url", `https://x/${"y".repeat(3_000)}`],
  ["download_url", "//evil.example/x"],
  ["os", "linux/../.."],
  ["os", "linux\n"],
  ["os", ""],
  ["arch", "amd64 "],
  ["arch", "ａｍｄ６４"],
  ["arch", "x".repeat(65)],
  ["shasum", null],
  ["h1", "h1:nothing"],
];

describe("a new record of", () => {
  it.each(texts)("%s is explained", async (_, text, expected) => {
    await expectExplained(registry().writing(dns, text), expected);
  });
});

describe("an edited record of", () => {
  it.each(texts)("%s is explained", async (_, text, expected) => {
    await expectExplained(base.writing(dns, text), expected);
  });
});

describe("an archive", () => {
  it.each(archiveFields)("whose %s is %j is explained", async (field, value) => {
    await expectExplained(archiveWith(field, value), shape(new RegExp(`Archive 1: .*${field}`)));
  });

  it("for each of 5,000 platforms in one version is explained", async () => {
    const { targets, ...entry } = release("1.1.0").entry as { targets: object[] };
    const many = Array.from({ length: 4_999 }, (_, at) => ({ ...targets[0], os: `os${at}` }));
    const world = base.adding(release("1.1.0"), { ...entry, targets: many });
    await expectExplained(world, { code: "record-matches-release", says: /./ });
  });
});
