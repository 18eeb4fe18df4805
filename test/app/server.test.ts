import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const good = {
  APP_ID: "4711",
  PRIVATE_KEY: privateKey,
  WEBHOOK_SECRET: "correct horse battery staple",
  REGISTRAR_REPOSITORY: "example/registry",
  HOST: "127.0.0.1",
  PORT: "0",
  // Nobody listens there, and nothing is asked at the start without PUBLISH_TO.
  GITHUB_SERVER_URL: "http://127.0.0.1:1",
  GITHUB_API_URL: "http://127.0.0.1:1/api/v3",
};

type Variables = Readonly<Record<string, string | undefined>>;

/** `node src/server.ts` in an empty folder, with nothing of this machine's environment. */
async function startServer(changes: Variables = {}) {
  const folder = await mkdtemp(join(tmpdir(), "registrar-server-"));
  const defined = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
  const child = spawn(process.execPath, [join(root, "src/server.ts")], {
    cwd: folder,
    env: Object.fromEntries(defined),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const listening = async () => {
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const line = stdout.split("\n").find((candidate) => candidate.includes('"listening"'));
      if (line !== undefined) return (JSON.parse(line) as { url: string }).url;
      if (child.exitCode !== null) break;
    }
    throw new Error(`It does not listen: ${stdout}${stderr}`);
  };
  return { child, ended, listening, out: () => ({ stdout, stderr }) };
}

async function refusal(changes: Variables): Promise<string> {
  const { ended, out } = await startServer(changes);
  expect(await ended).toBe(1);
  const { stdout, stderr } = out();
  expect(stdout).toBe("");
  return stderr;
}

describe("node src/server.ts", () => {
  it("without a webhook secret refuses to start", async () => {
    expect(await refusal({ WEBHOOK_SECRET: undefined })).toMatch(/ {2}- WEBHOOK_SECRET is not set/);
  });

  it('with the secret "development" refuses to start', async () => {
    expect(await refusal({ WEBHOOK_SECRET: "development" })).toMatch(/"development", which everybody knows/);
  });

  it("without anything refuses to start and lists all that is missing", async () => {
    const nothing = Object.fromEntries(Object.keys(good).map((name) => [name, undefined]));
    const said = await refusal(nothing);
    for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "REGISTRAR_REPOSITORY"]) {
      expect(said).toMatch(new RegExp(`^ {2}- ${name}.*is not set`, "m"));
    }
    // A message for people, not a trace of calls.
    expect(said).not.toMatch(/^\s+at /m);
  });

  it.each([["APP_ID"], ["PRIVATE_KEY"], ["REGISTRAR_REPOSITORY"]])("without %s refuses to start", async (name) => {
    expect(await refusal({ [name]: undefined })).toMatch(new RegExp(`^ {2}- ${name}.*is not set`, "m"));
  });

  it("with a publish target that is none refuses to start and says what is expected", async () => {
    expect(await refusal({ PUBLISH_TO: "ftp:example" })).toMatch(/dir:/);
  });

  it("on a port that is taken ends and says so", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ PORT: String(port) })).toMatch(/EADDRINUSE/);
  });

  it("starts, answers, and ends when it is told to", async () => {
    const { child, ended, listening, out } = await startServer();
    const url = await listening();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    const { stdout, stderr } = out();
    expect(stderr).toBe("");
    expect(`${stdout}${stderr}`).not.toMatch(/PRIVATE KEY|correct horse/);
    for (const line of stdout.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  });
});
