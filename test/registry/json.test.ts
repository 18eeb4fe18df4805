import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  escapePointer,
  isObject,
  type JsonValue,
  linesOf,
  parseStrictJson,
  sameJson,
} from "../../src/registry/json.ts";
import { largestRecord } from "../../src/registry/json-size.ts";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;
const problemsOf = (text: string) => parseStrictJson(text).problems.map((problem) => problem.message);

describe("parseStrictJson", () => {
  it.each(["{}", "[]", "null", "1", '"a"', '{"a": [1, 2]}\n', ' {"a":\r\n\t1} ', '{"__proto__": {"a": 1}}'])(
    "takes %j as JSON.parse does",
    (text) => {
      expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text), problems: [] });
    },
  );

  it("gives what was written, in any form", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, 4, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text), problems: [] });
      }),
    );
  });

  it.each([
    ["a byte order mark", "\ufeff{}", "byte order mark"],
    ["bytes that were no UTF-8", new TextDecoder().decode(new Uint8Array([0x22, 0xff, 0x22])), "not valid UTF-8"],
    ["nothing", "", "not JSON: line 1: a value is expected"],
    ["a comment", '{\n// x\n"a": 1}', "not JSON: line 2: there is a comment"],
    ["a trailing comma", '{"a": 1,\n}', "not JSON: line 2: a key in double quotes is expected"],
    ["single quotes", "{'a': 1}", "not JSON: line 1: there is a word or sign that JSON does not have"],
    ["text after the value", "{}\n{}", "not JSON: line 2: there is more text"],
    ["NaN", "[NaN]", "not JSON: line 1: there is a word or sign"],
    ["a cut-off file", '{"versions": [{"version": "1.0', "not JSON: line 1: a text has no closing double quote"],
    ["a new line in a string", '"a\nb"', "not JSON: line 1: a text has no closing double quote"],
    ["a missing colon", '{"a" 1}', "not JSON: line 1: a colon is expected"],
    ["a missing comma", '{"a": 1\n"b": 2}', "not JSON: line 2: a comma is expected"],
    ["a missing brace", '{"a": 1', "not JSON: line 1: a closing } is missing"],
    ["a missing bracket", "[1", "not JSON: line 1: a closing ] is missing"],
    ["a tab in a string", '"a\tb"', "not JSON: line 1: a text has a control character"],
    ["an odd escape", '"\\x"', "not JSON: line 1: after a backslash"],
    ["half an escape", '"\\u12"', "not JSON: line 1: after \\u four hex digits"],
    ["a number with a leading zero", "01", "not JSON: line 1"],
  ])("refuses %s", (_, text, message) => {
    const parsed = parseStrictJson(text);
    expect(parsed.ok).toBe(false);
    expect(problemsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  it("refuses a file that is too large, and takes one of just that size", () => {
    const body = `"${"a".repeat(largestRecord - 2)}"`;
    expect(parseStrictJson(body).ok).toBe(true);
    expect(problemsOf(`${body} `)).toEqual([expect.stringContaining(`at most ${largestRecord}`)]);
  });

  it.each([
    ["nested lists", "[".repeat(200_000) + "]".repeat(200_000)],
    ["nested objects", '{"a":'.repeat(200_000) + 1 + "}".repeat(200_000)],
    ["lists without an end", "[".repeat(200_000)],
    ["nested lists that fit a stack but nobody needs", "[".repeat(2_000) + "]".repeat(2_000)],
    ["nested lists, printed nicely", JSON.stringify(nest(200), null, 2)],
  ])("refuses %s instead of running out of stack", (_, text) => {
    expect(parseStrictJson(text)).toMatchObject({ ok: false, problems: [{ pointer: "" }] });
  });

  it("takes lists as deep as any record of ours", () => {
    expect(parseStrictJson(JSON.stringify(nest(20))).ok).toBe(true);
  });

  it.each([
    ["at the top", '{"a": 1, "b": 2, "a": 3}', ["/a"]],
    ["below", '{"versions": [{"targets": [{"os": "x", "os": "x"}]}]}', ["/versions/0/targets/0/os"]],
    ["written in two ways", '{"a": 1, "\\u0061": 2}', ["/a"]],
    ["that is empty", '{"": 1, "": 2}', ["/"]],
    ["with a slash and a tilde", '{"a/~": 1, "a/~": 1}', ["/a~1~0"]],
    ["that is __proto__", '{"__proto__": 1, "__proto__": 2}', ["/__proto__"]],
    ["three times", '{"a": 1, "a": 1, "a": 1}', ["/a", "/a"]],
    ["in a value that a later one replaces", '{"a": {"b": 1, "b": 2}, "a": {}}', ["/a/b", "/a"]],
  ])("finds a repeated key %s, and still gives the last value", (_, text, pointers) => {
    const parsed = parseStrictJson(text);
    expect(parsed).toMatchObject({ ok: true, value: JSON.parse(text) });
    expect(parsed.problems.map((problem) => problem.pointer)).toEqual(pointers);
  });

  it("finds none where different objects have the same key", () => {
    expect(problemsOf('[{"a": 1}, {"a": 1}, {"b": {"a": 1}}]')).toEqual([]);
  });

  it("shows a repeated key safely", () => {
    expect(problemsOf('{"\u202e": 1, "\u202e": 2}')[0]).toContain(String.raw`"\u202e"`);
  });

  it("never throws", () => {
    const hostile = fc.array(
      fc.constantFrom("{", "}", "[", "]", ",", ":", '"', '"a"', "1", "null", "\\", "\n", "\ud800", " "),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          hostile.map((pieces) => pieces.join("")),
        ),
        (text) => {
          parseStrictJson(text);
          linesOf(text, "/a/0");
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function nest(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe("linesOf", () => {
  const text = ["{", '  "a": 1,', '  "b": [', '    {"c": 2,', '     "d": 3}', "  ],", '  "e/f": {"~0": 1}', "}"];

  it.each([
    ["", 1, 8],
    ["/a", 2, 2],
    ["/b", 3, 6],
    ["/b/0", 4, 5],
    ["/b/0/d", 5, 5],
    ["/e~1f", 7, 7],
    ["/e~1f/~00", 7, 7],
  ])("of %j are %i to %i, whatever the line ends and the indentation", (pointer, first, last) => {
    expect(linesOf(text.join("\n"), pointer)).toEqual({ first, last });
    expect(linesOf(text.join("\r\n"), pointer)).toEqual({ first, last });
    expect(linesOf(text.join("\n").replaceAll("  ", "\t"), pointer)).toEqual({ first, last });
  });

  it.each(["/x", "/b/1", "/b/-", "/a/0", "/b/0/c/d", "/e~01f", "a", "/__proto__", "/b/length", "/constructor"])(
    "of %s, which is not there, are none",
    (pointer) => {
      expect(linesOf(text.join("\n"), pointer)).toBeUndefined();
    },
  );

  it("finds a key that looks like an index, in an object", () => {
    expect(linesOf('{"versions": [\n{\n"7": 1}]}', "/versions/0/7")).toEqual({ first: 3, last: 3 });
  });

  it("finds the last of repeated keys, whose value counts", () => {
    expect(linesOf('{"a": 1,\n"a": 2}', "/a")).toEqual({ first: 2, last: 2 });
  });

  it.each(["", "[".repeat(200_000), "{", "no JSON"])(
    "gives nothing it could be wrong about for broken text",
    (broken) => {
      expect(linesOf(broken, "/a")).toBeUndefined();
    },
  );

  it("inverts escapePointer", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, other) => {
        const body = `{\n${JSON.stringify(other)}: {\n${JSON.stringify(key)}: 1}}`;
        expect(linesOf(body, `/${escapePointer(other)}/${escapePointer(key)}`)).toEqual({ first: 3, last: 3 });
      }),
    );
  });
});

describe("sameJson", () => {
  it("is true for a value and itself with its keys in another order", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(sameJson(value, reversed(value))).toBe(true);
      }),
    );
  });

  it("agrees with comparing sorted texts", () => {
    const small = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(sameJson(a, b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });

  it.each([
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], { 0: 1 }],
    [null, {}],
    [null, undefined],
    ["1", 1],
    [[null], []],
  ] as const)("is false for %j and %j", (a, b) => {
    expect(sameJson(a as JsonValue, b as JsonValue)).toBe(false);
    expect(sameJson(b as JsonValue, a as JsonValue)).toBe(false);
  });

  it.each([
    ['{"__proto__": {}}', '{"x": 1}'],
    ['{"__proto__": {}}', '{"__proto__": {"a": 1}}'],
    ['{"constructor": 1}', '{"x": 1}'],
  ])("is not fooled by what every object inherits: %s, %s", (a, b) => {
    expect(sameJson(JSON.parse(a), JSON.parse(b))).toBe(false);
    expect(sameJson(JSON.parse(b), JSON.parse(a))).toBe(false);
  });
});

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return ["list", ...value.map(sorted)];
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ["object", ...entries.flatMap(([key, item]) => [key, sorted(item)])];
}

describe("isObject", () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ["a", false],
    [undefined, false],
  ])("of %j is %s", (value, expected) => {
    expect(isObject(value)).toBe(expected);
  });
});
