import { readdir, readFile } from "node:fs/promises";
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
  if (!isRefName(name)) return null;
  try {
    const text = (await readFile(join(git.path, name), "utf8")).trim();
    return /^[0-9a-f]{40}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

/** All refs whose name starts with the prefix (a plain text prefix, as `matching-refs` means it), by name. */
export async function listRefs(git: GitFolder, prefix: string): Promise<Ref[]> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/"));
  if (!/^refs(\/|$)/.test(folder) || folder.split("/").some((part) => part === ".." || part === "")) return [];
  const found: Ref[] = [];
  const entries = await readdir(join(git.path, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith(".lock")) continue;
    const name = join(entry.parentPath, entry.name)
      .slice(git.path.length + 1)
      .replaceAll("\\", "/");
    if (!name.startsWith(prefix)) continue;
    const sha = await readRef(git, name);
    if (sha !== null) found.push({ name, sha });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One transaction: all or none. The old values are checked, so a change that came between makes it fail. */
export async function writeRefs(git: GitFolder, changes: readonly RefChange[]): Promise<void> {
  if (changes.length === 0) return;
  const lines = changes.map(({ ref, before, after }) =>
    after === ZERO ? `delete ${ref} ${before}` : `update ${ref} ${after} ${before}`,
  );
  await git.text(["update-ref", "--stdin"], { input: `start\n${lines.join("\n")}\ncommit\n` });
}

/** https://git-scm.com/docs/git-check-ref-format */
export function isRefName(name: string): boolean {
  if (!name.startsWith("refs/") || name.endsWith("/") || name.endsWith(".") || name.length > 250) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020~^:?*[\\\u007f]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
