import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { type Installation, installProvider } from "../../src/client/terraform.ts";
import { publish } from "../../src/publish/publish.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { startStaticServer } from "../../src/web/static-server.ts";
import { memoryTree } from "../publish/support/records.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
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
