import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { addServe } from "../../src/cli/serve.ts";
import { runProgram } from "../../src/client/run-program.ts";
import { readKeys } from "../../src/upstream/openpgp.ts";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { author, release } from "../client/support/release.ts";
import { memoryTree, version } from "../publish/support/records.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
import { missingForNginx, nginxHost, startNginx } from "../support/nginx.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/hosting.md"), "utf8");
const [rootModule = "", clientConfiguration = ""] = [...page.matchAll(/```hcl\n([\s\S]*?)```/g)].map(
  ([, text = ""]) => text,
);

describe("docs/hosting.md", () => {
  it("names the port that serve has by default", () => {
    const program = new Command();
    addServe(program);
    const { port } = program.commands[0]?.opts() ?? {};
    const ports = [...page.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, text]) => Number(text));
    expect(ports.length).toBeGreaterThan(3);
    expect(new Set(ports)).toEqual(new Set([port]));
  });

  it("has a root module and a client's configuration by which the real client installs", async (context) => {
    const signer = await author("acme");
    const tree = memoryTree({
      "keys/acme/acme.asc": signer.text,
      "providers/acme/dns.json": { versions: [await release("dns", "1.0.0", signer)] },
    });
    const served = await startRegistryServer({
      ...{ readTree: () => tree, readSettings: async () => ({ layout: null }), readKeys, onProblem: () => undefined },
    });
    onTestFinished(() => served.stop());
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "main.tf"), rootModule);
    const file = join(folder, "client.tfrc");
    writeFileSync(file, clientConfiguration.replaceAll("http://127.0.0.1:8080", served.url));
    const { PATH = "" } = process.env;
    const env = { PATH, HOME: folder, TF_CLI_CONFIG_FILE: file, CHECKPOINT_DISABLE: "1" };
    const init = (program: string) => runProgram(program, ["init"], { folder, env, timeoutMs: 60_000 });
    const run = (await init("terraform")) ?? (await init("tofu"));
    if (run === null) context.skip("Neither terraform nor tofu is on this machine's PATH.");
    expect(run?.output).toMatch(/Installed registry\.example\.com\/acme\/dns v1\.0\.0/);
    expect(run?.code).toBe(0);
  });

  it("has a configuration of nginx that speaks https and hands on all that serve answers", async (context) => {
    const missing = missingForNginx();
    if (missing.length > 0) context.skip(`${missing.join(" and ")} is not here`);
    const tree = memoryTree({
      "providers/Acme/dns.json": { versions: [version("1.0.0-RC1")] },
      "modules/acme/net/aws.json": { versions: [{ version: "v1.0.0" }] },
    });
    const served = await startRegistryServer({
      readTree: () => tree,
      readSettings: async () => ({ layout: null }),
      readKeys: async () => [],
      onProblem: () => undefined,
    });
    onTestFinished(() => served.stop());
    const { port, pem, stop } = await startNginx(await temporaryFolder(), served.url);
    onTestFinished(stop);
    const ask = (path: string, headers = {}) => askSafely({ port, path, headers, ca: readFileSync(pem) });
    const discovery = await ask("/.well-known/terraform.json");
    expect(discovery.headers["content-type"]).toBe("application/json");
    const list = await ask("/v1/providers/acme/dns/versions");
    expect(JSON.parse(list.body)).toMatchObject({ versions: [{ version: "1.0.0-RC1" }] });
    const same = await ask("/v1/providers/acme/dns/versions", { "if-none-match": list.headers.etag });
    expect(same.status).toBe(304);
    expect((await ask("/v1/providers/acme/dns/1.0.0-RC1/download/linux/amd64")).status).toBe(200);
    expect((await ask("/v1/providers/acme/dns/1.0.0-rc1/download/linux/amd64")).status).toBe(404);
    const module = await ask("/v1/modules/acme/net/aws/1.0.0/download");
    expect(module.headers["x-terraform-get"]).toBe(JSON.parse(module.body).location);
  });
});

/** Over TLS, with the certificate checked for the name that clients use. */
function askSafely(of: {
  readonly port: number;
  readonly path: string;
  readonly headers: object;
  readonly ca: Buffer;
}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { port, path, ca } = of;
    const sent = request(
      { host: "127.0.0.1", servername: nginxHost, port, path, ca, headers: { host: nginxHost, ...of.headers } },
      (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
