import { describe, expect, it } from "vitest";
import { sumsUsable } from "../../src/rules/sums-usable.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { moduleVersion } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { missing, release, unavailable } from "../support/builders/release.ts";

const good = release("1.1.0");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const withSums = (edit: (text: string) => string) => base.adding(good.withSums(edit), good.entry);
const hash = "ab".repeat(32);

describe("sumsUsable", () => {
  it.each([
    ["as GoReleaser writes them", (text: string) => text],
    ["with CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["in upper-case hex", (text: string) => text.replace(/^[0-9a-f]+/gm, (one) => one.toUpperCase())],
    ["without a final newline", (text: string) => text.trimEnd()],
    ["with single spaces", (text: string) => text.replaceAll("  ", " ")],
    ["with a third column", (text: string) => text.replaceAll("\n", " x\n")],
    ["that name other files as well", (text: string) => `${text}${hash}  terraform-provider-dns_1.1.0_manifest.json\n`],
    ["that name a file twice alike", (text: string) => `${text}${hash}  x\n${hash.toUpperCase()}  x\n`],
  ])("passes sums %s", (_, edit) => {
    expect(outcomesOf(sumsUsable, withSums(edit))).toEqual(["pass"]);
  });

  // Client contract, section 6: these crash clients, or lose hashes of other platforms.
  it.each([
    ["a blank line", (text: string) => `${text}\n`, 3],
    ["a blank line in the middle", (text: string) => text.replace("\n", "\n\n"), 2],
    ["a blank line with CRLF", (text: string) => `${text}\r\n`, 3],
    ["a line of spaces", (text: string) => ` \n${text}`, 1],
    ["a comment", (text: string) => `# sums\n${text}`, 1],
    ["one word", (text: string) => `${text}sums\n`, 3],
    ["a SHA-512 line", (text: string) => `${text}${"ab".repeat(64)}  x\n`, 3],
    ["a short hash", (text: string) => `${text}abcd  x\n`, 3],
    ["spaces first", (text: string) => ` ${text}`, 1],
    ["white space that splits a name for clients alone", (text: string) => `${hash}  x\u00a0y\n${text}`, 1],
    ["a byte order mark", (text: string) => `\ufeff${text}`, 1],
    ["a NUL byte", (text: string) => `${hash}  x\0y\n${text}`, 1],
    ["a line over 64 KiB", (text: string) => `${hash}  x ${"y".repeat(65_536)}\n${text}`, 1],
  ])("fails sums with %s, and says which line", (_, edit, line) => {
    const [finding, ...others] = findingsOf(sumsUsable, withSums(edit));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      outcome: "fail",
      version: "1.1.0",
      message: expect.stringContaining(`ine ${line}`),
    });
  });

  it("fails an empty file, which protects nothing", () => {
    const [finding, ...others] = findingsOf(
      sumsUsable,
      withSums(() => ""),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ outcome: "fail", message: "SHA256SUMS is empty." });
  });

  it("passes a name that is no UTF-8, as clients do, and takes it for no other file's", () => {
    const { sums } = good.evidence;
    if (sums.kind !== "found") return expect.unreachable();
    const bytes = Buffer.concat([Buffer.from(sums.base64, "base64"), Buffer.from(`${hash}  caf\xe9.zip\n`, "latin1")]);
    const of = good.with({ sums: { ...sums, base64: bytes.toString("base64") } });
    expect(outcomesOf(sumsUsable, base.adding(of, good.entry))).toEqual(["pass"]);
  });

  it("has an answer to many thousand lines, and to one line of megabytes, within a second", () => {
    for (const text of [`${hash}  x\n`.repeat(50_000), "x".repeat(4_000_000), `${hash} `.repeat(60_000)]) {
      const started = performance.now();
      findingsOf(
        sumsUsable,
        withSums(() => text),
      );
      expect(performance.now() - started).toBeLessThan(1_000);
    }
  });

  it("fails sums that give two hashes for one file", () => {
    const [finding] = findingsOf(
      sumsUsable,
      withSums((text) => `${text}${hash}  terraform-provider-dns_1.1.0_linux_amd64.zip\n`),
    );
    expect(finding).toMatchObject({ outcome: "fail", message: expect.stringContaining("linux_amd64.zip") });
  });

  it("counts many bad lines rather than listing them, and shows them safely", () => {
    const [finding] = findingsOf(
      sumsUsable,
      withSums(() => "\u202e\n".repeat(10_000)),
    );
    expect(finding?.message.length).toBeLessThan(400);
    expect(finding?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("fails without sums, waits where that is not known, and is not asked about modules", () => {
    const adding = (of: typeof good) => base.adding(of, good.entry);
    expect(outcomesOf(sumsUsable, adding(good.with({ sums: missing() })))).toEqual(["fail"]);
    expect(outcomesOf(sumsUsable, adding(good.with({ sums: unavailable })))).toEqual(["retry"]);
    expect(outcomesOf(sumsUsable, adding(good.with({ release: missing(), sums: missing() })).byRegistrar())).toEqual([
      "retry",
    ]);
    const without = base.editing(pathOf("acme/dns"), (record) => ({ versions: [good.entry, ...record.versions] }));
    expect(outcomesOf(sumsUsable, without)).toEqual(["retry"]);
    const module = registry().editing(pathOf("acme/network/aws"), () => ({ versions: [moduleVersion("v1.0.0")] }));
    expect(outcomesOf(sumsUsable, module)).toEqual([]);
  });
});
