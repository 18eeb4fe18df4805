import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { type Installation, installModule, installProvider } from "../../src/client/terraform.ts";
import { publish } from "../../src/publish/publish.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { startStaticServer } from "../../src/web/static-server.ts";
import { branchTarget } from "../publish/support/branch-target.ts";
import { bareRepository, git } from "../publish/support/git.ts";
import { memoryTree } from "../publish/support/records.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
import { aSandbox, git as asynchronousGit } from "../sandbox/support.ts";
import { author, release } from "./support/release.ts";

const address = { kind: "provider", namespace: "Acme", type: "demo" } as const;
const registryHost = "registry.test.example";

/** Publishes the files of a registry and installs acme/demo from there with the client of this machine. */
async function install(context: TestContext, version: string, files: Record<string, unknown>) {
  const folder = await temporaryFolder();
  const target = directoryTarget(join(folder, "out"));
  const { findings } = await publish({ tree: memoryTree(files), target, settings: { layout: null }, readKeys });
  const server = await startStaticServer({ folder: join(folder, "out") });
  onTestFinished(() => server.stop());
  const providersUrl = `${server.url}/v1/providers/`;
  const result = await installProvider({ registryHost, providersUrl, address, version, folder: join(folder, "user") });
  if ("skipped" in result) context.skip(result.skipped);
  return { ...(result as Exclude<Installation, { skipped: string }>), findings };
}

