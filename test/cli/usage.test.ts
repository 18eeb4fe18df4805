import { describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { folderWith, registrar } from "../support/cli.ts";

const names = (await buildProgram()).commands.map((command) => command.name());

describe("registrar", () => {
  it("has the commands that the docs name", () => {
    expect(names).toEqual(expect.arrayContaining(["sandbox", "init", "adopt", "validate", "publish", "verify", "why"]));
  });

  it("lists every command and the exit codes in its help", async () => {
    const { exit, stdout } = await registrar(["--help"]);
    expect(exit).toBe(0);
    for (const name of names) expect(stdout).toContain(name);
    expect(stdout).toMatch(/Exit codes:[\s\S]*\b0\b[\s\S]*\b1\b[\s\S]*\b2\b[\s\S]*\b3\b/);
  });

  it.each(names)("%s --help describes every option", async (name) => {
    const { exit, stdout } = await registrar([name, "--help"]);
    expect(exit).toBe(0);
    const command = (await buildProgram()).commands.find((candidate) => candidate.name() === name);
    for (const option of command?.options ?? []) {
      expect(option.description, `${name} ${option.long}`).not.toBe("");
      expect(stdout).toContain(option.long);
    }
    expect(stdout).toContain("--json");
  });

  it.each([
    ["an unknown command", ["frobnicate"], /unknown command/],
    ["a missing option", ["publish"], /--to/],
    ["an unknown option", ["validate", "--frob"], /unknown option/],
    ["an unknown target", ["publish", "--to", "ftp:x"], /dir:/],
    ["an unknown scenario", ["sandbox", "--once", "--scenario", "nope"], /expected one of good/],
    ["a port that is none", ["sandbox", "--once", "--port", "http"], /port/],
    ["a pull request that is no number", ["why", "x"], /number/],
    ["an unknown stage", ["why", "1", "--stage", "x"], /evidence, verdict, decision, plan/],
    ["no registry to ask", ["why", "1"], /REGISTRAR_REPOSITORY/],
    ["no registry to verify in", ["verify", "acme/dns"], /REGISTRAR_REPOSITORY/],
    ["a folder without a registry", ["adopt"], /holds no registry/],
    ["a new record for no registry", ["init", "provider", "acme/dns"], /holds no registry/],
    ["no running sandbox", ["sandbox", "release", "acme/dns", "1.3.0"], /npm run sandbox/],
    ["no running sandbox for a tag", ["sandbox", "tag", "acme/network/aws", "v1.3.0"], /npm run sandbox/],
    ["a provider where a module belongs", ["sandbox", "tag", "acme/dns", "v1.3.0"], /a module such as/],
    ["a module where a provider belongs", ["sandbox", "release", "acme/network/aws", "1.3.0"], /a provider such as/],
  ])("refuses %s with exit code 2 and says what it expects", async (_what, args, says) => {
    const folder = folderWith({});
    const { exit, stdout, stderr } = await registrar(args, { cwd: folder.path });
    folder.remove();
    expect(stderr).toMatch(says);
    expect(stdout).toBe("");
    expect(exit).toBe(2);
  });

  it("prints one JSON object also where --json needs --once", async () => {
    const { exit, stdout } = await registrar(["sandbox", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: "bad-argument", message: expect.stringContaining("--once") },
    });
    expect(exit).toBe(2);
  });

  it("prints an error as JSON where JSON was asked for", async () => {
    const folder = folderWith({});
    const { exit, stdout } = await registrar(["why", "1", "--json"], { cwd: folder.path });
    folder.remove();
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: { code: "bad-environment", message: expect.stringContaining("REGISTRAR_REPOSITORY") },
    });
    expect(exit).toBe(2);
  });

  it("tells by its exit code that GitHub does not answer", async () => {
    const { exit, stderr } = await registrar(["why", "1"], {
      env: {
        REGISTRAR_REPOSITORY: "a/b",
        GITHUB_SERVER_URL: "http://127.0.0.1:9",
        GITHUB_API_URL: "http://127.0.0.1:9/api/v3",
      },
    });
    expect(stderr).toMatch(/GitHub did not answer/);
    expect(exit).toBe(3);
  });
});
