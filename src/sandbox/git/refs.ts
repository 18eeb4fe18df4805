import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GitFolder } from "./folder.ts";

export const ZERO = "0".repeat(40);

export interface Ref {
  readonly name: string;
  readonly sha: string;
}

export interface RefChange {
  readonly ref: string;
  /** ZERO when the ref is created. */
  readonly before: string;
  /** ZERO when the ref is deleted. */
  readonly after: string;
}

// Nothing packs refs here (gc is off), so every ref is a file of its own: https://git-scm.com/docs/gitrepository-layout
export async function readRef(git: GitFolder, name: string): Promise<string | null> {
  return readNow(git, name);
}

function readNow(git: GitFolder, name: string): string | null {
  if (git.refs !== null) return git.refs.get(name) ?? null;
  const path = join(git.path, name);
  if (!isRefName(name) || !existsSync(path)) return null;
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^[0-9a-f]{40}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** All refs whose name starts with the prefix (a plain text prefix, as `matching-refs` means it), by name. */
export function listRefs(git: GitFolder, prefix: string): Ref[] {
  const folder = prefix.slice(0, prefix.lastIndexOf("/"));
  if (!/^refs(\/|$)/.test(folder) || folder.split("/").some((part) => part === ".." || part === "")) return [];
  return namesBelow(git, folder)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => ({ name, sha: readNow(git, name) }))
    .filter((ref): ref is Ref => ref.sha !== null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesBelow(git: GitFolder, folder: string): string[] {
  if (git.refs !== null) return [...git.refs.keys()];
  if (!existsSync(join(git.path, folder))) return [];
  return readdirSync(join(git.path, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
    .map((entry) => join(entry.parentPath, entry.name).slice(git.path.length + 1))
    .map((path) => path.replaceAll("\\", "/"));
}

/** https://git-scm.com/docs/git-check-ref-format */
export function isRefName(name: string): boolean {
  if (!name.startsWith("refs/") || name.endsWith("/") || name.endsWith(".") || name.length > 250) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020~^:?*[\\\u007f]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
