import { type Node, type ParseErrorCode, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import { isPlaceable, textSizeProblem, valueSizeProblem } from "./json-size.ts";
import { quoted } from "./plain-text.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One thing that is wrong with a file, at a place in it. */
export interface JsonProblem {
  readonly pointer: string;
  readonly message: string;
}

export type StrictJson =
  | { readonly ok: true; readonly value: JsonValue; readonly problems: readonly JsonProblem[] }
  | { readonly ok: false; readonly problems: readonly JsonProblem[] };

/** Repetitions that are named at most. */
const mostRepeated = 100;

/**
 * Parses JSON that must mean the same to everybody: no byte order mark, no comments, no repeated keys, bounded size and depth.
 * Repeated keys still give a value (the last one, as JSON.parse) beside the problem.
 */
export function parseStrictJson(text: string): StrictJson {
  const tooLarge = textSizeProblem(text);
  if (tooLarge !== null) return refuse(tooLarge);
  if (text.startsWith("\uFEFF")) return refuse("The file begins with a byte order mark; save it as plain UTF-8.");
  if (text.includes("\uFFFD")) return refuse("The file is not valid UTF-8.");
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`The file is not JSON: ${firstSyntaxError(text)}.`);
  }
  const tooMuch = valueSizeProblem(value);
  if (tooMuch !== null) return refuse(tooMuch);
  return { ok: true, value, problems: isPlainlyUnique(text, value) ? [] : repeatedKeys(text) };
}

const refuse = (message: string): StrictJson => ({ ok: false, problems: [{ pointer: "", message }] });

/** A text that equals its value printed again can hold no key twice; this spares nearly all files the slow look. */
function isPlainlyUnique(text: string, value: JsonValue): boolean {
  const body = text.trimEnd();
  return JSON.stringify(value, null, 2) === body || JSON.stringify(value) === body;
}

/** Without building a tree: a hostile file may repeat a key a million times. */
function repeatedKeys(text: string): JsonProblem[] {
  const problems: JsonProblem[] = [];
  const open: Set<string>[] = [];
  visit(withoutSpace(text), {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (key, _offset, _length, _line, _character, pathSupplier) => {
      const seen = open.at(-1);
      if (seen?.has(key) === true && problems.length < mostRepeated) {
        const pointer = [...pathSupplier(), key].map((part) => `/${escapePointer(String(part))}`).join("");
        problems.push({ pointer, message: `The key ${quoted(key)} occurs twice in one object.` });
      }
      seen?.add(key);
    },
  });
  return problems;
}

/** Valid JSON without white space between its signs: the parser takes seconds for megabytes of that. */
function withoutSpace(text: string): string {
  const parts: string[] = [];
  let [start, inText] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (inText && sign === backslash) at += 1;
    else if (sign === quote) inText = !inText;
    else if (!inText && sign <= space) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts.join("") + text.slice(start);
}

const [space, quote, backslash] = [32, 34, 92] as const;

function firstSyntaxError(text: string): string {
  if (!isPlaceable(text)) return "it breaks off or has a sign that JSON does not allow";
  const found: { code: ParseErrorCode; offset: number }[] = [];
  try {
    visit(
      text,
      {
        onError: (code, offset) => {
          found.push({ code, offset });
          throw new Error("The first is enough.");
        },
      },
      { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
    );
  } catch {
    if (found.length === 0) return "it nests its values too deep";
  }
  const [first] = found;
  if (first === undefined) return "it breaks off or has a sign that JSON does not allow";
  return `line ${lineAt(text, first.offset)}: ${inWords[printParseErrorCode(first.code)] ?? "this is no JSON value"}`;
}

/** What the parser objects to, for people. */
const inWords: Readonly<Record<string, string>> = {
  InvalidSymbol: "there is a word or sign that JSON does not have; texts stand in double quotes",
  InvalidNumberFormat: "a number is not written as JSON writes numbers",
  PropertyNameExpected: "a key in double quotes is expected; maybe there is a comma too many before it",
  ValueExpected: "a value is expected; maybe there is a comma too many before it",
  ColonExpected: "a colon is expected between a key and its value",
  CommaExpected: "a comma is expected between two values",
  CloseBraceExpected: "a closing } is missing",
  CloseBracketExpected: "a closing ] is missing",
  EndOfFileExpected: "there is more text behind the end of the value",
  InvalidCommentToken: "there is a comment, which JSON does not have",
  UnexpectedEndOfComment: "there is a comment, which JSON does not have",
  UnexpectedEndOfString: "a text has no closing double quote in its line",
  UnexpectedEndOfNumber: "a number breaks off",
  InvalidUnicode: "after \\u four hex digits are expected",
  InvalidEscapeCharacter: "after a backslash stands something that JSON does not know; write \\\\ for a backslash",
  InvalidCharacter: "a text has a control character, such as a tab; write it as an escape, such as \\t",
};

export const escapePointer = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** 1-based. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** 1-based first and last line of the value at a JSON pointer; undefined when the text has no such place. */
export const linesOf = (text: string, pointer: string): Lines | undefined => createLineFinder(text)(pointer);

/** The same for many pointers into one text, which is parsed once. */
export function createLineFinder(text: string): (pointer: string) => Lines | undefined {
  const root = parseTreeSafely(text);
  const ends: number[] = [];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) ends.push(at);
  const lineOf = (offset: number) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  return (pointer) => {
    const node = nodeAt(root, pointer);
    if (node === undefined) return undefined;
    const offset = node.parent?.type === "property" ? node.parent.offset : node.offset;
    return { first: lineOf(offset), last: lineOf(node.offset + node.length) };
  };
}

/** The value at a JSON pointer (RFC 6901). */
export function nodeAt(root: Node | undefined, pointer: string): Node | undefined {
  const [start, ...path] = pointer.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (start !== "") return undefined;
  return path.reduce((at, part) => (at === undefined ? undefined : childOf(at, part)), root);
}

/** Undefined for a text that nests too deep for the parser, or is far larger than any record. */
function parseTreeSafely(text: string): Node | undefined {
  if (!isPlaceable(text)) return undefined;
  try {
    return parseTree(text);
  } catch {
    return undefined;
  }
}

/** Of repeated keys the last one's value, as JSON.parse. */
function childOf(node: Node, part: string): Node | undefined {
  if (node.type === "array") return /^(?:0|[1-9]\d*)$/.test(part) ? node.children?.[Number(part)] : undefined;
  if (node.type !== "object") return undefined;
  return node.children?.findLast((property) => property.children?.[0]?.value === part)?.children?.[1];
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two JSON values are the same, key order aside. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}
