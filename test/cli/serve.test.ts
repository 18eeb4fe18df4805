import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { bareRepository, commitTo } from "../publish/support/git.ts";
import { version } from "../publish/support/records.ts";
import { folderWith, registrar } from "../support/cli.ts";

const root = join(import.meta.dirname, "..", "..");

/** Starts `registrar serve`; the JSON object that it prints. */
async function serve(...args: string[]) {
  const child = spawn(join(root, "node_modules/.bin/node"), ["src/cli.ts", "serve", "--port", "0", "--json", ...args], {
    cwd: root,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      if (printed.includes("\n}")) resolve();
    });
    child.once("close", () => resolve());
  });
  return { child, said: JSON.parse(printed) as { ok: boolean; url: string }, complaints: () => complaints };
}

const exitOf = (child: ChildProcess) => new Promise((resolve) => child.once("close", (exit) => resolve(exit)));
const record = (...versions: string[]) => JSON.stringify({ versions: versions.map((text) => version(text)) });
const list = async (url: string) => {
  const response = await fetch(`${url}/v1/providers/acme/dns/versions`);
  const { versions } = (await response.json()) as { versions: { version: string }[] };
  return versions.map((entry) => entry.version);
};

/** It looks once a second, and less often where a look takes long. */
const soon = { timeout: 20_000, interval: 200 };

describe("registrar serve", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("serves a folder, follows its files, and ends on %s", async (signal) => {
    const folder = folderWith({ "providers/acme/dns.json": record("1.0.0") });
    onTestFinished(() => folder.remove());
    const { child, said, complaints } = await serve("--registry", folder.path);
    expect(said).toEqual({ ok: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(await list(said.url)).toEqual(["1.0.0"]);
    writeFileSync(join(folder.path, "providers/acme/dns.json"), record("1.1.0", "1.0.0"));
    await expect.poll(() => list(said.url), soon).toEqual(["1.1.0", "1.0.0"]);
    // A configuration that cannot be read stops nothing that was served before.
    mkdirSync(join(folder.path, ".github"));
    writeFileSync(join(folder.path, ".github/registrar.yml"), "nonsense: true\n");
    writeFileSync(join(folder.path, "providers/acme/dns.json"), record("2.0.0"));
    const asked = async () => {
      expect(await list(said.url)).toEqual(["1.1.0", "1.0.0"]);
      return complaints();
    };
    await expect.poll(asked, soon).toMatch(/unknown key "nonsense".*\n?.*served on/);
    const ended = exitOf(child);
    child.kill(signal);
    expect(await ended).toBe(0);
  });

  it("serves and follows a branch of a bare repository", async () => {
    const path = await bareRepository();
    await commitTo(path, "live", { "providers/acme/dns.json": record("1.0.0") });
    const { said } = await serve("--registry", path, "--commit", "live");
    expect(await list(said.url)).toEqual(["1.0.0"]);
    await commitTo(path, "live", { "providers/acme/dns.json": record("1.1.0") });
    await expect.poll(() => list(said.url), soon).toEqual(["1.1.0"]);
  });

  it("asks for a branch where the HEAD of a bare repository names none", async () => {
    const path = await bareRepository();
    await commitTo(path, "live", { "providers/acme/dns.json": record("1.0.0") });
    const run = await registrar(["serve", "--registry", path, "--port", "0"]);
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining("with --commit BRANCH") });
  });

  it.each([
    [["--registry", "/missing"], /cannot be read|is no git repository/],
    [["--registry", join(root, "docs")], /holds no registry/],
    [["--commit", "missing"], /has no commit "missing"/],
    [["--port", "http"], /Expected a number from 0 to 65535/],
  ])("says what is wrong with %j", async (args, message) => {
    const { exit, stderr } = await registrar(["serve", "--port", "0", ...args], { cwd: root });
    expect(stderr).toMatch(message);
    expect(exit).toBe(2);
  });
});
