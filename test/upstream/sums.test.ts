import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSums, sumOf } from "../../src/upstream/sums.ts";

const [a, b] = ["ab".repeat(32), "cd".repeat(32)];

describe("parseSums", () => {
  it("reads lines with their numbers", () => {
    expect(parseSums(`${a}  x.zip\n${b}  y.zip\n`)).toEqual({
      lines: [
        { line: 1, sha256: a, filename: "x.zip" },
        { line: 2, sha256: b, filename: "y.zip" },
      ],
      unreadable: [],
    });
  });

  // Client contract, section 6.
  it.each([
    ["CRLF", `${a}  x.zip\r\n`],
    ["upper-case hex", `${a.toUpperCase()}  x.zip\n`],
    ["no final newline", `${a}  x.zip`],
    ["a single space", `${a} x.zip\n`],
    ["a tab", `${a}\tx.zip\n`],
    ["a third column", `${a}  x.zip built by us\n`],
    ["a trailing space", `${a}  x.zip \n`],
  ])("reads %s", (_, text) => {
    expect(parseSums(text)).toEqual({ lines: [{ line: 1, sha256: a, filename: "x.zip" }], unreadable: [] });
  });

  it("keeps the marks that clients take for part of a name", () => {
    expect(parseSums(`${a} *x.zip\n`).lines[0]?.filename).toBe("*x.zip");
    expect(parseSums(`${a}  ./x.zip\n`).lines[0]?.filename).toBe("./x.zip");
  });

  it.each([
    ["a blank line", ""],
    ["a blank line with CR", "\r"],
    ["spaces", "  "],
    ["a comment", "# sums"],
    ["one word", a],
    ["a word and a space", `${a}  `],
    ["a short hash", `${a.slice(2)}  x.zip`],
    ["a long hash", `${a}${b}  x.zip`],
    ["no hex", `${"xy".repeat(32)}  x.zip`],
    ["a leading space", ` ${a}  x.zip`],
    ["a byte order mark", `\ufeff${a}  x.zip`],
    ["BSD's form", `SHA256 (x.zip) = ${a}`],
    ["a no-break space in a name", `${a}  x\u00a0y.zip`],
    ["a line separator in a name", `${a}  x\u2028y.zip`],
    ["a next-line character in a name", `${a}  x\u0085y.zip`],
    ["a vertical tab in a name", `${a}  x\vy.zip`],
    ["a NUL byte", `${a}  x\0.zip`],
    ["the mark of an escaped name", `\\${a}  x\\n.zip`],
    ["a CR in the middle", `${a}  x.zip\ry`],
    ["more than 64 KiB", `${a}  x.zip ${"y".repeat(65_536)}`],
  ])("cannot read %s, and says where", (_, odd) => {
    const { lines, unreadable } = parseSums(`${b}  z.zip\n${odd}\n${a}  x.zip\n`);
    expect(lines.map((one) => one.line)).toEqual([1, 3]);
    expect(unreadable).toEqual([{ line: 2, text: odd.slice(0, 200) }]);
  });

  it("takes one final newline for the end, and a second one for a blank line", () => {
    expect(parseSums("")).toEqual({ lines: [], unreadable: [] });
    expect(parseSums("\n").unreadable).toHaveLength(1);
    expect(parseSums(`${a}  x\n\n`).unreadable).toEqual([{ line: 2, text: "" }]);
  });

  it("says of every line of anything whether it can be read, and reads what it has printed", () => {
    const names = fc.stringMatching(/^[A-Za-z0-9._*/-]{1,20}$/);
    const hashes = fc.stringMatching(/^[0-9a-f]{64}$/);
    const rows = fc.array(
      fc.oneof(
        fc.tuple(hashes, names).map(([hash, name]) => `${hash}  ${name}`),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(rows, (list) => {
        const text = list.map((row) => `${row.replaceAll("\n", "")}\n`).join("");
        const { lines, unreadable } = parseSums(text);
        const numbers = [...lines, ...unreadable].map((one) => one.line).sort((x, y) => x - y);
        expect(numbers).toEqual(list.map((_, index) => index + 1));
        const printed = lines.map((one) => `${one.sha256}  ${one.filename}\n`).join("");
        expect(parseSums(printed).lines.map(({ sha256, filename }) => [sha256, filename])).toEqual(
          lines.map(({ sha256, filename }) => [sha256, filename]),
        );
      }),
    );
  });

  it("is not slowed down by hostile lines", () => {
    const started = performance.now();
    for (const row of [
      " ".repeat(2_000_000),
      `${a}${" ".repeat(2_000_000)}`,
      `${a} `.repeat(30_000),
      "\n".repeat(1_000_000),
    ])
      parseSums(row);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe("sumOf", () => {
  it("is the first line's, as for clients, in lower case", () => {
    const sums = parseSums(`${a.toUpperCase()}  x.zip\n${b}  x.zip\n${b}  y.zip\n`);
    expect(sumOf(sums, "x.zip")).toBe(a);
    expect(sumOf(sums, "y.zip")).toBe(b);
  });

  it.each(["X.zip", "x", "", "__proto__", "constructor"])("is none of %j", (name) => {
    expect(sumOf(parseSums(`${a}  x.zip\n`), name)).toBeUndefined();
  });
});
