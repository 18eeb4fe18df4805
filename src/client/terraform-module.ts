import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { addressText, checkAddress, type ModuleAddress } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { parseVersion } from "../registry/version.ts";
import { runProgram } from "./run-program.ts";
import { environment, type Installation, type InstallRequest, programVersion, readable } from "./terraform.ts";

export interface ModuleInstallRequest
  extends Pick<InstallRequest, "registryHost" | "version" | "folder" | "timeoutMs" | "searchPath"> {
  /** Where the host's `modules.v1` is, e.g. `http://127.0.0.1:8080/v1/modules/`. */
  readonly modulesUrl: string;
  readonly address: ModuleAddress;
}

/** Installs a module with the real client that is on this machine, as a user's `init` does; its code comes by git. */
export async function installModule(request: ModuleInstallRequest): Promise<Installation> {
  assertPlain(request);
  const folder = resolve(request.folder);
  await mkdir(folder, { recursive: true });
  const env = environment(folder, request.searchPath);
  const { timeoutMs = 60_000 } = request;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { folder, env, timeoutMs });
  // What an earlier call left would be found installed already.
  await rm(join(folder, ".terraform"), { recursive: true, force: true });
  await writeFile(join(folder, "client.tfrc"), clientConfiguration(request));
  await writeFile(join(folder, "main.tf"), rootModule(request));
  for (const program of ["terraform", "tofu"] as const) {
    const asked = await run(program, ["version", "-json"]);
    if (asked === null) continue;
    const init = await run(program, ["init", "-no-color", "-input=false", "-backend=false"]);
    const installed = init?.code === 0 ? await installedVersion(folder) : null;
    return { program, version: programVersion(asked), installed, output: readable(init, { timeoutMs }) };
  }
  return { skipped: "Neither terraform nor tofu is on this machine's PATH." };
}

/** The values go into HCL and file names: only what needs no escaping is taken. */
function assertPlain({ registryHost, modulesUrl, address, version }: ModuleInstallRequest): void {
  const problems = [...checkAddress(address)];
  // Without a dot clients take the address for one of the public registry (client contract, section 7).
  if (!/^[0-9a-z-]+(?:\.[0-9a-z-]+)+(?::\d+)?$/.test(registryHost))
    problems.push(`${quoted(registryHost)} is no host name with a dot.`);
  if (!/^https?:\/\/[^\s"\\$%{}]+\/$/.test(modulesUrl)) {
    problems.push(`${quoted(modulesUrl)} must be an http or https URL that ends in a slash.`);
  }
  const parsed = parseVersion(version, "module");
  if (!parsed.ok) problems.push(`The version ${quoted(version)} ${parsed.problem}.`);
  if (problems.length > 0) throw new RegistrarError("bad-argument", problems.join(" "));
}

const clientConfiguration = ({ registryHost, modulesUrl }: ModuleInstallRequest): string =>
  `host "${registryHost}" {\n  services = {\n    "modules.v1" = "${modulesUrl}"\n  }\n}\n`;

const rootModule = ({ registryHost, address, version }: ModuleInstallRequest): string =>
  `module "it" {\n  source  = "${registryHost}/${addressText(address)}"\n  version = "${version}"\n}\n`;

/** What the client says of the module in its own list; its folder has to be there too. */
async function installedVersion(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, ".terraform", "modules", "modules.json"), "utf8").catch(() => "{}");
  const { Modules = [] } = JSON.parse(text) as { Modules?: readonly { Key: string; Version?: string; Dir: string }[] };
  const module = Modules.find(({ Key }) => Key === "it");
  if (module?.Version === undefined) return null;
  const files: readonly string[] = await readdir(resolve(folder, module.Dir)).catch(() => []);
  return files.some((name) => name.endsWith(".tf")) ? module.Version : null;
}
