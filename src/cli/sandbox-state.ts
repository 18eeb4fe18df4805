import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import {
  type AppEnvironment,
  namesGitHub,
  type ReaderEnvironment,
  readAppEnvironment,
  readReaderEnvironment,
  readUpstreamEnvironment,
  type UpstreamEnvironment,
} from "../config/env.ts";
import { RegistrarError } from "../registry/errors.ts";

/** Where a running sandbox says how it can be reached, below the working folder. */
const stateFolder = "var";
const statePath = `${stateFolder}/sandbox.json`;

/** How other commands find a running sandbox. The key is the throw-away app's, good for nothing but this sandbox. */
export interface SandboxState {
  readonly pid: number;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly repository: string;
  readonly registryUrl: string;
  /** Of a sandbox user, so that looking does not meet the limit on anonymous requests. */
  readonly token: string;
  readonly app: { readonly appId: string; readonly privateKey: string };
  /** Where commands may keep their copies; the service has its own. */
  readonly dataFolder: string;
}

export async function writeSandboxState(state: SandboxState): Promise<void> {
  await mkdir(stateFolder, { recursive: true });
  await writeFile(statePath, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

export async function removeSandboxState(): Promise<void> {
  await rm(statePath, { force: true });
}

/** The sandbox that runs in this folder; null when there is none (any more). */
export async function readSandboxState(): Promise<SandboxState | null> {
  try {
    const state = JSON.parse(await readFile(statePath, "utf8")) as SandboxState;
    process.kill(state.pid, 0);
    return state;
  } catch {
    return null;
  }
}

/** What reading commands talk to: the environment's GitHub where it names a registry, else the running sandbox. */
export async function readerEnvironment(): Promise<ReaderEnvironment> {
  const named = Boolean(process.env.REGISTRAR_REPOSITORY?.trim());
  const sandbox = named ? null : await readSandboxState();
  if (sandbox === null && !named) {
    throw new RegistrarError(
      "bad-environment",
      "No sandbox runs in this folder, and REGISTRAR_REPOSITORY is not set. Start one with `npm run sandbox`, or name the registry (owner/name).",
    );
  }
  if (sandbox === null) return readReaderEnvironment();
  const { apiUrl, serverUrl, repository, app } = sandbox;
  return { apiUrl, serverUrl, repository, app, token: null };
}

/** What commands act with that write as the app: the environment's registry where it names one, else the running sandbox's. */
export async function appEnvironment(): Promise<AppEnvironment> {
  const sandbox = process.env.REGISTRAR_REPOSITORY?.trim() ? null : await readSandboxState();
  if (sandbox === null) return readAppEnvironment();
  const { apiUrl, serverUrl, repository, app, dataFolder } = sandbox;
  return { apiUrl, serverUrl, repository, ...app, upstreamToken: null, dataFolder };
}

/** Where commands on a folder read upstreams: on the environment's GitHub where it names one, else on the running sandbox's, else on github.com. */
export async function upstreamEnvironment(): Promise<UpstreamEnvironment> {
  const sandbox = namesGitHub() ? null : await readSandboxState();
  if (sandbox === null) return readUpstreamEnvironment();
  const { apiUrl, serverUrl, token } = sandbox;
  return { apiUrl, serverUrl, token };
}

/** The running sandbox; throws when there is none. */
export async function requireSandbox(): Promise<SandboxState> {
  const state = await readSandboxState();
  if (state !== null) return state;
  const message = "No sandbox runs in this folder. Start one with `npm run sandbox` in another terminal.";
  throw new RegistrarError("sandbox-missing", message);
}
