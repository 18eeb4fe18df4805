/**
 * Text that a contributor or a release wrote, made safe for one line of a terminal, a log or a message: control and
 * bidirectional characters become \u escapes, long text is cut. The result is plain text, not Markdown.
 */
export function plainText(value: string, limit = 200): string {
  const text = value.length > limit ? `${cut(value, limit)}… (${value.length} characters)` : value;
  return visible(text);
}

/** Any JSON value in quotes, safe as `plainText`. A text that is cut still has both its quotes. */
export function quoted(value: unknown, limit = 200): string {
  if (typeof value !== "string") return plainText(JSON.stringify(value) ?? String(value), limit);
  if (value.length <= limit) return visible(JSON.stringify(value));
  return `${visible(JSON.stringify(`${cut(value, limit)}…`))} (${value.length} characters)`;
}

/** The beginning of a text, without half a character at its end. */
const cut = (text: string, limit: number): string => text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");

const visible = (text: string): string => text.replace(unsafe, escapeUnits);

const escapeUnits = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");

/** "a, b and 3 more" of plain texts. */
export function listed(values: readonly string[], most = 5): string {
  if (values.length <= most) return values.join(", ");
  return `${values.slice(0, most).join(", ")} and ${values.length - most} more`;
}

// Controls, format characters (soft hyphen, zero-width and bidirectional marks, tags), line separators, lone surrogates,
// fillers that show nothing, and non-characters; but not the selectors that turn signs into emoji.
const unsafe = /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\ufff9-\uffff]/gu;
