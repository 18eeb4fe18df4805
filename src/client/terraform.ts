import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Address,
  addressText,
  checkAddress,
  type ModuleAddress,
  type ProviderAddress,
  publishedProvider,
} from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { parseVersion } from "../registry/version.ts";
import { type ClientOptions, runClient } from "./run-client.ts";

interface Wanted<Of extends Address> extends ClientOptions {
  /** Host of the address, e.g. `registry.test.example`; nothing is ever looked up there. */
  readonly registryHost: string;
  readonly address: Of;
  /** Pinned exactly, so that pre-releases can be asked for too. */
  readonly version: string;
}

export interface InstallRequest extends Wanted<ProviderAddress> {
  /** Where the host's `providers.v1` is, e.g. `http://127.0.0.1:8080/v1/providers/`. */
  readonly providersUrl: string;
}

export interface InstallModuleRequest extends Wanted<ModuleAddress> {
  /** Where the host's `modules.v1` is, e.g. `http://127.0.0.1:8080/v1/modules/`. */
  readonly modulesUrl: string;
}

export type Installation =
  | {
      readonly program: "terraform" | "tofu";
      /** Of the program. */
      readonly version: string;
      /** The version that is installed now; null where the client failed, for reasons that `output` tells. */
      readonly installed: string | null;
      /** What the client printed: plain text, safe for a terminal. */
      readonly output: string;
    }
  | { readonly skipped: string };

/** Installs a provider with the real client that is on this machine, as a user's `init` does, and nothing else of theirs. */
export async function installProvider(request: InstallRequest): Promise<Installation> {
  const { registryHost, providersUrl, address, version } = request;
  assertPlain(request, providersUrl);
  const rootModule = `terraform {
  required_providers {
    it = {
      source  = "${registryHost}/${addressText(address)}"
      version = "= ${version}"
    }
  }
}
`;
  const run = await runClient({
    ...request,
    host: { name: registryHost, services: { "providers.v1": providersUrl } },
    rootModule,
    args: ["init", "-no-color", "-input=false", "-backend=false"],
  });
  if ("skipped" in run) return run;
  const { ok, ...rest } = run;
  return { ...rest, installed: ok ? await installedProvider(resolve(request.folder), request) : null };
}

/** Fetches a module with the real client that is on this machine, as a user's `get` does, and nothing else of theirs. */
export async function installModule(request: InstallModuleRequest): Promise<Installation> {
  const { registryHost, modulesUrl, address, version } = request;
  assertPlain(request, modulesUrl);
  if (!registryHost.includes(".")) {
    // Client contract, section 2: without one the client takes the host for a part of another address.
    throw new RegistrarError("bad-argument", `The host ${quoted(registryHost)} of a module must contain a dot.`);
  }
  const run = await runClient({
    ...request,
    host: { name: registryHost, services: { "modules.v1": modulesUrl } },
    // A pre-release is taken only where it is the whole constraint, without a sign.
    rootModule: `module "it" {\n  source  = "${registryHost}/${addressText(address)}"\n  version = "${version}"\n}\n`,
    args: ["get", "-no-color"],
  });
  if ("skipped" in run) return run;
  const { ok, ...rest } = run;
  return { ...rest, installed: ok ? await installedModule(resolve(request.folder)) : null };
}

/** The values go into HCL and file names: only what needs no escaping is taken. */
function assertPlain({ registryHost, address, version }: Wanted<Address>, url: string): void {
  const problems = [...checkAddress(address)];
  if (!/^[0-9a-z-]+(?:\.[0-9a-z-]+)*(?::\d+)?$/.test(registryHost))
    problems.push(`${quoted(registryHost)} is no host name.`);
  if (!/^https?:\/\/[^\s"\\$%{}]+\/$/.test(url)) {
    problems.push(`${quoted(url)} must be an http or https URL that ends in a slash.`);
  }
  const parsed = parseVersion(version, "provider");
  if (!parsed.ok) problems.push(`The version ${quoted(version)} ${parsed.problem}.`);
  if (problems.length > 0) throw new RegistrarError("bad-argument", problems.join(" "));
}

/** What the client put below its data folder: `providers/<host>/<namespace>/<type>/<version>`. */
async function installedProvider(folder: string, { registryHost, address }: InstallRequest): Promise<string | null> {
  const { namespace, type } = publishedProvider(address);
  const versions = await readdir(join(folder, ".terraform", "providers", registryHost, namespace, type)).catch(
    () => [],
  );
  return versions[0] ?? null;
}

/** What the client noted below its data folder, where it has the module's files too. */
async function installedModule(folder: string): Promise<string | null> {
  const modules = join(folder, ".terraform", "modules");
  const noted: unknown = JSON.parse(await readFile(join(modules, "modules.json"), "utf8").catch(() => "null"));
  const entry = (noted as { Modules?: { Key?: string; Version?: string; Dir?: string }[] } | null)?.Modules?.find(
    ({ Key }) => Key === "it",
  );
  const files = await readdir(resolve(folder, entry?.Dir ?? "missing")).catch(() => []);
  return files.some((name) => name.endsWith(".tf")) ? (entry?.Version ?? null) : null;
}
