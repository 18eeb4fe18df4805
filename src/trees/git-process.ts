import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { RegistrarError } from "../registry/errors.ts";
import { plainText } from "../registry/plain-text.ts";

/** Standard error that is kept for a message, in bytes; a broken repository can print without end. */
const keptErrors = 4096;

/** One running git whose output is read as a stream. */
export interface GitProcess {
  readonly stdin: ChildProcessWithoutNullStreams["stdin"];
  readonly stdout: ChildProcessWithoutNullStreams["stdout"];
  /** Resolves at its end, with what it printed on standard error; rejects only where git cannot be started. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
  /** Ends it if it still runs, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface GitOptions {
  /** Settings for this run. They go by environment: arguments can be read by every user of the machine. */
  readonly config?: Readonly<Record<string, string>>;
  /** Further variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts git on the repository whose `.git` (or bare) folder is `gitFolder`; never through a shell. */
export function startGit(
  gitFolder: string,
  args: readonly string[],
  { config = {}, environment = {} }: GitOptions = {},
): GitProcess {
  // The folder is named outright, so that neither GIT_DIR in the environment nor a repository further up takes its
  // place. Replacement refs are local to one clone: with them two clones would publish different things.
  const child = spawn("git", [`--git-dir=${gitFolder}`, "--no-replace-objects", ...args], {
    stdio: "pipe",
    env: { ...process.env, ...configEnvironment(config), ...environment },
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(0, keptErrors);
  });
  // Its exit code tells the story; a broken pipe on the way does not.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<{ code: number | null; errors: string }>((resolve, reject) => {
    child.once("error", (cause) => {
      reject(
        new RegistrarError("git-failed", "The program git cannot be started. Install git, then try again.", { cause }),
      );
    });
    child.once("close", (code) => resolve({ code, errors: onOneLine(errors) }));
  });
  ended.catch(() => undefined);
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    stop: async () => {
      child.kill("SIGKILL");
      child.stdin.destroy();
      child.stdout.destroy();
      await ended.catch(() => undefined);
    },
  };
}

/** What git said, without a stop at the end, and without the advice that it gives after every trouble with a remote. */
function onOneLine(errors: string): string {
  const lines = errors
    .replace(/\n\s*Please make sure you have the correct access rights\s+and the repository exists\./g, "")
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/\.$/, ""));
  return plainText(lines.filter((line) => line !== "").join("; "), 500);
}

/** https://git-scm.com/docs/git-config#ENVIRONMENT; nothing is ever asked on a terminal, and errors are told in English. */
function configEnvironment(config: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(config).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const count = String(Object.keys(config).length);
  return { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_COUNT: count, ...Object.fromEntries(pairs) };
}

/** Runs git to its end and returns its output whole; `input` is what it reads, `fail` makes the error of a run that fails. */
export async function runGit(
  gitFolder: string,
  args: readonly string[],
  {
    fail,
    input,
    ...options
  }: GitOptions & { readonly fail: (errors: string) => RegistrarError; readonly input?: string },
): Promise<string> {
  const git = startGit(gitFolder, args, options);
  git.stdin.end(input);
  const chunks: Buffer[] = [];
  for await (const chunk of git.stdout) chunks.push(chunk as Buffer);
  const { code, errors } = await git.ended;
  if (code !== 0) throw fail(errors === "" ? "git gave no reason" : errors);
  return Buffer.concat(chunks).toString();
}
