import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** From where and how much may be downloaded. A release chooses its URLs' contents, never where we go for them. */
export interface DownloadLimits {
  /** Host names, with port where it is not the default. */
  readonly hosts: ReadonlySet<string>;
  /** `http:` only for a GitHub that itself speaks http (the sandbox). */
  readonly protocols: ReadonlySet<string>;
  readonly timeoutMs: number;
  /** Longest pause between two pieces, in milliseconds. Default: as long as all of it may take. */
  readonly idleMs?: number;
  readonly redirects: number;
}

interface Asked {
  readonly signal: AbortSignal;
  /** First and last byte; null for the whole file. */
  readonly range: readonly [first: number, last: number] | null;
}

/** Follows redirects by hand and checks every hop. A server that gives no parts may answer with the whole file (200). */
async function open(url: string, limits: DownloadLimits, { signal, range }: Asked): Promise<Response> {
  let next = url;
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const target = allowed(next, limits);
    const response = await send(target, {
      redirect: "manual",
      signal,
      headers: {
        accept: "application/octet-stream",
        // The bytes as they are: sizes and hashes are of these.
        "accept-encoding": "identity",
        ...(range === null ? {} : { range: `bytes=${range[0]}-${range[1]}` }),
      },
    });
    const location = response.headers.get("location");
    if (response.status === 200 || (range !== null && response.status === 206)) return response;
    await leaveBody(response);
    if (response.status < 300 || response.status > 399 || location === null) throw refusal(response.status, target);
    next = URL.canParse(location, target.href) ? new URL(location, target).href : location;
  }
  throw new RegistrarError(
    "upstream-refused",
    `Downloading ${quoted(url)} took more than ${limits.redirects} redirects.`,
  );
}

/**
 * Once more where there was no answer at all: a server may close a connection that it kept open just as it is used again.
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1
 */
async function send(target: URL, request: RequestInit & { readonly signal: AbortSignal }): Promise<Response> {
  try {
    return await fetch(target, request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    return fetch(target, request);
  }
}

/** Read to its end where it is short, so that the connection can serve again; a longer one ends with its connection. */
async function leaveBody({ body }: Response): Promise<void> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > longestLeft) break;
  }
}
const longestLeft = 16 * 1024;

function allowed(url: string, limits: DownloadLimits): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target !== undefined && limits.protocols.has(target.protocol) && limits.hosts.has(target.host)) {
    if (target.username === "" && target.password === "") return target;
  }
  const hosts = [...limits.hosts].join(", ");
  throw new RegistrarError(
    "upstream-refused",
    `Not downloading from ${quoted(url)}: only https from ${hosts} is allowed.`,
  );
}

/** A time-out (408), a limit (429) and a fault of the server pass by themselves. */
function refusal(status: number, target: URL): RegistrarError {
  const code = status === 408 || status === 429 || status >= 500 ? "upstream-unavailable" : "upstream-refused";
  return new RegistrarError(code, `Downloading ${quoted(target.href)} was answered with status ${status}, not 200.`);
}

/** The pieces of a file as they come, at most `maxBytes` in all. Throws as `downloadFile` does. */
export async function* downloadChunks(
  url: string,
  limits: DownloadLimits & { readonly maxBytes: number },
): AsyncGenerator<Uint8Array> {
  const { signal, alive } = deadline(limits);
  try {
    const response = await open(url, limits, { signal, range: null });
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      alive();
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) {
        throw new RegistrarError("upstream-refused", `${quoted(url)} has more than ${limits.maxBytes} bytes.`);
      }
      yield chunk;
    }
  } catch (error) {
    throw inOurWords(error, url);
  } finally {
    alive(false);
  }
}

/** Ends when all of it has taken too long, or when nothing has come for too long. */
function deadline({ timeoutMs, idleMs = timeoutMs }: DownloadLimits) {
  const silence = new AbortController();
  const stop = () => silence.abort(new Error(`nothing came for ${idleMs} ms`));
  let timer = setTimeout(stop, idleMs);
  return {
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), silence.signal]),
    alive: (more = true) => {
      clearTimeout(timer);
      if (more) timer = setTimeout(stop, idleMs);
    },
  };
}

function inOurWords(error: unknown, url: string): RegistrarError {
  if (error instanceof RegistrarError) return error;
  // What went wrong on the network stands in the cause; "fetch failed" alone helps nobody.
  const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = `Downloading ${quoted(url)} failed: ${quoted(String(why))}.`;
  return new RegistrarError("upstream-unavailable", message, { cause: error });
}

/** The whole file, at most `maxBytes`. Throws RegistrarError `upstream-refused` or `upstream-unavailable`. */
export async function downloadFile(url: string, limits: DownloadLimits & { maxBytes: number }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of downloadChunks(url, limits)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The last bytes of a file of `size` bytes, from `from` on; null from a server that gives no parts. A part that is not the
 * one that was asked for, or of a file of another size, is `upstream-unavailable`. https://www.rfc-editor.org/rfc/rfc9110#section-14
 */
export async function downloadEnd(
  url: string,
  limits: DownloadLimits & { readonly from: number; readonly size: number },
): Promise<Buffer | null> {
  const { from, size } = limits;
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await open(url, limits, { signal, range: [from, size - 1] });
    const part = `bytes ${from}-${size - 1}/${size}`;
    const said = response.headers.get("content-range");
    if (response.status === 200 || response.headers.has("content-encoding")) {
      await response.body?.cancel();
      return null;
    }
    const wrong = (got: string) =>
      new RegistrarError("upstream-unavailable", `Asked for ${part} of ${quoted(url)}, got ${got}.`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      // Also ends the request.
      if (said !== part || bytes > size - from) break;
      chunks.push(chunk);
    }
    if (said !== part) throw wrong(quoted(said));
    if (bytes !== size - from) throw wrong(`${bytes > size - from ? "more than that" : `${bytes} bytes`}`);
    return Buffer.concat(chunks);
  } catch (error) {
    throw inOurWords(error, url);
  }
}
