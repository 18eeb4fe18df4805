import type { Node } from "jsonc-parser";

/** How a JSON text is written, so that what is put into it looks like the rest. */
export interface Form {
  readonly indent: string;
  readonly unit: string;
  readonly eol: string;
}

export const printer =
  ({ indent, unit, eol }: Form) =>
  (value: unknown): string =>
    JSON.stringify(value, null, unit === "" ? " " : unit)
      .split("\n")
      .map((line) => (unit === "" ? line.trimStart() : line))
      .join(`${eol}${indent}`);

export const endOf = (node: Node | undefined): number => (node === undefined ? 0 : node.offset + node.length);

export const eolOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

/** One step of indentation: what the first indented line begins with; none where fields begin their lines. */
export const unitOf = (text: string): string => /^[ \t]+/m.exec(text)?.[0] ?? (/^"/m.test(text) ? "" : "  ");

/** The indentation of the line at an offset. */
export function indentAt(text: string, offset: number): string {
  const start = offset < 0 ? 0 : text.lastIndexOf("\n", offset) + 1;
  return /^[ \t]*/.exec(text.slice(start, start + 200))?.[0] ?? "";
}
