/**
 * The parts of the path that a request names in a published folder; null where nothing can be published there. A list
 * of what is allowed rather than of what is not: every published name is made of these characters, and only
 * `.well-known` begins with a dot. Decoded part by part, so that an encoded slash, dot or backslash is none.
 */
export function publishedPath(requestUrl: string): readonly string[] | null {
  const path = requestUrl.split("?", 1)[0] ?? "";
  if (!path.startsWith("/")) return null;
  const parts: string[] = [];
  for (const encoded of path.slice(1).split("/")) {
    const part = decode(encoded);
    const isAllowed = /^[0-9A-Za-z_-][0-9A-Za-z._-]*$/.test(part) || (parts.length === 0 && part === ".well-known");
    if (!isAllowed) return null;
    parts.push(part);
  }
  return parts;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
