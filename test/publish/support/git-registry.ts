import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { readGitHistory } from "../../../src/trees/git-history.ts";
import { git } from "./git.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A registry whose commits are made from what it holds; null removes a file. */
export async function gitRegistry() {
  const folder = await temporaryFolder();
  git(folder, "init", "-q", "-b", "main");
  return {
    folder,
    commit: async (
      files: Readonly<Record<string, unknown>>,
    ): Promise<RegistryHistory & { readonly commit: string }> => {
      for (const [path, value] of Object.entries(files)) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        if (value === null) rmSync(file, { force: true });
        else writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value, null, 2));
      }
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "--allow-empty", "-m", "next");
      return readGitHistory({ repository: folder, commit: "main" });
    },
  };
}
