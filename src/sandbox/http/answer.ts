export interface Answer {
  readonly status: number;
  /** undefined: no body. */
  readonly json?: unknown;
  readonly raw?: { readonly bytes: Uint8Array; readonly contentType: string };
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const created = (json: { readonly url?: string }): Answer => ({
  status: 201,
  json,
  ...(json.url === undefined ? {} : { headers: { location: json.url } }),
});
export const noContent: Answer = { status: 204 };
