import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
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
export async function listRefs(git: GitFolder, prefix: string): Promise<Ref[]> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/"));
  if (!/^refs(\/|$)/.test(folder) || folder.split("/").some((part) => part === ".." || part === "")) return [];
  const entries = await readdir(join(git.path, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
    .map((entry) => join(entry.parentPath, entry.name).slice(git.path.length + 1))
    .map((path) => path.replaceAll("\\", "/"))
    .filter((name) => name.startsWith(prefix));
  const shas = await Promise.all(names.map((name) => readRef(git, name)));
  return names
    .flatMap((name, index) => ({ name, sha: shas[index] ?? null }))
    .filter((ref): ref is Ref => ref.sha !== null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** https://git-scm.com/docs/git-check-ref-format */
export function isRefName(name: string): boolean {
  if (!name.startsWith("refs/") || name.endsWith("/") || name.endsWith(".") || name.length > 250) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020~^:?*[\\\u007f]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
