import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startStaticServer } from "../../src/web/static-server.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";
import { ask } from "./support.ts";

const files = {
  ".well-known/terraform.json": '{"providers.v1":"/v1/providers/"}',
  ".registrar/published.json": "secret",
  ".well-known/.hidden": "secret",
  "v1/providers/acme/dns/versions": '{"versions":[]}',
  "v1/providers/acme/dns/1.0.0-RC1/download/linux/amd64": '{"os":"linux"}',
  "v1/providers/acme/.tmp": "secret",
  "v1/modules/Acme/net/aws/1.0.0/download": '{"location":"git::https://github.com/acme/x?ref=v1"}',
  "v1/modules/Acme/net/aws/versions": "{}",
};

async function start(more: Record<string, string> = {}) {
  const base = await temporaryFolder();
  const folder = join(base, "out");
  for (const [path, text] of Object.entries({ ...files, ...more, "../outside": "secret" })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const server = await startStaticServer({ folder });
  onTestFinished(() => server.stop());
  return { folder, url: server.url };
}

describe("startStaticServer", () => {
  it.each(Object.entries(files).filter(([, text]) => text !== "secret"))("serves %s as JSON", async (path, text) => {
    const { url } = await start();
    for (const query of ["", "?x=1"]) {
      const { status, headers, body } = await ask(url, `/${path}${query}`);
      expect([status, body, headers["content-type"]]).toEqual([200, text, "application/json"]);
    }
  });

  it.each([
    "/v1/providers/acme/dns/Versions",
    "/V1/providers/acme/dns/versions",
    "/v1/modules/acme/net/aws/versions",
    "/v1/providers/acme/dns/1.0.0-rc1/download/linux/amd64",
    "/v1/providers/acme/dns/versions/",
    "/v1/providers/acme//dns/versions",
    "//v1/providers/acme/dns/versions",
    "/v1/providers/acme/dns",
    "/v1/providers/acme/dns/",
    "/v1/providers/other/dns/versions",
    "/v1/providers/acme/dns/versions/more",
    "/../outside",
    "/v1/../../outside",
    "/v1/./providers/acme/dns/versions",
    "/%2e%2e/outside",
    "/..%2foutside",
    "/v1/%2e%2e/%2e%2e/outside",
    "/..%5coutside",
    "/v1/providers%2facme/dns/versions",
    "/%252e%252e/outside",
    "/.registrar/published.json",
    "/%2eregistrar/published.json",
    "/.well-known/.hidden",
    "/v1/.well-known/terraform.json",
    "/v1/providers/acme/.tmp",
    "/.well-known",
    "/%00",
    "/v1/providers/acme/dns/versions%00",
    "/%ff",
    "/%",
    "/index.html",
    `/${"a".repeat(5000)}`,
  ])("answers 404 as JSON, which no cache keeps, for %s", async (path) => {
    const { url } = await start();
    const { status, headers, body } = await ask(url, path);
    expect([status, body]).toEqual([404, '{"errors":["Not found."]}']);
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
  });

  it("follows no symbolic link, to a file or through a folder", async () => {
    const { url, folder } = await start();
    await symlink(join(folder, "..", "outside"), join(folder, "v1/link"));
    await symlink(join(folder, ".."), join(folder, "v1/folder"));
    for (const path of ["/v1/link", "/v1/folder/outside"]) expect((await ask(url, path)).status).toBe(404);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("refuses %s", async (method) => {
    const { url } = await start();
    const { status, headers } = await ask(url, "/v1/providers/acme/dns/versions", { method });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("answers HEAD as GET, without the body", async () => {
    const { url } = await start();
    const path = "/v1/providers/acme/dns/versions";
    const [head, get] = [await ask(url, path, { method: "HEAD" }), await ask(url, path)];
    expect(head.body).toBe("");
    expect({ ...head.headers, date: "" }).toEqual({ ...get.headers, date: "" });
    expect(head.headers["content-length"]).toBe(String(get.body.length));
  });

  it("answers 304 while a file is the same, and 200 when it has changed", async () => {
    const { url, folder } = await start();
    const path = "/v1/providers/acme/dns/versions";
    const etag = String((await ask(url, path)).headers.etag);
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const { status, headers, body } = await ask(url, path, { headers: { "if-none-match": value } });
      expect([status, body, headers.etag]).toEqual([304, "", etag]);
    }
    await writeFile(join(folder, path), '{"versions":[1]}');
    expect((await ask(url, path, { headers: { "if-none-match": etag } })).status).toBe(200);
  });

  it("packs what is large for who asks for it, under a tag that fits both", async () => {
    const large = JSON.stringify({
      versions: Array.from({ length: 200 }, (_, minor) => ({ version: `1.${minor}.0` })),
    });
    const { url } = await start({ "v1/providers/acme/dns/versions": large });
    const path = "/v1/providers/acme/dns/versions";
    const plain = await ask(url, path);
    expect(plain).toMatchObject({ body: large, headers: { vary: "accept-encoding" } });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    for (const encoding of ["gzip", "br, gzip;q=0.5", "GZIP"]) {
      const packed = await ask(url, path, { headers: { "accept-encoding": encoding } });
      expect(packed).toMatchObject({ body: large, headers: { "content-encoding": "gzip" } });
      expect(packed.headers.etag).toBe(`W/${plain.headers.etag}`);
      expect(Number(packed.headers["content-length"])).toBeLessThan(large.length / 2);
      const headers = { "accept-encoding": encoding, "if-none-match": String(packed.headers.etag) };
      expect(await ask(url, path, { headers })).toMatchObject({ status: 304, body: "" });
    }
    for (const encoding of ["gzip;q=0", "br", "identity", "gzip; q=0.0"]) {
      const { headers } = await ask(url, path, { headers: { "accept-encoding": encoding } });
      expect(headers).not.toHaveProperty("content-encoding");
    }
  });

  it.each([
    ["/.well-known/terraform.json", "no-cache"],
    ["/v1/providers/acme/dns/versions", "no-cache"],
    ["/v1/modules/Acme/net/aws/versions", "no-cache"],
    ["/v1/providers/acme/dns/1.0.0-RC1/download/linux/amd64", "public, max-age=60"],
    ["/", "no-cache"],
  ])("lets caches keep documents but not lists: %s", async (path, expected) => {
    const { url } = await start();
    expect((await ask(url, path)).headers["cache-control"]).toBe(expected);
  });

  it("tells terraform where a module is, in the header that it reads", async () => {
    const { url } = await start();
    const { headers } = await ask(url, "/v1/modules/Acme/net/aws/1.0.0/download");
    expect(headers["x-terraform-get"]).toBe("git::https://github.com/acme/x?ref=v1");
  });

  it("shows people what is published, with nothing of it taken for HTML", async () => {
    const { url } = await start({ "v1/providers/acme/<script>alert(1)<&'\">/versions": "{}" });
    const { status, headers, body } = await ask(url, "/");
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("2 providers published");
    expect(body).toContain('<a href="/v1/providers/acme/dns/versions">acme/dns</a>');
    expect(body).toContain("acme/&lt;script&gt;alert(1)&lt;&amp;&#39;&quot;&gt;</a>");
    expect(body).not.toContain("<script");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });

  it("shows an empty folder as one", async () => {
    const server = await startStaticServer({ folder: await temporaryFolder() });
    onTestFinished(() => server.stop());
    expect((await ask(server.url, "/")).body).toContain("0 providers published.");
  });

  it("says what to do when there is no such folder, or the port is taken", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "file"), "");
    for (const wrong of [join(folder, "missing"), join(folder, "file")]) {
      await expect(startStaticServer({ folder: wrong })).rejects.toMatchObject({
        code: "bad-argument",
        message: expect.stringContaining("Name a folder that was published to."),
      });
    }
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    await expect(startStaticServer({ folder, port })).rejects.toMatchObject({
      code: "bad-argument",
      message: `Port ${port} of 127.0.0.1 is taken. Choose another one.`,
    });
  });

  it("stops, also while a connection is kept open", async () => {
    const server = await startStaticServer({ folder: await temporaryFolder() });
    const socket = (await import("node:net")).connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("connect", resolve));
    await server.stop();
    await expect(ask(server.url, "/")).rejects.toThrow(/ECONNREFUSED/);
  });
});
