import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { devNull } from "node:os";

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitRun {
  readonly input?: string | Buffer;
  readonly env?: Record<string, string>;
  /** Exit codes that are an answer, not a failure. Default: 0 only. */
  readonly allowed?: readonly number[];
}

/** Starts git, never through a shell, without the configuration of the machine, and knows what is still running. */
export class GitProgram {
  readonly #running = new Set<ChildProcessWithoutNullStreams>();
  readonly #beforeStart = new Map<string, () => void>();
  #stopped = false;

  /** What has to be done before git looks at a folder. */
  beforeStart(folder: string, work: () => void): void {
    this.#beforeStart.set(folder, work);
  }

  start(folder: string, args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
    if (this.#stopped) throw new Error("The sandbox has been stopped.");
    this.#beforeStart.get(folder)?.();
    const child = spawn("git", args, { cwd: folder, env: { ...bareEnvironment(), ...env }, stdio: "pipe" });
    this.#running.add(child);
    child.once("close", () => this.#running.delete(child));
    // A child that ends early closes its input; its exit code tells the story, the broken pipe does not.
    child.stdin.on("error", () => undefined);
    return child;
  }

  run(folder: string, args: readonly string[], { input, env, allowed = [0] }: GitRun = {}): Promise<GitResult> {
    return new Promise((resolve, reject) => {
      const child = this.start(folder, args, env);
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
      child.once("error", reject);
      child.once("close", (code) => {
        const result = { code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
        if (allowed.includes(result.code)) resolve(result);
        else reject(new Error(`git ${args.join(" ")} ended with ${result.code}: ${result.stderr.trim()}`));
      });
      child.stdin.end(input ?? "");
    });
  }

  async text(folder: string, args: readonly string[], run: GitRun = {}): Promise<string> {
    return (await this.run(folder, args, run)).stdout.toString().trim();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(
      [...this.#running].map(
        (child) =>
          new Promise<void>((resolve) => {
            child.once("close", () => resolve());
            child.kill();
          }),
      ),
    );
  }
}

function bareEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "SystemRoot"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return {
    ...kept,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
  };
}
