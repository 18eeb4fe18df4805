import { createHash } from "node:crypto";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** From where and how much may be downloaded. A release chooses its URLs' contents, never where we go for them. */
export interface DownloadLimits {
  /** Host names, with port where it is not the default. */
  readonly hosts: ReadonlySet<string>;
  /** `http:` only for a GitHub that itself speaks http (the sandbox). */
  readonly protocols: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly redirects: number;
}

/** Follows redirects by hand and checks every hop, then hands each chunk on until `maxBytes`. */
async function open(url: string, limits: DownloadLimits): Promise<Response> {
  let next = url;
  const signal = AbortSignal.timeout(limits.timeoutMs);
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const target = allowed(next, limits);
    const response = await fetch(target, {
      redirect: "manual",
      signal,
      headers: { accept: "application/octet-stream" },
    });
    const location = response.headers.get("location");
    if (response.status === 200) return response;
    await response.body?.cancel();
    if (response.status < 300 || response.status > 399 || location === null) throw refusal(response.status, target);
    next = URL.canParse(location, target.href) ? new URL(location, target).href : location;
  }
  throw new RegistrarError(
    "upstream-refused",
    `Downloading ${quoted(url)} took more than ${limits.redirects} redirects.`,
  );
}

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

async function* chunksOf(
  url: string,
  limits: DownloadLimits & { readonly maxBytes: number },
): AsyncGenerator<Uint8Array> {
  try {
    const response = await open(url, limits);
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > limits.maxBytes) {
        throw new RegistrarError("upstream-refused", `${quoted(url)} has more than ${limits.maxBytes} bytes.`);
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof RegistrarError) throw error;
    throw new RegistrarError("upstream-unavailable", `Downloading ${quoted(url)} failed: ${quoted(String(error))}.`, {
      cause: error,
    });
  }
}

/** The whole file, at most `maxBytes`. Throws RegistrarError `upstream-refused` or `upstream-unavailable`. */
export async function downloadFile(url: string, limits: DownloadLimits & { maxBytes: number }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(url, limits)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** SHA-256 (64 lower-case hex) and length in bytes of a file that is never held as a whole. */
export async function digestFile(
  url: string,
  limits: DownloadLimits & { maxBytes: number },
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunksOf(url, limits)) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  return { sha256: hash.digest("hex"), size };
}
