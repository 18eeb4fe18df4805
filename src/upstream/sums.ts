/** One line of a SHA256SUMS file. */
export interface SumsLine {
  /** 1-based. */
  readonly line: number;
  readonly sha256: string;
  readonly filename: string;
}

export interface Sums {
  readonly lines: readonly SumsLine[];
  /** Lines that are not `<64 hex>  <name>`: clients read past some of them and crash on others. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
}

/** Clients read lines with a scanner that gives up at 64 KiB, and so loses all lines behind; in UTF-16 units that surely fit. */
const longestLine = 16_383;

/**
 * Parses a SHA256SUMS file as clients do: hash, white space, name (client contract, section 6). Upper-case hex, CRLF and
 * a missing final newline are fine; a blank line is unreadable, since it crashes clients, and so is a line with white space
 * that splits a name for clients (Go's `bytes.Fields`) and not for us, or with a NUL, where other programs cut it. A name that is
 * no UTF-8 stays unlike every file's, as it does for clients.
 */
export function parseSums(text: string): Sums {
  const lines: SumsLine[] = [];
  const unreadable: { line: number; text: string }[] = [];
  const rows = text.split("\n");
  if (rows.at(-1) === "") rows.pop();
  rows.forEach((row, index) => {
    const match =
      row.length > longestLine || row.includes("\0")
        ? null
        : /^([0-9a-fA-F]{64})[ \t]+([^\s\u0085]+)(?:[ \t].*)?\r?$/.exec(row);
    if (match?.[1] === undefined || match[2] === undefined)
      unreadable.push({ line: index + 1, text: row.slice(0, 200) });
    else lines.push({ line: index + 1, sha256: match[1].toLowerCase(), filename: match[2] });
  });
  return { lines, unreadable };
}

/** The hash that clients take for a file: the first line that names it. */
export function sumOf(sums: Sums, filename: string): string | undefined {
  return sums.lines.find((line) => line.filename === filename)?.sha256;
}
