import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { indexPage } from "./index-page.ts";

/** Smaller answers gain nothing, in bytes. */
const worthPacking = 1000;
const pack = promisify(gzip);

/** What a request gets. One that is kept works out its tag, its headers and its packed form once, when first needed. */
export class Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly #own: Readonly<Record<string, string>>;
  #etag: string | undefined;
  #packed: Buffer | Promise<Buffer> | undefined;
  readonly #headers = new Map<string, string[]>();
  #text: string | undefined;

  constructor(status: number, body: Buffer, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.body = body;
    this.#own = headers;
  }

  get isWorthPacking(): boolean {
    return this.body.length >= worthPacking;
  }

  /** Of the plain body. */
  get etag(): string {
    this.#etag ??= `"${createHash("sha256").update(this.body).digest("base64url").slice(0, 27)}"`;
    return this.#etag;
  }

  packed(): Buffer | Promise<Buffer> {
    this.#packed ??= pack(this.body).then((packed) => {
      this.#packed = packed;
      return packed;
    });
    return this.#packed;
  }

  /** The plain body, a character for each byte. */
  get text(): string {
    this.#text ??= this.body.toString("latin1");
    return this.#text;
  }

  /** Names and values in turn, not to be changed. `form`: what is sent of it. */
  headers(form: "plain" | "packed" | "same as plain" | "same as packed", length: number): string[] {
    const known = this.#headers.get(form);
    if (known !== undefined) return known;
    const isSame = form.startsWith("same");
    const isPacked = form.endsWith("packed");
    const all = {
      ...this.#own,
      // The same document in other bytes: its tag is a weak one (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1).
      ...(this.status === 200 ? { etag: isPacked ? `W/${this.etag}` : this.etag, vary: "accept-encoding" } : {}),
      ...(isSame ? {} : { "content-length": String(length), ...(isPacked ? { "content-encoding": "gzip" } : {}) }),
      "x-content-type-options": "nosniff",
    };
    const made = Object.entries(all).flat();
    this.#headers.set(form, made);
    return made;
  }
}

export const isIndex = (url: string): boolean => url === "/" || url.startsWith("/?");

/** A published document, by the parts of its path. */
export const documentAnswer = (parts: readonly string[], body: Buffer): Answer =>
  new Answer(200, body, {
    "content-type": "application/json",
    "cache-control": cacheControl(parts),
    ...moduleHeader(parts, body),
  });

/** Lists are asked for anew each time (a 304 is cheap), so that a new release shows at once; documents hardly change. */
function cacheControl(parts: readonly string[]): string {
  return parts[0] === "v1" && parts.at(-1) !== "versions" ? "public, max-age=60" : "no-cache";
}

/** terraform reads where a module is from this header alone, tofu from the body (client contract, section 7). */
function moduleHeader(parts: readonly string[], body: Buffer): Record<string, string> {
  if (parts[1] !== "modules" || parts.at(-1) !== "download") return {};
  const { location }: { location?: unknown } = JSON.parse(body.toString());
  return typeof location === "string" && /^[\x21-\x7e]+$/.test(location) ? { "x-terraform-get": location } : {};
}

export const indexAnswer = (providers: readonly string[]): Answer =>
  new Answer(200, Buffer.from(indexPage(providers)), {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  });

/** Never kept by caches: a document may be missing only until the publication that is under way has ended. */
export const failure = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  new Answer(status, Buffer.from(JSON.stringify({ errors: [message] })), {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...headers,
  });
