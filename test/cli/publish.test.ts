import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishText } from "../../src/cli/publish-text.ts";
import { bareRepository, git } from "../publish/support/git.ts";
import { gitRegistry } from "../publish/support/git-registry.ts";
import { version } from "../publish/support/records.ts";
import { folderWith, registrar } from "../support/cli.ts";

const demo = join(import.meta.dirname, "..", "..");

describe("publishText", () => {
  const report = { to: "dir:x", commit: null, written: 7, unchanged: 0, deleted: 1, findings: [], ms: 1234 };

  it.each([
    [
      { documents: 1, namespaces: null },
      false,
      "published 1 document to dir:x: 7 written, 0 unchanged, 1 removed, 0 f",
    ],
    [
      { documents: 8, namespaces: null },
      true,
      "would publish 8 documents to dir:x: 7 to write, 0 unchanged, 1 to remove",
    ],
    [{ documents: 8, namespaces: ["acme"] }, false, "8 documents of the 1 namespace that may have changed (acme) to"],
    [{ documents: 8, namespaces: ["a", "b"] }, false, "of the 2 namespaces that may have changed (a, b) to dir:x: "],
    [{ documents: 1, namespaces: [] }, false, "1 document, no namespace having changed since the last time, to dir:x"],
  ])("says of %j what was looked at", (part, dryRun, text) => {
    expect(publishText({ ...report, ...part }, dryRun)).toContain(text);
  });
});

