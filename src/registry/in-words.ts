import type { ErrorObject } from "ajv/dist/2020.js";
import { quoted } from "./plain-text.ts";

/** What the texts of a pattern are, as the end of "must be …". */
export type PatternsInWords = Readonly<Record<string, string>>;

/**
 * What a value has to be and what it is, for an error of a validator made with `verbose`: "must be a whole number, got 5.5".
 * The library's own words speak of types and regular expressions, and people read this.
 */
export function requirement({ keyword, params, message, data, parentSchema }: ErrorObject, patterns: PatternsInWords) {
  const must = (what: string) => `must be ${what}, got ${quoted(data, 100)}`;
  const inPattern = (pattern: unknown) => (typeof pattern === "string" ? patterns[pattern] : undefined);
  switch (keyword) {
    case "enum":
      return must(`one of ${(params.allowedValues as string[]).join(", ")}`);
    case "pattern":
      return must(inPattern(params.pattern) ?? `a text that matches ${params.pattern}`);
    case "type":
      return must(inPattern(parentSchema?.pattern) ?? typesInWords[String(params.type)] ?? String(params.type));
    case "minLength":
      return must(params.limit === 1 ? "a text that is not empty" : `a text of at least ${params.limit} characters`);
    case "maxLength":
      return must(`a text of at most ${params.limit} characters`);
    case "maxItems":
      return must(`a list of at most ${params.limit}`);
    case "minimum":
      return must(`at least ${params.limit}`);
    case "maximum":
      return must(`at most ${params.limit}`);
    default:
      return `${message ?? "is wrong"}, got ${quoted(data, 100)}`;
  }
}

const typesInWords: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  null: "null",
  object: "keys with values",
  string: "a text",
};
