/**
 * Text that a contributor or a release wrote, made safe for one line of a terminal, a log or a message: control and
 * bidirectional characters become \u escapes, long text is cut. The result is plain text, not Markdown.
 */
export function plainText(value: string, limit = 200): string {
  const cut = value.length > limit ? `${value.slice(0, limit)}… (${value.length} characters)` : value;
  return cut.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Any JSON value in quotes, safe as `plainText`. */
export function quoted(value: unknown, limit = 200): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return plainText(text, limit);
}

/** "a, b and 3 more" of plain texts. */
export function listed(values: readonly string[], most = 5): string {
  if (values.length <= most) return values.join(", ");
  return `${values.slice(0, most).join(", ")} and ${values.length - most} more`;
}

// C0 and C1 controls, soft hyphen, zero-width and bidirectional marks, line separators, lone surrogates, tags (as surrogates).
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
