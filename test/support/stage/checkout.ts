import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { people, registryRepository } from "../../../src/scenarios/demo.ts";
import type { GitHubSide } from "../../../src/scenarios/github-side.ts";
import { type CommandRun, registrar } from "../cli.ts";

/** A contributor's checkout of the sandbox's registry, and the command line in it. */
export interface Checkout {
  readonly path: string;
  /** Runs a command as its user would who has named the sandbox as their GitHub. */
  run(...args: readonly string[]): Promise<CommandRun>;
  /** The same with `--json`: the object that it prints. */
  ask<T>(...args: readonly string[]): Promise<T & { readonly exit: number | null }>;
  read(path: string): Promise<string>;
  /** What `git status` says of changed and new files. */
  status(): Promise<readonly string[]>;
}

/** Clones the registry as it is now into a folder of the test. */
export async function checkOut({ sandbox }: GitHubSide, environment: Record<string, string> = {}): Promise<Checkout> {
  const path = await mkdtemp(join(tmpdir(), "registrar-checkout-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const git = (...args: readonly string[]) => promisify(execFile)("git", ["-C", path, ...args]);
  await git("clone", "--quiet", `${sandbox.serverUrl}/${registryRepository}.git`, ".");
  const env = {
    GITHUB_SERVER_URL: sandbox.serverUrl,
    GITHUB_API_URL: sandbox.apiUrl,
    GITHUB_TOKEN: sandbox.as(people.contributor).token,
    ...environment,
  };
  const run = (...args: readonly string[]) => registrar(args, { cwd: path, env });
  return {
    path,
    run,
    ask: async (...args) => {
      const { exit, stdout, stderr } = await run(...args, "--json");
      if (stdout === "") throw new Error(`registrar ${args.join(" ")} printed nothing: ${stderr}`);
      return { exit, ...JSON.parse(stdout) };
    },
    read: (file) => readFile(join(path, file), "utf8"),
    status: async () =>
      (await git("status", "--porcelain", "--untracked-files=all")).stdout.split("\n").filter((line) => line !== ""),
  };
}
