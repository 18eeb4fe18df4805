import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One run of a program to its end. */
export interface Run {
  readonly ms: number;
  /** Highest sum of the resident memory of the program and all that it started, in MB. Memory that two share counts twice. */
  readonly peakMb: number;
  readonly output: string;
}

const everyMs = 20;

/** Runs a program, which must end well, and looks at its memory meanwhile. */
export function measure(program: string, args: readonly string[], cwd = "."): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let complaints = "";
    let peakMb = 0;
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      complaints = `${complaints}${chunk}`.slice(-2000);
    });
    const timer = setInterval(() => {
      peakMb = Math.max(peakMb, treeMb(child.pid ?? 0));
    }, everyMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      const ms = performance.now() - started;
      // `validate` and `git commit` of nothing say no by their exit code; what they print tells.
      if (code !== 0 && output === "")
        reject(new Error(`${program} ${args.join(" ")} ended with ${code}: ${complaints}`));
      else resolve({ ms, peakMb, output });
    });
  });
}

/** Of a process and its descendants (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html). */
function treeMb(root: number): number {
  const parents = new Map<number, { parent: number; kb: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const number = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      parents.set(Number(name), { parent: number("PPid"), kb: number("VmRSS") });
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parents.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  return [...parents].reduce((sum, [pid, { kb }]) => sum + (isBelow(pid) ? kb / 1024 : 0), 0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const seconds = (ms: number): string =>
  ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
