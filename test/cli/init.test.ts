import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createAuthor } from "../../src/scenarios/author.ts";
import { registrar } from "../support/cli.ts";
import { checkOut } from "../support/stage/checkout.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

interface Init {
  readonly ok: boolean;
  readonly written: boolean;
  readonly versions: readonly string[];
  readonly left: readonly { readonly version: string; readonly reasons: readonly string[] }[];
  readonly beyond: readonly string[];
  readonly findings: readonly { readonly code: string; readonly outcome: string; readonly message: string }[];
}

const path = "providers/acme/cache.json";

/** The repository of acme/cache, which the registry does not have, with these releases. */
async function cache(stage: TaskStage, ...versions: readonly string[]): Promise<void> {
  await stage.sandbox.createRepository({
    owner: "acme",
    name: "terraform-provider-cache",
    createdAt: "2025-01-01T00:00:00Z",
  });
  const signer = stage.authors.find(({ provider }) => provider.namespace === "acme")?.signer;
  if (signer === undefined) throw new Error("no acme");
  const provider = { path, namespace: "acme", type: "cache", versions: [], platforms: ["linux_amd64"] as const };
  const author = createAuthor(stage.sandbox, { provider, signer });
  for (const version of versions) {
    const tamper = version.endsWith(".13") ? ({ tamper: "checksum" } as const) : {};
    await author.cutRelease({ version, published: "2025-02-01T00:00:00Z", ...tamper });
  }
}

