import { type ErrorCode, parseDocument, type YAMLError } from "yaml";
import { plainText, quoted } from "./plain-text.ts";

export type ParsedYaml =
  | { readonly ok: true; readonly value: unknown }
  /** Each the rest of a sentence that names the file, safe to print. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Parses one YAML document; an empty one is undefined. What the parser objects to is said in our words, with its line. */
export function parseYaml(text: string): ParsedYaml {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) return { ok: false, problems: document.errors.map((error) => describe(error, text)) };
  try {
    // Aliases may multiply a small file into a huge one.
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) ?? undefined };
  } catch (error) {
    const unresolved = /Unresolved alias.*: (.*)$/.exec(String(error))?.[1];
    const problem =
      unresolved === undefined
        ? "its aliases (*name) multiply it far beyond its size; write the values out"
        : `the alias ${quoted(`*${unresolved}`, 60)} stands for nothing: no anchor ${quoted(`&${unresolved}`, 60)} comes before it`;
    return { ok: false, problems: [problem] };
  }
}

function describe({ code, linePos, pos, message }: YAMLError, text: string): string {
  const line = linePos === undefined ? "" : `line ${linePos[0].line}: `;
  if (code === "DUPLICATE_KEY") {
    const key = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0];
    return `${line}${key === undefined ? "a key" : `the key ${quoted(key.replace(/^(["'])(.*)\1$/, "$2"), 60)}`} occurs twice`;
  }
  // A parser may learn to object to something new; its first line is better than nothing.
  const words = inWords[code] ?? plainText((message.split("\n")[0] ?? "").replace(/:$/, ""));
  return `${line}${words}`;
}

const bracket = "a bracket, brace, quote or comma is missing or does not fit";
const indent = "the indentation does not fit the lines above it, or a bracket or brace is not closed";

const inWords: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: "an alias (*name) can have neither an anchor nor a tag",
  BAD_ALIAS: "an alias (*name) or anchor (&name) has no proper name",
  BAD_COLLECTION_TYPE: "a tag (!name) does not fit its value",
  BAD_DIRECTIVE: "a line that begins with % is no directive that YAML knows",
  BAD_DQ_ESCAPE:
    "after a backslash in double quotes stands something that YAML does not know; write \\\\ for a backslash",
  BAD_INDENT: indent,
  BAD_PROP_ORDER: "an anchor (&name) or a tag (!name) stands in the wrong place",
  BAD_SCALAR_START: "a text begins with a sign that needs quotes around the text",
  BLOCK_AS_IMPLICIT_KEY:
    "a key and its value stand where another key's value is expected; give them a line of their own",
  BLOCK_IN_FLOW: bracket,
  KEY_OVER_1024_CHARS: "a key is longer than 1,024 characters",
  MISSING_CHAR: bracket,
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines, or a colon is missing behind it",
  MULTIPLE_ANCHORS: "a value has more than one anchor (&name)",
  MULTIPLE_DOCS: "the file holds more than one document; remove the line --- between them",
  MULTIPLE_TAGS: "a value has more than one tag (!name)",
  NON_STRING_KEY: "a key must be a text",
  RESOURCE_EXHAUSTION: "the file nests its values too deep",
  TAB_AS_INDENT: "a tab cannot indent in YAML; use spaces",
  TAG_RESOLVE_FAILED: "a tag (!name) is not known",
  UNEXPECTED_TOKEN: "there is something that YAML does not expect here",
};
