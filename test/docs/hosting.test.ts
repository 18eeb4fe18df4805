import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { memoryTree, version } from "../publish/support/records.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/hosting.md"), "utf8");

describe("docs/hosting.md", () => {
  it("has a configuration of nginx that speaks https and hands on all that serve answers", async (context) => {
    if (spawnSync("nginx", ["-v"]).error !== undefined) context.skip("nginx is not here");
    const folder = await temporaryFolder();
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
    const [key, pem] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=registry.example.com", "-addext", "subjectAltName=DNS:registry.example.com"];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...made, "-keyout", key, "-out", pem, ...subject], { stdio: "ignore" });
    const port = await freePort();
    const server = (/```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? "")
      .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
      .replace("http://127.0.0.1:8080", served.url)
      .replace("/etc/ssl/registry.example.com.pem", pem)
      .replace("/etc/ssl/registry.example.com.key", key);
    expect(server).toContain(`${port} ssl`);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (of) => `${of}_temp_path ${folder}/${of};`,
    );
    const configuration = join(folder, "nginx.conf");
    writeFileSync(
      configuration,
      `daemon off; pid ${folder}/pid; error_log ${folder}/log; events {} http { access_log off; ${temporary.join(" ")} ${server} }`,
    );
    const nginx = spawn("nginx", ["-c", configuration, "-e", `${folder}/log`], { stdio: "ignore" });
    const ended = new Promise((resolve) => nginx.once("exit", resolve));
    onTestFinished(async () => {
      nginx.kill("SIGTERM");
      await ended;
    });
    const ask = (path: string, headers = {}) => askSafely({ port, path, headers, ca: readFileSync(pem) });
    await expect
      .poll(
        () =>
          ask("/.well-known/terraform.json").then(
            ({ status }) => status,
            () => 0,
          ),
        soon,
      )
      .toBe(200);
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

const soon = { timeout: 20_000, interval: 100 };

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Over TLS, with the certificate checked for the name that clients use. */
function askSafely(of: {
  readonly port: number;
  readonly path: string;
  readonly headers: object;
  readonly ca: Buffer;
}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const name = "registry.example.com";
    const { port, path, ca } = of;
    const sent = request(
      { host: "127.0.0.1", servername: name, port, path, ca, headers: { host: name, ...of.headers } },
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
