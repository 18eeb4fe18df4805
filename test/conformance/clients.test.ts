import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { runClient } from "../../src/client/run-client.ts";
import { type Front, fronts } from "./support/fronts.ts";
import { aWorld, platforms, type World } from "./support/world.ts";

const host = "registry.test.example";
let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world?.stop());

/** `main.tf`: what a user wants, by source and constraint. */
const wants = (providers: Readonly<Record<string, string>>, module = "") => {
  const lines = Object.entries(providers).map(
    ([source, version]) =>
      `    ${source.replace(/\W/g, "-").toLowerCase()} = {\n      source  = "${host}/${source}"\n      version = "${version}"\n    }\n`,
  );
  return `terraform {\n  required_providers {\n${lines.join("")}  }\n}\n${module}`;
};

const module = `module "net" {\n  source  = "${host}/acme/network/aws"\n  version = "~> 1.0"\n}\n`;
const init = ["init", "-no-color", "-input=false", "-backend=false"];

describe.each(Object.entries(fronts))("terraform, from %s", (name, start) => {
  let front: Front;
  const hasModules = name !== "a branch on a host like GitHub Pages" && name !== "a bucket";
  const folder = () => join(world.folder, "users", name.replaceAll(" ", "-"));

  beforeAll(async () => {
    front = await start(world);
  });
  afterAll(() => front?.stop());

  /** Runs the client where a user works; in one line what it printed, without the frame. */
  async function run(context: TestContext, args: readonly string[], rootModule: string, at = "work", goesOn = false) {
    const services = { "providers.v1": `${front.url}/v1/providers/`, "modules.v1": `${front.url}/v1/modules/` };
    const result = await runClient({
      ...{ folder: join(folder(), at), host: { name: host, services }, rootModule, args, goesOn },
    });
    if ("skipped" in result) return context.skip(result.skipped);
    return { ok: result.ok, said: result.output.replace(/[│╷╵\s]+/g, " ") };
  }

  /** `namespace/type version` of what lies in the user's folder. */
  function installed(at = "work"): string[] {
    const top = join(folder(), at, ".terraform", "providers", host);
    return readdirSync(top, { recursive: true })
      .map((path) => String(path).replaceAll("\\", "/").split("/"))
      .filter((parts) => parts.length === 3)
      .map(([namespace, type, version]) => `${namespace}/${type} ${version}`)
      .sort();
  }

  const first = {
    "Acme/Good": "1.0.0",
    "former/good": "1.1.0",
    "acme/early": "2.0.0-RC1",
    "acme/withdrawn": ">= 1.0.0",
    "rotated/demo": "1.0.0",
    "expired/late": "1.0.0",
    "extended/again": "1.0.0",
    "subkey/late": "2.0.0",
    "leaked/demo": ">= 1.0.0",
  };
  const later = { ...first, "Acme/Good": ">= 1.0.0", "rotated/demo": ">= 1.0.0" };

  // In this order: each goes on with the folder of the one before.
  it("init installs by address in any case, by alias, by keys that rotated, expired or were extended, and not what is withdrawn or by a revoked key", async (context) => {
    const { ok, said } = await run(context, init, wants(first, hasModules ? module : ""));
    expect(said).toContain("has been successfully initialized");
    expect(ok).toBe(true);
    expect(said).toContain("Good will move.");
    expect(installed()).toEqual([
      "acme/early 2.0.0-RC1",
      "acme/good 1.0.0",
      "acme/withdrawn 1.0.0",
      "expired/late 1.0.0",
      "extended/again 1.0.0",
      "former/good 1.1.0",
      "leaked/demo 2.0.1",
      "rotated/demo 1.0.0",
      "subkey/late 2.0.0",
    ]);
    if (hasModules) {
      const main = readFileSync(join(folder(), "work/.terraform/modules/net/main.tf"), "utf8");
      expect(main).toContain('value = "network"');
      expect(said).toMatch(/acme\/network\/aws 1\.1\.0 for net/);
    }
  });

  it("init -upgrade takes the newest, by the key that followed", async (context) => {
    const wanted = wants(later, hasModules ? module : "");
    // Without the flag the lock file holds.
    expect((await run(context, init, wanted, "work", true)).ok).toBe(true);
    expect(installed()).toContain("rotated/demo 1.0.0");
    const { ok, said } = await run(context, [...init, "-upgrade"], wanted, "work", true);
    expect(said).toContain("successfully initialized");
    expect(ok).toBe(true);
    expect(installed()).toEqual(expect.arrayContaining(["acme/good 1.1.0", "rotated/demo 2.0.0"]));
  });

  it("providers lock notes the hashes of several platforms, and says which one there is not", async (context) => {
    const wanted = wants({ "acme/good": "1.1.0" });
    const lock = (...names: string[]) => ["providers", "lock", "-no-color", ...names.map((one) => `-platform=${one}`)];
    expect(await run(context, lock(...platforms), wanted, "lock")).toMatchObject({ ok: true });
    const text = readFileSync(join(folder(), "lock", ".terraform.lock.hcl"), "utf8");
    expect(text).toContain(`provider "${host}/acme/good"`);
    expect(text.match(/"h1:/g)).toHaveLength(platforms.length);
    expect(text.match(/"zh:/g)).toHaveLength(platforms.length);
    const missing = await run(context, lock("plan9_amd64"), wanted, "lock");
    expect(missing).toMatchObject({
      ok: false,
      said: expect.stringMatching(/not available for plan9_amd64|plan9_amd64/),
    });
  });

  it("refuses, each with its reason, what is withdrawn, in another case, or not there", async (context) => {
    const wanted = wants({
      "acme/withdrawn": "1.1.0",
      "acme/early": "2.0.0-rc1",
      "acme/nobody": "1.0.0",
      "leaked/demo": "2.1.0",
    });
    const { ok, said } = await run(context, init, wanted, "refused");
    expect(ok).toBe(false);
    expect(said).toMatch(/no available releases match the given constraints 1\.1\.0/);
    expect(said).toMatch(/no available releases match the given constraints 2\.0\.0-rc1/);
    expect(said).toMatch(/no available releases match the given constraints 2\.1\.0/);
    expect(said).toMatch(/does not have a provider named registry\.test\.example\/acme\/nobody/);
  });

  it("refuses what the registry's key did not sign", async (context) => {
    const { ok, said } = await run(context, init, wants({ "wrong/signed": "1.0.0" }), "wrong");
    expect([ok, said]).toEqual([false, expect.stringContaining("signature from unknown issuer")]);
  });

  if (hasModules) return;
  it("finds no module there, as the guides say: the host sends no header", async (context) => {
    const { ok, said } = await run(context, ["get", "-no-color"], module, "module");
    expect([ok, said]).toEqual([false, expect.stringContaining("failed to get download URL")]);
  });
});
