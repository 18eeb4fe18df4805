import { describe, expect, it, onTestFinished } from "vitest";
import { publish } from "../../src/publish/publish.ts";
import type { PublishSettings } from "../../src/publish/settings.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import type { RegistryTree } from "../../src/registry/tree.ts";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { published } from "../publish/support/folders.ts";
import { readTextKeys } from "../publish/support/read-text-keys.ts";
import { archive, key, memoryTree, version } from "../publish/support/records.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
import { ask } from "./support.ts";

const registry = {
  "keys/acme/a.asc": "one",
  "keys/acme/z.asc": "bad",
  "modules/Acme/Net/aws.json": {
    versions: [{ version: "v1.1.0" }, { version: "1.0.0-RC1" }],
    withdrawn: [{ version: "1.1.0", reason: "leaks" }],
  },
  "providers/Acme/dns.json": {
    versions: [
      version("2.0.0-RC1", { targets: [archive("linux_amd64"), archive("darwin_arm64")] }),
      version("1.0.0"),
      version("0.9"),
    ],
    warnings: ["Moved."],
  },
  "providers/acme/empty.json": { versions: [] },
};

async function serve(content: Record<string, unknown>, settings: PublishSettings = { layout: null }) {
  const state = { tree: memoryTree(content, "a".repeat(40)) as RegistryTree, settings, reads: [] as string[] };
  const problems: unknown[] = [];
  const watched = (tree: RegistryTree): RegistryTree => ({
    ...tree,
    read: async function* (files) {
      state.reads.push(...files.map((file) => file.path));
      yield* tree.read(files);
    },
  });
  let current = watched(state.tree);
  const server = await startRegistryServer({
    readTree: async () => current,
    readSettings: async () => state.settings,
    readKeys: readTextKeys,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => server.stop());
  return {
    url: server.url,
    state,
    problems,
    change: (next: Record<string, unknown>) => {
      current = watched(memoryTree(next, "b".repeat(40)));
    },
    fail: (tree: RegistryTree) => {
      current = tree;
    },
  };
}

const dns = "/v1/providers/acme/dns";

describe("startRegistryServer", () => {
  it("answers with exactly what publishing writes", async () => {
    const settings = { layout: null, aliases: { "old/dns": "acme/dns", "old/net/aws": "Acme/Net/aws" } };
    const { url } = await serve(registry, settings);
    const folder = `${await temporaryFolder()}/out`;
    await publish({ tree: memoryTree(registry), target: directoryTarget(folder), settings, readKeys: readTextKeys });
    const files = Object.entries(published(folder));
    expect(files.map(([path]) => path)).toEqual(
      expect.arrayContaining(["index/_namespaces.json", "index/old.json", "status/acme.json"]),
    );
    expect(files.length).toBeGreaterThan(15);
    for (const [path, text] of files) {
      const { status, body, headers } = await ask(url, `/${path}`);
      expect([path, status, body, headers["content-type"]]).toEqual([path, 200, text, "application/json"]);
    }
  });

  it.each([
    "/v1/providers/ACME/DNS/2.0.0-RC1/download/linux/amd64",
    "/v1/providers/Acme/dns/versions",
    "/v1/modules/ACME/NET/AWS/versions",
    "/v1/modules/acme/net/aws/1.0.0-RC1/download",
    "/v1/modules/Acme/Net/aws/1.0.0-RC1/download",
    "/.well-known/terraform.json?x=1",
  ])("takes an address in any case: %s", async (path) => {
    const { url } = await serve(registry);
    expect((await ask(url, path)).status).toBe(200);
  });

  it.each([
    ["/v1/providers/acme/dns/2.0.0-rc1/download/linux/amd64", "has no version 2.0.0-rc1; the newest is 2.0.0-RC1."],
    ["/v1/providers/acme/dns/0.9/download/linux/amd64", "The provider acme/dns has no version 0.9;"],
    ["/v1/providers/acme/dns/1.0.0/download/plan9/amd64", "acme/dns 1.0.0 has no archive for plan9_amd64."],
    ["/v1/providers/ACME/other/versions", "This registry has no provider ACME/other."],
    ["/v1/providers/acme/empty/versions", "The provider acme/empty has no version that can be installed."],
    ["/v1/modules/Acme/Net/aws/1.1.0/download", "The module Acme/Net/aws has no version 1.1.0;"],
    ["/v1/modules/Acme/Net/gcp/versions", "This registry has no module Acme/Net/gcp."],
    ["/v1/providers/acme/dns/1.0.0", "no such document"],
    ["/v1/providers/acme/dns/1.0.0/download/linux/amd64/more", "no such document"],
    ["/v1/providers/acme/dns", "no such document"],
    ["/v1/providers", "no such document"],
    ["/v1/providers/acme/dns/Versions", "no such document"],
    ["/providers/Acme/dns.json", "no such document"],
    ["/../package.json", "no such document"],
    ["/v1/providers/acme%2fdns/versions", "no such document"],
    ["/v1/providers/constructor/prototype/versions", "no provider constructor/prototype"],
    ["/.well-known", "no such document"],
    ["/index/nobody.json", "no such document"],
    ["/index/acme", "no such document"],
    ["/index/acme.json/more", "no such document"],
    ["/status/_namespaces.json", "no such document"],
  ])("answers 404 as JSON that says why, which no cache keeps: %s", async (path, message) => {
    const { url } = await serve(registry);
    const { status, headers, body } = await ask(url, path);
    expect(status).toBe(404);
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    expect(JSON.parse(body)).toEqual({ errors: [expect.stringContaining(message)] });
  });

  it("tells both clients where a module is", async () => {
    const { url } = await serve(registry, { layout: null, serverUrl: "http://127.0.0.1:4000" });
    const { headers, body, status } = await ask(url, "/v1/modules/acme/net/aws/1.0.0-RC1/download");
    const location = "git::http://127.0.0.1:4000/Acme/terraform-aws-Net?ref=1.0.0-RC1";
    expect([status, JSON.parse(body), headers["x-terraform-get"]]).toEqual([200, { location }, location]);
  });

  it("answers HEAD, 304, gzip and 405 as the static server does", async () => {
    const { url } = await serve(registry);
    const path = `${dns}/versions`;
    const get = await ask(url, path);
    const head = await ask(url, path, { method: "HEAD" });
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", String(get.body.length)]);
    const same = await ask(url, path, { headers: { "if-none-match": String(get.headers.etag) } });
    expect([same.status, same.body]).toEqual([304, ""]);
    expect((await ask(url, "/")).body).toContain('<a href="/v1/providers/acme/dns/versions">acme/dns</a>');
    const many = { versions: Array.from({ length: 30 }, (_, minor) => version(`1.${minor}.0`)) };
    const large = await serve({ "providers/acme/dns.json": many });
    const packed = await ask(large.url, path, { headers: { "accept-encoding": "gzip" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(JSON.parse(packed.body).versions).toHaveLength(30);
    const post = await ask(url, path, { method: "POST" });
    expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("follows a change, and reads again only what has changed", async () => {
    const { url, state, change } = await serve(registry);
    const get = async (path: string) => (await ask(url, path)).body;
    const before = await get(`${dns}/versions`);
    await get(`${dns}/1.0.0/download/linux/amd64`);
    await get("/v1/modules/acme/net/aws/versions");
    const records = () => state.reads.splice(0).filter((path) => !path.startsWith("keys/"));
    expect(records()).toEqual(["providers/Acme/dns.json", "modules/Acme/Net/aws.json"]);
    change({ ...registry, "providers/Acme/dns.json": { versions: [version("3.0.0")] } });
    const after = await get(`${dns}/versions`);
    expect(after).not.toBe(before);
    expect(after).toContain("3.0.0");
    await get("/v1/modules/acme/net/aws/versions");
    expect(records()).toEqual(["providers/Acme/dns.json"]);
    // Another key, other documents.
    change({ ...registry, "keys/acme/a.asc": "two" });
    expect(await get(`${dns}/1.0.0/download/linux/amd64`)).toContain(key("two").keyId);
    const { "providers/Acme/dns.json": _gone, ...less } = registry;
    change(less);
    expect((await ask(url, `${dns}/versions`)).status).toBe(404);
  });

  it("reads a record once for all who ask at the same time", async () => {
    const { url, state } = await serve(registry);
    state.reads.length = 0;
    const asked = Array.from({ length: 20 }, () => ask(url, `${dns}/versions`));
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    expect(state.reads).toEqual(["providers/Acme/dns.json"]);
  });

  it("answers at once from what is there while the next state is made ready", async () => {
    const texts = [registry, { ...registry, "providers/Acme/dns.json": { versions: [version("3.0.0")] } }];
    const [before, after] = texts.map((content, index) => memoryTree(content, `${index}`.repeat(40)));
    let tree = before as RegistryTree;
    const gate = Promise.withResolvers<void>();
    const server = await startRegistryServer({
      readTree: () => tree,
      readSettings: async (of) => {
        if (of === after) await gate.promise;
        return { layout: null };
      },
      readKeys: readTextKeys,
      onProblem: () => undefined,
    });
    onTestFinished(() => server.stop());
    const get = async () => (await ask(server.url, `${dns}/versions`)).body;
    expect(await get()).not.toContain("3.0.0");
    tree = after as RegistryTree;
    const first = get();
    // Only the first one waits.
    await expect.poll(async () => Promise.race([get(), first])).not.toContain("3.0.0");
    gate.resolve();
    expect(await first).toContain("3.0.0");
    expect(await get()).toContain("3.0.0");
  });

  it("answers a kept document without another look at the record, packed or plain, and forgets it with its state", async () => {
    const many = {
      "providers/acme/dns.json": { versions: Array.from({ length: 40 }, (_, at) => version(`1.${at}.0`)) },
    };
    const { url, state, change } = await serve(many);
    const headers = { "accept-encoding": "gzip" };
    const asked = async () => {
      const plain = await ask(url, `${dns}/versions`);
      const packed = await ask(url, `${dns}/versions?x=1`, { headers });
      expect(packed.headers["content-encoding"]).toBe("gzip");
      expect(packed.body).toBe(plain.body);
      expect(packed.headers.etag).toBe(`W/${plain.headers.etag}`);
      return plain.body;
    };
    const first = await asked();
    const reads = state.reads.length;
    expect(await asked()).toBe(first);
    expect(state.reads).toHaveLength(reads);
    change({
      "providers/acme/dns.json": { versions: [...many["providers/acme/dns.json"].versions, version("2.0.0")] },
    });
    expect(await asked()).toContain("2.0.0");
  });

  it("serves on what was there before where a new state cannot be read, and says so", async () => {
    const { url, problems, fail, change } = await serve(registry);
    const broken = memoryTree({ ...registry, "providers/acme/new.json": { versions: [version("1.0.0")] } });
    fail({
      ...broken,
      // biome-ignore lint/correctness/useYield: a tree that cannot be read gives nothing
      read: async function* () {
        throw new Error("git is broken");
      },
    });
    for (let turn = 0; turn < 3; turn += 1) expect((await ask(url, `${dns}/versions`)).status).toBe(200);
    expect(problems).toHaveLength(1);
    change({ ...registry, "providers/acme/new.json": { versions: [version("1.0.0")] } });
    expect((await ask(url, "/v1/providers/acme/new/versions")).status).toBe(200);
  });

  it("does not start where there is nothing to serve yet", async () => {
    const start = startRegistryServer({
      readTree: () => Promise.reject(new Error("no such folder")),
      readSettings: async () => ({ layout: null }),
      readKeys: readTextKeys,
      onProblem: () => undefined,
    });
    await expect(start).rejects.toThrow("no such folder");
  });
});
