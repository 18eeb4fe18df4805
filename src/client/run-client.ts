import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { plainText } from "../registry/plain-text.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";

/** Where the client works, and how. */
export interface ClientOptions {
  /** The client works and leaves its files here; made where it is missing. */
  readonly folder: string;
  /** Default: a minute. */
  readonly timeoutMs?: number;
  /** Where programs are looked for, as in PATH, which is the default. */
  readonly searchPath?: string;
}

export interface ClientRequest extends ClientOptions {
  /** A host whose services are named here is asked for nothing else, and may be plain http (client contract, section 1). */
  readonly host: { readonly name: string; readonly services: Readonly<Record<string, string>> };
  /** `main.tf`. */
  readonly rootModule: string;
  readonly args: readonly string[];
  /** Go on with what an earlier call installed and locked, as a user's folder does. Default: start anew. */
  readonly goesOn?: boolean;
}

export type ClientRun =
  | {
      readonly program: "terraform" | "tofu";
      /** Of the program. */
      readonly version: string;
      readonly ok: boolean;
      /** What it printed: plain text, safe for a terminal. */
      readonly output: string;
    }
  | { readonly skipped: string };

/** Runs the real client that is on this machine, as a user does, with nothing of the user's own. */
export async function runClient(request: ClientRequest): Promise<ClientRun> {
  const folder = resolve(request.folder);
  await mkdir(folder, { recursive: true });
  const env = environment(folder, request.searchPath);
  const run = (program: string, args: readonly string[]) =>
    runProgram(program, args, { folder, env, timeoutMs: request.timeoutMs ?? 60_000 });
  // What an earlier call left would be found installed already.
  for (const name of request.goesOn === true ? [] : [".terraform", ".terraform.lock.hcl"])
    await rm(join(folder, name), { recursive: true, force: true });
  await writeFile(join(folder, "client.tfrc"), clientConfiguration(request));
  await writeFile(join(folder, "main.tf"), request.rootModule);
  for (const program of ["terraform", "tofu"] as const) {
    const asked = await run(program, ["version", "-json"]);
    if (asked === null) continue;
    const done = await run(program, request.args);
    return { program, version: programVersion(asked), ok: done?.code === 0, output: readable(done, request) };
  }
  return { skipped: "Neither terraform nor tofu is on this machine's PATH." };
}

/** Nothing of the user's: no configuration, no plugin cache, no proxy between the client and this machine. */
function environment(folder: string, searchPath = process.env.PATH ?? ""): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: folder,
    TF_CLI_CONFIG_FILE: join(folder, "client.tfrc"),
    TF_DATA_DIR: join(folder, ".terraform"),
    TF_IN_AUTOMATION: "1",
    // terraform asks its maker's server for news otherwise.
    CHECKPOINT_DISABLE: "1",
    // For modules in git: an address that wants a password is an error, not a question.
    GIT_TERMINAL_PROMPT: "0",
  };
}

function clientConfiguration({ host }: ClientRequest): string {
  const services = Object.entries(host.services).map(([name, url]) => `    "${name}" = "${url}"\n`);
  return `host "${host.name}" {\n  services = {\n${services.join("")}  }\n}\n`;
}

function programVersion({ output }: ProgramRun): string {
  return /"terraform_version": *"([^"]+)"/.exec(output)?.[1] ?? plainText(output.split("\n", 1)[0] ?? "");
}

function readable(run: ProgramRun | null, { timeoutMs = 60_000 }: ClientRequest): string {
  const lines = stripVTControlCharacters(run?.output ?? "")
    .split(/\r?\n/)
    .map((line) => plainText(line, 500));
  if (run?.timedOut) lines.push(`Ended after ${timeoutMs} ms without an answer.`);
  return lines.join("\n").trim();
}