describe("registrar init", () => {
  it("writes the record as records are written: head in order, newest first, evidence, no discovery of its own", async () => {
    const stage = await aTaskStage();
    await cache(stage, "0.9.0", "0.10.0", "0.9.13");
    const checkout = await checkOut(stage);
    const { exit } = await checkout.ask<Init>("init", "provider", "acme/cache");
    expect(exit).toBe(0);
    const text = await checkout.read(path);
    const record = JSON.parse(text);
    expect(text).toBe(`${JSON.stringify(record, null, 2)}\n`);
    expect(Object.keys(record)).toEqual(["repository_id", "owner_id", "versions"]);
    expect(record.versions.map(({ version }: { version: string }) => version)).toEqual(["0.10.0", "0.9.0"]);
    expect(Object.keys(record.versions[0])).toEqual([
      ...["version", "protocols", "shasums_url", "shasums_signature_url", "targets"],
      ...["tag", "commit", "release_id", "published", "sums_sha256", "signed_by"],
    ]);
  });

  it("names a repository that is not where the address says, and takes its URL as well as its name", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0");
    stage.sandbox.renameRepository("acme/terraform-provider-cache", "cache-provider");
    const checkout = await checkOut(stage);
    const url = `${stage.sandbox.serverUrl}/acme/cache-provider`;
    await checkout.ask<Init>("init", "provider", "acme/cache", "--repository", url);
    expect(JSON.parse(await checkout.read(path)).repository).toBe(url);
    const again = await checkOut(stage);
    // The old name redirects, and the record says where to.
    await again.ask<Init>("init", "provider", "acme/cache");
    expect(JSON.parse(await again.read(path)).repository).toBe(url);
  });

  it("takes the newest usable versions up to the limit, and says what it did not look at", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0", "1.1.0", "1.2.0", "1.2.13", "1.10.0");
    const checkout = await checkOut(stage);
    const init = await checkout.ask<Init>("init", "provider", "acme/cache", "--limit", "2", "--dry-run");
    expect(init).toMatchObject({ versions: ["1.10.0", "1.2.0"], beyond: ["1.1.0", "1.0.0"], written: false });
    expect(init.left).toMatchObject([{ version: "1.2.13" }]);
    const { stdout } = await checkout.run("init", "provider", "acme/cache", "--limit", "2", "--dry-run");
    expect(stdout).toContain("not looked at: 2 older releases");
  });

  it("writes nothing when nothing is usable, and says why", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.13");
    const checkout = await checkOut(stage);
    const { exit, stdout } = await checkout.run("init", "provider", "acme/cache");
    expect(stdout).toMatch(/None of 1 releases can be used[\s\S]*left out 1\.0\.13: .*SHA256SUMS says/);
    expect(exit).toBe(1);
    expect(await checkout.status()).toEqual([]);
  });

  it("keeps out a release that has to settle first", async () => {
    const stage = await aTaskStage({ settle: "1h" });
    await cache(stage, "1.0.0");
    const dns = stage.authors.find(({ provider }) => provider.type === "dns");
    const provider = { path, namespace: "acme", type: "cache", versions: [], platforms: ["linux_amd64"] as const };
    if (dns === undefined) throw new Error("no acme/dns");
    await createAuthor(stage.sandbox, { provider, signer: dns.signer }).cutRelease({ version: "1.1.0" });
    const init = await (await checkOut(stage)).ask<Init>("init", "provider", "acme/cache");
    expect(init.versions).toEqual(["1.0.0"]);
    expect(init.left).toMatchObject([{ version: "1.1.0", reasons: [expect.stringContaining("quiet seconds")] }]);
  });

  it("keeps the layout of the registry", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0");
    const checkout = await checkOut(stage);
    execFileSync("rm", ["-r", "providers", "modules", "keys"], { cwd: checkout.path });
    execFileSync("sh", ["-c", "echo 'layout: lettered' > .github/registrar.yml"], { cwd: checkout.path });
    const { stdout } = await checkout.run("init", "provider", "acme/cache");
    expect(stdout).toContain("wrote providers/a/acme/cache.json");
    expect(stdout).toMatch(/> keys\/a\/acme\/NAME\.asc/);
  });

  it("writes the record of a module from its tags", async () => {
    const stage = await aTaskStage();
    const repository = "acme/terraform-aws-storage";
    await stage.sandbox.createRepository({ owner: "acme", name: "terraform-aws-storage", files: { "main.tf": "" } });
    const acme = stage.sandbox.as("acme");
    const commit = await acme.createTag({ repository, tag: "v1.0.0" });
    for (const tag of ["v1.1.0", "v1", "nightly", "v0.9"]) await acme.createTag({ repository, tag });
    const checkout = await checkOut(stage);
    const init = await checkout.ask<Init>("init", "module", "acme/storage/aws");
    expect(init).toMatchObject({ exit: 0, versions: ["v1.1.0", "v1.0.0"], findings: [{ code: "new-record" }] });
    const record = JSON.parse(await checkout.read("modules/acme/storage/aws.json"));
    expect(Object.keys(record)).toEqual(["repository_id", "owner_id", "versions"]);
    expect(record.versions[1]).toEqual({ version: "v1.0.0", commit, published: expect.any(String) });
  });

  it("leaves every version out whose repository is another account's", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0");
    const checkout = await checkOut(stage);
    const init = await checkout.ask<Init>(
      "init",
      "provider",
      "globex/cache",
      "--repository",
      "acme/terraform-provider-cache",
    );
    expect(init).toMatchObject({ exit: 1, written: false, versions: [] });
    expect(init.left[0]?.reasons).toEqual([expect.stringContaining('belongs to "acme", not to "globex"')]);
  });

  it("writes nothing at an address where the configuration publishes another record", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0");
    const checkout = await checkOut(stage);
    execFileSync("sh", ["-c", "printf 'aliases:\n  acme/cache: globex/cache\n' >> .github/registrar.yml"], {
      cwd: checkout.path,
    });
    const { exit, stdout } = await checkout.run("init", "provider", "acme/cache");
    expect(stdout).toMatch(/The record cannot be made[\s\S]*fail {2}address-unique/);
    expect(exit).toBe(1);
    expect(await checkout.status()).toEqual([" M .github/registrar.yml"]);
  });

  it("refuses what cannot be a new address before it asks anybody", async () => {
    const stage = await aTaskStage();
    const checkout = await checkOut(stage);
    const asked = stage.sandbox.requests.length;
    for (const [args, says] of [
      [["provider", "acme/dns"], /is there already/],
      [["provider", "ACME/dns"], /cannot tell "ACME\/dns" from the address of "providers\/acme\/dns.json"/],
      [["provider", "acme/terraform-provider-x"], /must not begin with "terraform-"/],
      [["provider", "acme/../../x"], /NAMESPACE\/TYPE/],
      [["provider", "../x"], /must be ASCII letters/],
      [["provider", "acme/network/aws"], /address of a provider is NAMESPACE\/TYPE/],
      [["module", "acme/dns"], /address of a module is NAMESPACE\/NAME\/SYSTEM/],
      [["library", "acme/dns"], /provider, module/],
      [["provider", "acme/new", "--limit", "0"], /--limit must be a whole number from 1/],
      [
        ["provider", "acme/new", "--repository", "https://evil.example/a/b"],
        /--repository must be OWNER\/NAME or http/,
      ],
      [["provider", "acme/new", "--repository", "acme/.."], /--repository must be/],
    ] as const) {
      const { exit, stderr } = await checkout.run("init", ...args);
      expect(stderr).toMatch(says);
      expect(exit).toBe(2);
    }
    expect(stage.sandbox.requests.length).toBe(asked);
    expect(await checkout.status()).toEqual([]);
  });

  it("says that a repository is not there, and that an empty folder is no registry", async () => {
    const stage = await aTaskStage();
    const checkout = await checkOut(stage);
    const missing = await checkout.run("init", "provider", "acme/nope");
    expect(missing).toMatchObject({ exit: 2, stderr: expect.stringContaining("--repository OWNER/NAME") });
    execFileSync("mkdir", ["empty"], { cwd: checkout.path });
    const empty = await checkout.run("init", "provider", "acme/nope", "--registry", "empty");
    expect(empty).toMatchObject({ exit: 2, stderr: expect.stringContaining("holds no registry") });
  });

  it("says how to go on when GitHub limits it, and writes nothing", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0", "1.1.0");
    const checkout = await checkOut(stage, { GITHUB_TOKEN: "" });
    const reset = String(Math.ceil(Date.now() / 1000) + 1800);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    stage.sandbox.faults.add({
      path: /releases\/tags\/v1\.1\.0/,
      status: 403,
      message: "API rate limit exceeded",
      headers,
      times: 9,
    });
    const { exit, stderr } = await checkout.run("init", "provider", "acme/cache");
    expect(stderr).toMatch(/rate limit[\s\S]*Run the command again after 20[\s\S]*set GITHUB_TOKEN/);
    expect(exit).toBe(3);
    expect(await checkout.status()).toEqual([]);
  });

  it("never writes through a link", async () => {
    const stage = await aTaskStage();
    await cache(stage, "1.0.0");
    const checkout = await checkOut(stage);
    execFileSync("sh", ["-c", "mkdir elsewhere && rm -r providers/acme && ln -s ../elsewhere providers/acme"], {
      cwd: checkout.path,
    });
    const { exit, stderr } = await checkout.run("init", "provider", "acme/cache");
    expect(stderr).toMatch(/providers\/acme.* symbolic link/);
    expect(exit).toBe(1);
    expect(execFileSync("ls", ["elsewhere"], { cwd: checkout.path, encoding: "utf8" })).toBe("");
  });

  it("does not answer for a GitHub that is not there", async () => {
    const { path: folder } = await checkOut(await aTaskStage());
    const env = { GITHUB_SERVER_URL: "http://127.0.0.1:9", GITHUB_API_URL: "http://127.0.0.1:9/api/v3" };
    const { exit, stderr } = await registrar(["init", "provider", "acme/new"], { cwd: folder, env });
    expect(stderr).toMatch(/GitHub did not answer/);
    expect(exit).toBe(3);
  });
});
