import { spawn } from "node:child_process";

export interface ProgramRun {
  /** Null where it was ended. */
  readonly code: number | null;
  /** Standard output and error as they came, cut at the limit. */
  readonly output: string;
  readonly timedOut: boolean;
}

const longestOutput = 256 * 1024;

/** Runs a program to its end, never through a shell; null where there is no such program on the PATH of `env`. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number },
): Promise<ProgramRun | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.folder, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let timedOut = false;
    const keep = (chunk: Buffer) => {
      if (output.length < longestOutput) output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code === "ENOENT") resolve(null);
      else reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    });
  });
}
