import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { readGitHistory } from "../../../src/trees/git-history.ts";
import { type Files, fileText, isLink } from "./files.ts";
import { git } from "./git.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A registry whose commits are made from what it holds; null removes a file. */
export async function gitRegistry() {
  const folder = await temporaryFolder();
  git(folder, "init", "-q", "-b", "main");
  return {
    folder,
    commit: async (files: Files): Promise<RegistryHistory & { readonly commit: string }> => {
      for (const [path, value] of Object.entries(files)) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        rmSync(file, { force: true });
        if (isLink(value)) symlinkSync(value.link, file);
        else if (value !== null) writeFileSync(file, fileText(value));
      }
      git(folder, "add", "-A");
      git(folder, "commit", "-q", "--allow-empty", "-m", "next");
      return readGitHistory({ repository: folder, commit: "main" });
    },
  };
}
