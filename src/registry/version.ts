import semver from "semver";

/** A version that every client can list and ask for: canonical SemVer without build metadata and without a leading v. */
export type Version = string & { readonly __brand: "Version" };

/** Longest version text that is accepted, in characters. */
export const longestVersion = 128;

export type ParsedVersion =
  | { readonly ok: true; readonly version: Version }
  | { readonly ok: false; readonly problem: string };

/**
 * Parses the version text of a record. Modules may write their tag's leading `v`; the result never has it.
 * One version that a client cannot parse makes every version of a provider uninstallable (client contract, section 3),
 * and a number of 2^64 or more crashes clients (section 6), so this is strict.
 */
export function parseVersion(text: string, kind: "provider" | "module"): ParsedVersion {
  const refuse = (problem: string): ParsedVersion => ({ ok: false, problem });
  if (text.length > longestVersion)
    return refuse(`has ${text.length} characters; at most ${longestVersion} are allowed`);
  const bare = kind === "module" && text.startsWith("v") ? text.slice(1) : text;
  if (looksLikeTag(bare)) return refuse("must be written without the leading v");
  if (numbersOf(bare).some((part) => !Number.isSafeInteger(Number(part)))) return refuse("has a number above 2^53-1");
  const parsed = semver.parse(bare);
  if (parsed === null) return refuse("is not SemVer (MAJOR.MINOR.PATCH)");
  if (parsed.build.length > 0) return refuse("has build metadata (+…), which clients do not keep apart");
  if (parsed.version !== bare) return refuse(`is not canonical; the canonical form is ${parsed.version}`);
  if (kind === "provider" && bare === "0.0.0") return refuse("is 0.0.0, which clients cannot install");
  return { ok: true, version: bare as Version };
}

/** The numeric identifiers, of a pre-release too: `rc-5` is a word, `rc.5` has a number. */
function numbersOf(text: string): readonly string[] {
  const [core = "", ...prerelease] = text.split("-");
  return [...core.split("."), ...prerelease.join("-").split(".")].filter((part) => /^\d+$/.test(part));
}

const looksLikeTag = (text: string): boolean => /^v\d/.test(text) && semver.valid(text.slice(1)) !== null;

/** SemVer order, ascending; build metadata plays no part. */
export function compareVersions(a: Version, b: Version): number {
  return semver.compare(a, b);
}

/** The version text that a release tag stands for (`v1.2.3` and `1.2.3` both mean 1.2.3); undefined when it names none. */
export function versionOfTag(tag: string): string | undefined {
  const text = tag.startsWith("v") ? tag.slice(1) : tag;
  return /^\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.+-]+)?$/.test(text) ? text : undefined;
}

/** What two entries share when clients cannot tell them apart: `v3.0.0` and `3.0.0`, `1.0.0-RC1` and `1.0.0-rc1`. */
export function publishedVersionKey(text: string, kind: "provider" | "module"): string {
  const bare = kind === "module" && text.startsWith("v") ? text.slice(1) : text;
  return bare.toLowerCase();
}

/** The canonical version that a text most likely means (`1.3` → `1.3.0`, `2.0.0+meta` → `2.0.0`); undefined when it is anybody's guess. */
export function suggestVersion(text: string): string | undefined {
  if (text.length > longestVersion) return undefined;
  // `coerce` makes 0.0.0 of numbers that it finds too long.
  const loose = /^v?\d{1,15}(?:\.\d{1,15}){0,2}$/.test(text) ? semver.coerce(text) : null;
  const version = (semver.parse(text, { loose: true }) ?? loose)?.version;
  return version !== undefined && parseVersion(version, "provider").ok ? version : undefined;
}