describe("installProvider", () => {
  it("installs a published provider with the real client, which checks the author's signature", async (context) => {
    const signer = await author("acme");
    const result = await install(context, "1.2.0", {
      "keys/acme/acme.asc": signer.text,
      "providers/Acme/demo.json": {
        versions: [await release("demo", "1.2.0", signer)],
        warnings: ["Moved to acme/names."],
      },
    });
    expect(result.findings).toEqual([]);
    expect(result.output).toContain("has been successfully initialized");
    expect(result.output).toContain("Moved to acme/names.");
    expect(result).toMatchObject({ installed: "1.2.0", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    // The output is safe for a terminal, line by line.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect(result.output).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("installs a pre-release in its own case, beside versions that no client could parse", async (context) => {
    const signer = await author("acme");
    const good = await release("demo", "2.0.0-RC1", signer);
    const result = await install(context, "2.0.0-RC1", {
      "keys/acme/demo/acme.asc": signer.text,
      "providers/Acme/demo.json": {
        versions: ["v9.0.0", "18446744073709551616.0.0", "latest"]
          .map((version) => ({ ...good, version }))
          .concat([{ ...good, version: "2.0.0-RC1" }]),
      },
    });
    expect(result.installed).toBe("2.0.0-RC1");
    expect(result.findings.map(({ code }) => code)).toEqual(["version-syntax", "version-syntax", "version-syntax"]);
  });

  it("uses the key that signed, where others apply too", async (context) => {
    const [signer, other] = [await author("acme"), await author("other")];
    const version = await release("demo", "1.0.0", signer);
    const result = await install(context, "1.0.0", {
      "keys/acme/a.asc": other.text,
      "keys/acme/b.asc": signer.text,
      "providers/Acme/demo.json": { versions: [{ ...version, signed_by: signer.key.getFingerprint().toUpperCase() }] },
    });
    expect(result.installed).toBe("1.0.0");
  });

  it("fails when the registry has another key than the one that signed", async (context) => {
    const [signer, other] = [await author("acme"), await author("other")];
    const result = await install(context, "1.2.0", {
      "keys/acme/other.asc": other.text,
      "providers/Acme/demo.json": { versions: [await release("demo", "1.2.0", signer)] },
    });
    expect(result.installed).toBeNull();
    expect(result.output).toMatch(/signature\s+from\s+unknown\s+issuer/);
  });

  it("fails when the registry has no key, as the notice says", async (context) => {
    const signer = await author("acme");
    const result = await install(context, "1.2.0", {
      "providers/Acme/demo.json": { versions: [await release("demo", "1.2.0", signer)] },
    });
    expect(result.installed).toBeNull();
    expect(result.findings).toEqual([expect.objectContaining({ code: "signature", notice: true })]);
  });

  it("installs a provider from a branch, as a host of plain files serves it", async (context) => {
    const signer = await author("acme");
    const path = await bareRepository();
    const tree = memoryTree({
      "keys/acme/acme.asc": signer.text,
      "providers/Acme/demo.json": { versions: [await release("demo", "1.2.0", signer)] },
    });
    const settings = { layout: null, aliases: { "old/demo": "acme/demo" } };
    await publish({ tree, target: branchTarget(path), settings, readKeys });
    const folder = await temporaryFolder();
    git(folder, "clone", "-q", "--branch", "host", path, "pages");
    const server = await startStaticServer({ folder: join(folder, "pages") });
    onTestFinished(() => server.stop());
    for (const namespace of ["Acme", "old"]) {
      const result = await installProvider({
        ...{ registryHost, version: "1.2.0", folder: join(folder, namespace) },
        providersUrl: `${server.url}/v1/providers/`,
        address: { kind: "provider", namespace, type: "demo" },
      });
      if ("skipped" in result) context.skip(result.skipped);
      expect(result).toMatchObject({ installed: "1.2.0" });
    }
  });

  const request = { registryHost, providersUrl: "http://127.0.0.1:1/v1/providers/", address, version: "1.0.0" };

  it("says so when there is no client", async () => {
    const folder = await temporaryFolder();
    const result = await installProvider({ ...request, folder, searchPath: folder });
    expect(result).toEqual({ skipped: "Neither terraform nor tofu is on this machine's PATH." });
  });

  it.skipIf(process.platform === "win32")(
    "takes tofu where there is no terraform, ends it in time, and cleans what it prints",
    async () => {
      const folder = await temporaryFolder();
      const programs = join(folder, "programs");
      await mkdir(programs);
      const script = `#!/bin/sh\n[ "$1" = version ] && echo '{"terraform_version": "1.12.0"}' && exit\nprintf 'a\\033[31mb\\007\\nc'\nexec /bin/sleep 60\n`;
      await writeFile(join(programs, "tofu"), script);
      await chmod(join(programs, "tofu"), 0o755);
      const result = await installProvider({ ...request, folder, searchPath: programs, timeoutMs: 1000 });
      expect(result).toEqual({
        program: "tofu",
        version: "1.12.0",
        installed: null,
        output: "ab\\u0007\nc\nEnded after 1000 ms without an answer.",
      });
    },
  );

  it.each([
    ["a host that is none", { registryHost: 'x" {}' }],
    ["a URL without a slash at its end", { providersUrl: "http://127.0.0.1/v1" }],
    ["a URL with HCL in it", { providersUrl: `http://127.0.0.1/$${"{file(1)}"}/` }],
    ["an address that no client takes", { address: { kind: "provider", namespace: "a_b", type: "demo" } as const }],
    ["a version that is none", { version: '1.0.0"' }],
  ])("refuses %s", async (_, wrong) => {
    const folder = await temporaryFolder();
    await expect(installProvider({ ...request, folder, ...wrong })).rejects.toMatchObject({ code: "bad-argument" });
  });
});

describe("installModule", () => {
  /** A registry with one module, whose repository is served by git over http, and the registry's own server. */
  async function moduleRegistry() {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "Acme", type: "Organization" });
    await sandbox.createRepository({
      owner: "Acme",
      name: "terraform-aws-network",
      files: { "main.tf": 'output "name" {\n  value = "network"\n}\n' },
    });
    const url = `${sandbox.serverUrl}/Acme/terraform-aws-network`;
    const { stdout } = await asynchronousGit(await temporaryFolder(), "ls-remote", url, "HEAD");
    const commit = stdout.slice(0, 40);
    const settings = { layout: null, serverUrl: sandbox.serverUrl };
    const tree = memoryTree({
      "modules/Acme/network/aws.json": {
        versions: [{ version: "v1.1.0-RC1", commit }, { version: "v1.0.0", commit }, { version: "v0.9.0" }],
      },
    });
    const options = { readTree: async () => tree, readSettings: async () => settings, readKeys };
    const server = await startRegistryServer({ ...options, onProblem: () => undefined });
    onTestFinished(() => server.stop());
    return `${server.url}/v1/modules/`;
  }
  const wanted = { kind: "module", namespace: "acme", name: "network", system: "aws" } as const;

  it.each(["1.0.0", "1.1.0-RC1"])("fetches version %s of a module from a registry that is served", async (version) => {
    const modulesUrl = await moduleRegistry();
    const folder = await temporaryFolder();
    const result = await installModule({ registryHost, modulesUrl, address: wanted, version, folder });
    if ("skipped" in result) throw new Error(result.skipped);
    expect(result.installed, result.output).toBe(version);
    expect(readFileSync(join(folder, ".terraform/modules/it/main.tf"), "utf8")).toContain("network");
  });

  it("says what the client says where there is no such version, or no such tag", async () => {
    const modulesUrl = await moduleRegistry();
    const get = async (version: string) =>
      installModule({ registryHost, modulesUrl, address: wanted, version, folder: await temporaryFolder() });
    const missing = await get("9.9.9");
    if ("skipped" in missing) throw new Error(missing.skipped);
    expect(missing).toMatchObject({
      installed: null,
      output: expect.stringContaining("There is no available version of module"),
    });
    expect(await get("0.9.0")).toMatchObject({ installed: null, output: expect.stringMatching(/v0\.9\.0/) });
  });

  it.each([
    ["a host without a dot", { registryHost: "localhost" }],
    ["a URL without a slash at its end", { modulesUrl: "http://127.0.0.1/v1" }],
    ["a system that no client takes", { address: { ...wanted, system: "google-beta" } }],
    ["a version that is none", { version: '1.0.0"' }],
  ])("refuses %s", async (_, wrong) => {
    const request = { registryHost, modulesUrl: "http://127.0.0.1:1/", address: wanted, version: "1.0.0" };
    const folder = await temporaryFolder();
    await expect(installModule({ ...request, folder, ...wrong })).rejects.toMatchObject({ code: "bad-argument" });
  });
});
