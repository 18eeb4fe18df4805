/** What a registry holds or what changes in it, by path: a text, a value that is printed as JSON, or a link; null removes. */
export type Files = Readonly<Record<string, unknown>>;

/** A symbolic link. */
export const isLink = (value: unknown): value is { readonly link: string } =>
  typeof value === "object" && value !== null && "link" in value;

/** What is written, of a link where it leads. */
export const fileText = (value: unknown): string =>
  isLink(value) ? value.link : typeof value === "string" ? value : JSON.stringify(value, null, 2);
