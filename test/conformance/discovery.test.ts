import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { runProgram } from "../../src/client/run-program.ts";
import { missingForNginx, nginxHost, startNginx } from "../support/nginx.ts";
import { startEverywhereProxy } from "./support/everywhere-proxy.ts";
import { fronts } from "./support/fronts.ts";
import { aWorld, type World } from "./support/world.ts";

const missing = missingForNginx();
const stops: (() => unknown)[] = [];
let world: World;
let pem = "";
let proxy: Awaited<ReturnType<typeof startEverywhereProxy>>;

const rootModule = `terraform {
  required_providers {
    good = {
      source  = "${nginxHost}/Acme/Good"
      version = "1.1.0"
    }
  }
}
module "net" {
  source  = "${nginxHost}/acme/network/aws"
  version = "~> 1.0"
}
`;

describe("terraform that knows nothing of a registry but its name", () => {
  beforeAll(async () => {
    if (missing.length > 0) return;
    world = await aWorld();
    stops.unshift(() => world.stop());
    const served = await fronts["registrar serve"](world);
    stops.unshift(() => served.stop());
    const folder = join(world.folder, "nginx");
    mkdirSync(folder);
    const nginx = await startNginx(folder, served.url);
    stops.unshift(nginx.stop);
    pem = nginx.pem;
    proxy = await startEverywhereProxy(nginx.port);
    stops.unshift(proxy.stop);
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  /** Without any configuration that says where services are. */
  async function init(context: TestContext, name: string, trusted: Readonly<Record<string, string>>) {
    if (missing.length > 0) context.skip(`${missing.join(" and ")} is not here`);
    const folder = join(world.folder, "users", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "main.tf"), rootModule);
    writeFileSync(join(folder, "client.tfrc"), "");
    const env = {
      ...{ PATH: process.env.PATH ?? "", HOME: folder, HTTPS_PROXY: proxy.url, ...trusted },
      ...{ TF_CLI_CONFIG_FILE: join(folder, "client.tfrc"), TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
    };
    const args = ["init", "-no-color", "-input=false", "-backend=false"];
    const done = await runProgram("terraform", args, { folder, env, timeoutMs: 60_000 });
    if (done === null) return context.skip("terraform is not here");
    return { folder, code: done.code, said: done.output.replace(/[│╷╵\s]+/g, " ") };
  }

  it("finds it by https, and installs a provider and a module", async (context) => {
    const { folder, code, said } = await init(context, "trusting", { SSL_CERT_FILE: pem });
    expect(said).toContain("has been successfully initialized");
    expect(code).toBe(0);
    const installed = join(folder, ".terraform/providers", nginxHost, "acme/good/1.1.0");
    expect(readdirSync(installed, { recursive: true })).toContainEqual(
      expect.stringContaining("terraform-provider-good"),
    );
    expect(readFileSync(join(folder, ".terraform/modules/net/main.tf"), "utf8")).toContain('value = "network"');
    expect([...proxy.asked]).toEqual([`${nginxHost}:443`]);
  });

  it("takes nothing from who cannot show a certificate for that name", async (context) => {
    const { code, said } = await init(context, "wary", { SSL_CERT_FILE: "/dev/null", SSL_CERT_DIR: world.folder });
    expect([code, said]).toEqual([1, expect.stringMatching(/certificate signed by unknown authority/)]);
  });
});