describe("registrar publish", () => {
  let out: ReturnType<typeof folderWith>;
  beforeEach(() => {
    out = folderWith({});
  });
  afterEach(() => out.remove());

  const publish = async (...more: string[]) => {
    const run = await registrar(["publish", "--registry", demo, "--to", `dir:${out.path}/public`, "--json", ...more]);
    return { exit: run.exit, report: JSON.parse(run.stdout) };
  };

  it("writes what clients ask for, with the signing keys in every download document", async () => {
    const { exit, report } = await publish();
    expect({ exit, ok: report.ok, findings: report.findings }).toEqual({ exit: 0, ok: true, findings: [] });
    expect(report.written).toBe(report.documents);
    const list = JSON.parse(readFileSync(join(out.path, "public/v1/providers/acme/dns/versions"), "utf8"));
    expect(list.versions.map(({ version }: { version: string }) => version)).toEqual(["1.1.0", "1.0.0"]);
    const document = JSON.parse(
      readFileSync(join(out.path, "public/v1/providers/acme/dns/1.1.0/download/linux/amd64"), "utf8"),
    );
    expect(document.signing_keys.gpg_public_keys[0].ascii_armor).toContain("BEGIN PGP PUBLIC KEY BLOCK");
  });

  it("writes nothing the second time, and nothing at all in a dry run", async () => {
    const dry = await publish("--dry-run");
    expect(dry.report.dryRun).toBe(true);
    expect(existsSync(join(out.path, "public/v1"))).toBe(false);
    const first = await publish();
    expect(dry.report.written).toBe(first.report.written);
    expect((await publish()).report).toMatchObject({ written: 0, deleted: 0, unchanged: first.report.documents });
  });

  it("refuses a folder that holds other things, and leaves it alone", async () => {
    const foreign = folderWith({ "public/precious.txt": "mine" });
    const { exit, stdout } = await registrar([
      "publish",
      "--registry",
      demo,
      "--to",
      `dir:${foreign.path}/public`,
      "--json",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { message: expect.stringContaining("public") } });
    expect(exit).toBe(2);
    expect(readFileSync(join(foreign.path, "public/precious.txt"), "utf8")).toBe("mine");
    foreign.remove();
  });

  it("asks for a branch where the registry is a bare repository", async () => {
    const run = await registrar(["publish", "--registry", await bareRepository(), "--to", `dir:${out.path}/public`]);
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringMatching(/holds no registry.*--commit main/) });
  });

  it("publishes nothing of a registry whose configuration is wrong, and says what is wrong with it", async () => {
    const registry = folderWith({
      ".github/registrar.yml": "nonsense: true\n",
      "providers/acme/dns.json": '{"versions":[]}',
    });
    const { exit, stderr } = await registrar([
      "publish",
      "--registry",
      registry.path,
      "--to",
      `dir:${out.path}/public`,
    ]);
    registry.remove();
    expect(stderr).toMatch(/unknown key "nonsense"/);
    expect(exit).toBe(2);
    expect(existsSync(join(out.path, "public"))).toBe(false);
  });

  it("leaves out what is kept back of a commit, and publishes nothing where it cannot tell what that did", async () => {
    const path = "providers/acme/dns.json";
    const registry = await gitRegistry();
    const commit = (...versions: string[]) =>
      registry.commit({ [path]: { versions: versions.map((one) => version(one)) } });
    await commit("1.0.0");
    const wrong = await commit("2.0.0", "1.0.0");
    await commit("3.0.0", "2.0.0", "1.0.0");
    const withhold = JSON.stringify([{ commit: wrong.commit, paths: [path] }]);
    const run = (folder: string, ...more: string[]) =>
      registrar(["publish", "--registry", folder, "--to", `dir:${out.path}/public`, "--withhold", withhold, ...more]);
    const shallow = join(out.path, "shallow");
    git(out.path, "clone", "-q", "--depth", "2", `file://${registry.folder}`, shallow);
    expect(await run(shallow, "--commit", "HEAD")).toMatchObject({
      ...{ exit: 2, stderr: expect.stringMatching(/does not have commit .* Fetch the whole history first/) },
    });
    expect(await run(registry.folder)).toMatchObject({ exit: 2, stderr: expect.stringContaining("--commit") });
    expect(existsSync(join(out.path, "public"))).toBe(false);
    expect((await run(registry.folder, "--commit", "main")).exit).toBe(0);
    const list = JSON.parse(readFileSync(join(out.path, "public/v1/providers/acme/dns/versions"), "utf8"));
    expect(list.versions.map((one: { version: string }) => one.version)).toEqual(["3.0.0", "1.0.0"]);
  });

  it("publishes to a branch, of the registry's own repository too, with the commit in its message", async () => {
    const registry = folderWith({ "providers/acme/dns.json": JSON.stringify({ versions: [version("1.0.0")] }) });
    git(registry.path, "init", "-q", "-b", "main");
    git(registry.path, "add", "-A");
    git(registry.path, "commit", "-q", "-m", "one");
    const commit = git(registry.path, "rev-parse", "HEAD");
    const run = async (...args: string[]) => {
      const { exit, stdout } = await registrar(["publish", "--registry", registry.path, "--json", ...args]);
      return { exit, report: JSON.parse(stdout) };
    };
    expect(await run("--commit", "HEAD", "--to", "git:#host")).toMatchObject({
      exit: 0,
      report: { to: `git:${registry.path}#host`, commit, written: 6 },
    });
    expect(git(registry.path, "log", "--format=%s", "host")).toBe(`Publish the registry at ${commit}`);
    expect(await run("--to", `git:file://${registry.path}`)).toMatchObject({ exit: 0, report: { written: 0 } });
    expect(git(registry.path, "rev-list", "--count", "host")).toBe("1");
    const refused = await run("--to", "git:#main");
    expect(refused).toMatchObject({ exit: 2, report: { ok: false, error: { code: "bad-argument" } } });
    expect(git(registry.path, "status", "--porcelain")).toBe("");
    registry.remove();
  });

  it("ends on Ctrl-C with 130, and says that nothing is lost", async () => {
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = createServer(() => asked());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const to = `git:http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    const args = ["src/cli.ts", "publish", "--registry", demo, "--to", to];
    const child = spawn(join(demo, "node_modules/.bin/node"), args, { cwd: demo });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await isAsked;
    child.kill("SIGINT");
    // The git that it started ends with its connection.
    server.closeAllConnections();
    expect(await ended).toBe(130);
    expect(said).toContain("Stopped. Publish again: it goes on where this one stopped.");
    server.close();
  });

  it("shows its token to the server that it belongs to, and to no other", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = (env: Record<string, string>) =>
      registrar(["publish", "--registry", demo, "--to", `git:${url}/acme/host.git`], {
        env: { GITHUB_TOKEN: "ghp_secret", ...env },
      });
    const elsewhere = await run({});
    expect(elsewhere).toMatchObject({ exit: 2, stderr: expect.stringContaining("Check the URL and the credentials") });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.splice(0).filter((header) => header !== undefined)).toEqual([]);
    const there = await run({ GITHUB_SERVER_URL: url });
    expect(seen).toContain(`Basic ${Buffer.from("x-access-token:ghp_secret").toString("base64")}`);
    expect(there.stderr + there.stdout).not.toMatch(/ghp_secret|Basic/);
    server.close();
  });
});
