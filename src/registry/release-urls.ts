import { isObject, type JsonObject } from "./json.ts";

/** Where a file of a release is downloaded, taken apart. */
export interface ReleaseUrl {
  readonly origin: string;
  /** `owner/name` */
  readonly repository: string;
  /** `releases/download/TAG/FILE` */
  readonly file: string;
}

/** Undefined for everything else. */
export function parseReleaseUrl(url: unknown): ReleaseUrl | undefined {
  if (typeof url !== "string") return undefined;
  const [, origin, repository, file] =
    /^(https?:\/\/[^/?#]+)\/([A-Za-z0-9-]+\/[A-Za-z0-9._-]+)\/(releases\/download\/[^?#]+)$/.exec(url) ?? [];
  if (origin === undefined || repository === undefined || file === undefined) return undefined;
  return /\/\.{1,2}$/.test(repository) ? undefined : { origin, repository, file };
}

/** A version has one repository; one that was renamed between two uploads has two names. */
const mostNames = 3;

/** The `owner/name` by which an entry of `versions[]` calls its repository on a GitHub: nearly always one, at most three. */
export function namesInUrls(raw: JsonObject, serverUrl: string): readonly string[] {
  const { origin } = new URL(serverUrl);
  const targets = Array.isArray(raw.targets) ? raw.targets.filter(isObject) : [];
  const urls = [raw.shasums_url, raw.shasums_signature_url, ...targets.map((target) => target.download_url)];
  const names = urls.flatMap((url) => {
    const parsed = parseReleaseUrl(url);
    return parsed?.origin === origin ? [parsed.repository] : [];
  });
  return [...new Set(names)].slice(0, mostNames);
}
