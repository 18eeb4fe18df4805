import { execFile } from "node:child_process";
import { createSign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { type App, type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";

/** A sandbox of its own for one test, gone when the test ends. */
export async function aSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const folder = await aFolder();
  const sandbox = await startSandbox({ folder, writeSpacingMs: 0, ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Result {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at freely in tests
  readonly json: any;
  readonly text: string;
  readonly headers: Headers;
}

export interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Caller = (name: string, call?: Call) => Promise<Result>;

/** `call("GET /repos/o/r", { token })` against the REST API. */
export function caller(sandbox: Sandbox, token?: string): Caller {
  return async (name, call = {}) => {
    const [method = "GET", path = "/"] = name.split(" ");
    const used = call.token ?? token;
    const response = await fetch(`${sandbox.apiUrl}${path}`, {
      method,
      redirect: "manual",
      headers: {
        accept: "application/vnd.github+json",
        ...(used === undefined ? {} : { authorization: `Bearer ${used}` }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

/** A GraphQL query, where Octokit sends it for this REST address. */
export function querier(sandbox: Sandbox, token?: string): (query: string, variables?: object) => Promise<Result> {
  return async (query, variables = {}) => {
    const response = await fetch(sandbox.apiUrl.replace(/\/v3$/, "/graphql"), {
      method: "POST",
      headers: token === undefined ? {} : { authorization: `bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const PERMISSIONS = {
  contents: "write",
  pull_requests: "write",
  issues: "write",
  checks: "write",
  metadata: "read",
} as const;

export interface Fixture {
  readonly sandbox: Sandbox;
  readonly app: App;
  readonly installation: number;
  /** As the app, with an installation token. */
  readonly asApp: Caller;
  readonly token: string;
}

/** `acme/registry` with an app on it, a maintainer `mona` and an outsider `olga`. */
export async function aRegistry(
  options: Partial<SandboxOptions> & {
    permissions?: Record<string, string>;
    events?: string[];
    webhook?: { url: string; secret: string };
  } = {},
): Promise<Fixture> {
  const { permissions = PERMISSIONS, events = [], webhook, ...rest } = options;
  const sandbox = await aSandbox(rest);
  sandbox.createAccount({ login: "acme", type: "Organization" });
  sandbox.createAccount({ login: "mona" });
  sandbox.createAccount({ login: "olga" });
  const app = await sandbox.createApp({
    name: "Registrar",
    slug: "registrar",
    permissions,
    events,
    ...(webhook === undefined ? {} : { webhook }),
  });
  await sandbox.createRepository({
    owner: "acme",
    name: "registry",
    files: { "README.md": "# Registry\n", "providers/acme/one.json": '{\n  "versions": []\n}\n' },
  });
  sandbox.setPermission({ repository: "acme/registry", login: "mona", permission: "maintain" });
  const { id } = sandbox.installApp(app, { account: "acme", repositories: ["registry"] });
  const token = await installationToken(sandbox, { app, installation: id });
  return { sandbox, app, installation: id, token, asApp: caller(sandbox, token) };
}

export function jwt(app: App, claims: Record<string, unknown> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const data = `${encode({ alg: "RS256", typ: "JWT" })}.${encode({ iat: now - 30, exp: now + 500, iss: app.id, ...claims })}`;
  return `${data}.${createSign("RSA-SHA256").update(data).sign(app.privateKey, "base64url")}`;
}

export async function installationToken(
  sandbox: Sandbox,
  { app, installation, body }: { app: App; installation: number; body?: unknown },
): Promise<string> {
  const call = caller(sandbox, jwt(app));
  return (await call(`POST /app/installations/${installation}/access_tokens`, { body })).json.token;
}

/** Opens a pull request of `mona`'s own branch with one new file, and says its number and head. */
export async function aPullRequest(
  sandbox: Sandbox,
  { branch = "change", files = { "providers/acme/two.json": "{}\n" } as Record<string, string> } = {},
): Promise<{ number: number; head: string }> {
  const mona = sandbox.as("mona");
  const head = await mona.commit({ repository: "acme/registry", branch, files, message: "Add" });
  const number = await mona.openPullRequest({ repository: "acme/registry", head: branch, title: "Add two" });
  return { number, head };
}

export interface Received {
  readonly event: string;
  readonly headers: Record<string, string>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked at freely in tests
  readonly payload: any;
}

/** A listener for webhooks that answers with what `answer` says. */
export async function aListener(answer: () => number = () => 200): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    received.push({ event: headers["x-github-event"] ?? "", headers, text, payload: JSON.parse(text) });
    response.writeHead(answer()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

/** The real git program, without the configuration of the machine. */
export async function git(
  folder: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.com",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.com",
  };
  try {
    return { code: 0, ...(await promisify(execFile)("git", args, { cwd: folder, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

export function withToken(sandbox: Sandbox, repository: string, token: string): string {
  return `${sandbox.serverUrl.replace("http://", `http://x-access-token:${token}@`)}/${repository}.git`;
}
