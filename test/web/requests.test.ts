import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import type { Site } from "../../src/web/site.ts";
import { memoryTree, version } from "../publish/support/records.ts";
import { ask } from "./support.ts";

const many = Array.from({ length: 40 }, (_, minor) => version(`1.${minor}.0`));
const path = "/v1/providers/acme/dns/versions";
const small = "/v1/modules/acme/net/aws/1.0.0/download";
let site: Site;

beforeAll(async () => {
  const tree = memoryTree({
    "providers/acme/dns.json": { versions: many },
    "modules/acme/net/aws.json": { versions: [{ version: "1.0.0" }] },
  });
  site = await startRegistryServer({
    readTree: () => tree,
    readSettings: async () => ({ layout: null }),
    readKeys: async () => [],
    onProblem: (problem) => {
      throw problem;
    },
  });
});
afterAll(() => site.stop());

/** Everything that comes back on one connection for these bytes. */
const speak = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(site.url).port), "127.0.0.1", () => socket.end(text));
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk;
    });
    socket.on("end", () => resolve(said));
    socket.on("error", reject);
  });

describe("what serve makes of a request", () => {
  it.each([
    `http://registry.example.com${path}`,
    `HTTPS://registry.example.com:8443${path}?x=1`,
    `${path}?`,
    `${path}?x=/../%00`,
    "/v1/%70roviders/acme/dns/versions",
  ])("finds what %s means", async (target) => {
    expect((await ask(site.url, target)).status).toBe(200);
  });

  it.each(["http://registry.example.com", "http://registry.example.com/", "http://registry.example.com?x", "/?x"])(
    "shows the page of the root for %s",
    async (target) => {
      const { status, headers } = await ask(site.url, target);
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    },
  );

  it.each([
    `${path}/`,
    `/${path}`,
    path.replace("/acme", "//acme"),
    path.replace("/acme", "/./acme"),
    path.replace("/acme", "/x/../acme"),
    path.replace("/acme", "/x/%2e%2e/acme"),
    path.replace("acme/dns", "acme%2fdns"),
    path.replace("acme/dns", "acme\\dns"),
    `${path}%00`,
    `${path}%20`,
    `${path}#x`,
    `${path};x`,
    "*",
    "ftp://registry.example.com/v1",
    `http://${path}`,
    `/v1/${"a".repeat(8000)}`,
  ])("answers 404 for %s", async (target) => {
    const { status, headers, body } = await ask(site.url, target);
    expect([status, headers["content-type"], Object.keys(JSON.parse(body))]).toEqual([
      404,
      "application/json",
      ["errors"],
    ]);
  });

  it("refuses what is longer than any address, and goes on", async () => {
    expect((await ask(site.url, `/${"a".repeat(20_000)}`)).status).toBe(431);
    expect((await ask(site.url, path)).status).toBe(200);
  });

  it.each([path, small, "/", "/v1/nothing", "/.well-known/terraform.json"])(
    "answers HEAD of %s with the headers of GET, packed or not, and no body",
    async (target) => {
      for (const headers of [{}, { "accept-encoding": "gzip" }]) {
        const [get, head] = [
          await ask(site.url, target, { headers }),
          await ask(site.url, target, { headers, method: "HEAD" }),
        ];
        expect(head).toEqual({ ...get, body: "", headers: { ...get.headers, date: head.headers.date } });
      }
    },
  );

  it.each([
    ["gzip", true],
    ["GZIP;q=0.001", true],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
    ["identity;q=0.5, gzip", true],
    ["gzip;q=0", false],
    ["gzip ; q=0.000", false],
    ["br, identity", false],
    ["*", false],
    ["xgzip", false],
    ["", false],
  ])("packs for who accepts %j: %s", async (encoding, isPacked) => {
    const { headers } = await ask(site.url, path, { headers: { "accept-encoding": encoding } });
    expect([headers["content-encoding"], headers.vary]).toEqual([isPacked ? "gzip" : undefined, "accept-encoding"]);
  });

  it("answers 304 to who has it, by any tag of a list, weak or not, and never for what is not there", async () => {
    const { etag = "" } = (await ask(site.url, path)).headers as { etag?: string };
    const conditional = (value: string, target = path) =>
      ask(site.url, target, { headers: { "if-none-match": value } });
    for (const value of [etag, `W/${etag}`, `"x", ${etag} , "y"`, `"x",W/${etag}`, "*", " * "]) {
      const { status, body, headers } = await conditional(value);
      expect([value, status, body, headers.etag, headers["content-length"]]).toEqual([value, 304, "", etag, undefined]);
    }
    for (const value of ['"x"', etag.slice(1, -1), "", `"${etag}"`, "w/x"])
      expect([value, (await conditional(value)).status]).toEqual([value, 200]);
    expect((await conditional("*", "/v1/nothing")).status).toBe(404);
    expect((await conditional(etag, small)).status).toBe(200);
  });

  it("does not take the body of a request for the next one", async () => {
    const inner = `GET ${small} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const said = await speak(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${inner.length}\r\n\r\n${inner}GET /v1/nothing HTTP/1.1\r\nhost: x\r\n\r\n`,
    );
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 405", "HTTP/1.1 404"]);
  });

  it("tells both clients where a module is, and where it is for HEAD too", async () => {
    const location = "git::https://github.com/acme/terraform-aws-net?ref=1.0.0";
    const { status, headers, body } = await ask(site.url, small);
    expect([status, headers["x-terraform-get"], JSON.parse(body)]).toEqual([200, location, { location }]);
    expect((await ask(site.url, small, { method: "HEAD" })).headers["x-terraform-get"]).toBe(location);
    expect((await ask(site.url, path)).headers).not.toHaveProperty("x-terraform-get");
  });
});
