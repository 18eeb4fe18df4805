import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { addressText, checkAddress, type ProviderAddress, publishedProvider } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { parseVersion } from "../registry/version.ts";
import { type ProgramRun, runProgram } from "./run-program.ts";

export interface InstallRequest {
  /** Host of the provider's address, e.g. `registry.test.example`; nothing is ever looked up there. */
  readonly registryHost: string;
  /** Where the host's `providers.v1` is, e.g. `http://127.0.0.1:8080/v1/providers/`. */
  readonly providersUrl: string;
  readonly address: ProviderAddress;
  /** Pinned exactly, so that pre-releases can be asked for too. */
  readonly version: string;
  /** The client works and leaves its files here; made where it is missing. */
  readonly folder: string;
  /** Default: a minute. */
  readonly timeoutMs?: number;
  /** Where programs are looked for, as in PATH, which is the default. */
  readonly searchPath?: string;
}

export type Installation =
  | {
      readonly program: "terraform" | "tofu";
      /** Of the program. */
      readonly version: string;
      /** The provider version that is installed now; null where `init` failed, for reasons that `output` tells. */
      readonly installed: string | null;
      /** What `init` printed: plain text, safe for a terminal. */
      readonly output: string;
    }
  | { readonly skipped: string };

/** Installs a provider with the real client that is on this machine, as a user's `init` does, and nothing else of theirs. */
export async function installProvider(request: InstallRequest): Promise<Installation> {
  assertPlain(request);
  const folder = resolve(request.folder);
  await mkdir(folder, { recursive: true });
  const env = environment(folder, request.searchPath);
  const run = (program: string, args: readonly string[]) =>
    runProgram(program, args, { folder, env, timeoutMs: request.timeoutMs ?? 60_000 });
  // What an earlier call left would be found installed already.
  for (const name of [".terraform", ".terraform.lock.hcl"])
    await rm(join(folder, name), { recursive: true, force: true });
  await writeFile(join(folder, "client.tfrc"), clientConfiguration(request));
  await writeFile(join(folder, "main.tf"), rootModule(request));
  for (const program of ["terraform", "tofu"] as const) {
    const asked = await run(program, ["version", "-json"]);
    if (asked === null) continue;
    const init = await run(program, ["init", "-no-color", "-input=false", "-backend=false"]);
    const installed = init?.code === 0 ? await installedVersion(folder, request) : null;
    return { program, version: programVersion(asked), installed, output: readable(init, request) };
  }
  return { skipped: "Neither terraform nor tofu is on this machine's PATH." };
}

/** The values go into HCL and file names: only what needs no escaping is taken. */
function assertPlain({ registryHost, providersUrl, address, version }: InstallRequest): void {
  const problems = [...checkAddress(address)];
  if (!/^[0-9a-z-]+(?:\.[0-9a-z-]+)*(?::\d+)?$/.test(registryHost))
    problems.push(`${quoted(registryHost)} is no host name.`);
  if (!/^https?:\/\/[^\s"\\$%{}]+\/$/.test(providersUrl)) {
    problems.push(`${quoted(providersUrl)} must be an http or https URL that ends in a slash.`);
  }
  const parsed = parseVersion(version, "provider");
  if (!parsed.ok) problems.push(`The version ${quoted(version)} ${parsed.problem}.`);
  if (problems.length > 0) throw new RegistrarError("bad-argument", problems.join(" "));
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
  };
}

/** A host's services named here replace its discovery, and may be plain http (client contract, section 1). */
const clientConfiguration = ({ registryHost, providersUrl }: InstallRequest): string =>
  `host "${registryHost}" {\n  services = {\n    "providers.v1" = "${providersUrl}"\n  }\n}\n`;

const rootModule = ({ registryHost, address, version }: InstallRequest): string =>
  [
    "terraform {",
    "  required_providers {",
    "    it = {",
    `      source  = "${registryHost}/${addressText(address)}"`,
    `      version = "= ${version}"`,
    "    }",
    "  }",
    "}",
    "",
  ].join("\n");

function programVersion({ output }: ProgramRun): string {
  return /"terraform_version": *"([^"]+)"/.exec(output)?.[1] ?? plainText(output.split("\n", 1)[0] ?? "");
}

/** What the client put below its data folder: `providers/<host>/<namespace>/<type>/<version>`. */
async function installedVersion(folder: string, { registryHost, address }: InstallRequest): Promise<string | null> {
  const { namespace, type } = publishedProvider(address);
  const versions = await readdir(join(folder, ".terraform", "providers", registryHost, namespace, type)).catch(
    () => [],
  );
  return versions[0] ?? null;
}

function readable(init: ProgramRun | null, { timeoutMs = 60_000 }: InstallRequest): string {
  const lines = stripVTControlCharacters(init?.output ?? "")
    .split(/\r?\n/)
    .map((line) => plainText(line, 500));
  if (init?.timedOut) lines.push(`Ended after ${timeoutMs} ms without an answer.`);
  return lines.join("\n").trim();
}
