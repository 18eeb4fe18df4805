import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { configurationPath, type TreeFile } from "../registry/tree.ts";

/** The folders of a registry; everything else of a repository is none of our business, save its configuration. */
export const registryFolders = ["providers", "modules", "keys"] as const;
export { configurationPath };

/** One order for all trees, so that "the first in path order" means the same file wherever a tree is read from. */
export const byPath = (a: TreeFile, b: TreeFile): number => (a.path < b.path ? -1 : Number(a.path > b.path));

/** Symbolic links and submodules are listed, so that somebody can say what is wrong with them, but never read. */
export function assertRegularFile(file: TreeFile): void {
  if (file.mode.startsWith("100")) return;
  const what = file.mode === "120000" ? "a symbolic link" : "a submodule";
  throw new RegistrarError(
    "bad-tree",
    `${quoted(file.path)} is ${what}; a registry holds regular files only. Replace it by a regular file.`,
  );
}
