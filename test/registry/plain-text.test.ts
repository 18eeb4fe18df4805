import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listed, plainText, quoted } from "../../src/registry/plain-text.ts";

/** What a terminal, a log viewer or a reader could be fooled by. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("plainText", () => {
  it.each([
    ["a new line", "a\nb", String.raw`a\u000ab`],
    ["CR", "a\rb", String.raw`a\u000db`],
    ["a tab", "a\tb", String.raw`a\u0009b`],
    ["an escape sequence", "\u001b[31mred", String.raw`\u001b[31mred`],
    ["NUL and DEL", "\u0000\u007f", String.raw`\u0000\u007f`],
    ["C1 controls", "\u0085\u009b", String.raw`\u0085\u009b`],
    ["a right-to-left override", "gnp.\u202egpj", String.raw`gnp.\u202egpj`],
    ["bidirectional isolates", "\u2066a\u2069", String.raw`\u2066a\u2069`],
    ["an Arabic letter mark", "\u061c", String.raw`\u061c`],
    ["a zero-width space", "ac\u200bme", String.raw`ac\u200bme`],
    ["a zero-width joiner", "ac\u200dme", String.raw`ac\u200dme`],
    ["a word joiner", "ac\u2060me", String.raw`ac\u2060me`],
    ["a soft hyphen", "ac\u00adme", String.raw`ac\u00adme`],
    ["a byte order mark", "\ufeffacme", String.raw`\ufeffacme`],
    ["line separators", "a\u2028b\u2029c", String.raw`a\u2028b\u2029c`],
    ["tag characters", "acme\u{e0061}\u{e007f}", String.raw`acme\udb40\udc61\udb40\udc7f`],
    ["fillers that show nothing", "a\u3164\u115f\uffa0b", String.raw`a\u3164\u115f\uffa0b`],
    ["a lone high surrogate", "a\ud800b", String.raw`a\ud800b`],
    ["a lone low surrogate", "a\udc00b", String.raw`a\udc00b`],
    ["two halves in the wrong order", "\udc00\ud800", String.raw`\udc00\ud800`],
  ])("shows %s as an escape", (_, text, expected) => {
    expect(plainText(text)).toBe(expected);
  });

  it.each(["acme/dns 1.2.0", "Grüße, 你好, ไทย", "🎉", "a\u0301", `<b>"'\`|*_`, ""])("leaves %j alone", (text) => {
    expect(plainText(text)).toBe(text);
  });

  it("cuts long text and says how long it was", () => {
    expect(plainText("a".repeat(10), 10)).toBe("a".repeat(10));
    expect(plainText("a".repeat(11), 10)).toBe(`${"a".repeat(10)}… (11 characters)`);
    expect(plainText("x".repeat(1_000_000)).length).toBeLessThan(250);
  });

  it("does not cut a character in two", () => {
    expect(plainText("🎉🎉", 3)).not.toContain("\\ud");
    expect(plainText("🎉🎉", 3)).toBe("🎉… (4 characters)");
  });

  it("holds nothing invisible, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.nat(300), (text, limit) => {
        expect(plainText(text, limit)).not.toMatch(invisible);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("quoted", () => {
  it.each([
    ["a", '"a"'],
    ['a"b', String.raw`"a\"b"`],
    ["a\\", String.raw`"a\\"`],
    ["a\nb", String.raw`"a\nb"`],
    ["\u202e", String.raw`"\u202e"`],
    ["", '""'],
    [5, "5"],
    [null, "null"],
    [undefined, "undefined"],
    [["a", 1], '["a",1]'],
    [{ a: "b" }, '{"a":"b"}'],
  ])("of %j is %s", (value, expected) => {
    expect(quoted(value)).toBe(expected);
  });

  it("closes its quotes when it cuts a text, so that what follows is not taken for part of it", () => {
    expect(quoted("a".repeat(20), 5)).toBe('"aaaaa…" (20 characters)');
    expect(quoted(`aaaa"${"b".repeat(20)}`, 5)).toBe(String.raw`"aaaa\"…" (25 characters)`);
    expect(quoted(`aaaa\\${"b".repeat(20)}`, 5)).toBe(String.raw`"aaaa\\…" (25 characters)`);
  });

  it("cuts other values as plain text", () => {
    const text = quoted({ a: ["b".repeat(500)] }, 20);
    expect(text.startsWith('{"a":["bbb')).toBe(true);
    expect(text.length).toBeLessThan(60);
  });

  it("is one string in quotes for any text, with nothing invisible and no quote that ends it early", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const shown = quoted(text, limit);
        expect(shown).toMatch(/^"(?:[^"\\]|\\.)*"(?: \(\d+ characters\))?$/);
        expect(shown).not.toMatch(invisible);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("listed", () => {
  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b", "c", "d", "e"], "a, b, c, d, e"],
    [["a", "b", "c", "d", "e", "f"], "a, b, c, d, e and 1 more"],
  ])("of %j is %j", (values, expected) => {
    expect(listed(values)).toBe(expected);
  });

  it("names as many as it is told", () => {
    expect(listed(["a", "b", "c"], 1)).toBe("a and 2 more");
  });
});
