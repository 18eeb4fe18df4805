import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createGitFolder, type GitFolder } from "../../../src/sandbox/git/folder.ts";
import { GitProgram } from "../../../src/sandbox/git/program.ts";
import { aFolder } from "../support.ts";

export async function aGitFolder(): Promise<GitFolder> {
  const program = new GitProgram();
  onTestFinished(() => program.stop());
  return createGitFolder(program, join(await aFolder(), "one.git"));
}

/** Everybody at every time. */
export function person(seconds = 0) {
  return { name: "Mona", email: "mona@example.com", date: new Date(1_700_000_000_000 + seconds * 1000).toISOString() };
}
