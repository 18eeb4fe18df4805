import { spawn } from "node:child_process";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** Nothing of the machine's own git configuration applies, nothing is ever asked on a terminal, no other protocol is used. */
const environment = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ALLOW_PROTOCOL: "https:http:file",
  LC_ALL: "C",
};

/** Runs git without a shell. Throws RegistrarError `git-failed` with what git said. */
export async function runGit(
  args: readonly string[],
  options: { readonly cwd: string; readonly config?: Readonly<Record<string, string>>; readonly timeoutMs?: number },
): Promise<string> {
  const config = Object.entries(options.config ?? {});
  const pairs = config.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const child = spawn("git", args, {
    cwd: options.cwd,
    // Secrets go by environment: arguments can be read by every user of the machine.
    env: { ...processPath(), ...environment, GIT_CONFIG_COUNT: String(config.length), ...Object.fromEntries(pairs) },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.timeoutMs ?? 600_000,
  });
  const out: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) =>
      reject(new RegistrarError("bad-environment", `git could not be started: ${errorMessage(error)}. Install git.`)),
    );
    child.on("close", resolve);
  });
  if (status !== 0) {
    const said = Buffer.concat(complaints).toString("utf8").trim();
    throw new RegistrarError("git-failed", `git ${args[0]} ended with status ${status}: ${quoted(said, 500)}.`);
  }
  return Buffer.concat(out).toString("utf8");
}

/** git finds its own parts and its helpers by PATH and HOME; nothing else of the environment is handed on. */
function processPath(): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/" } = process.env;
  return { PATH, HOME };
}
