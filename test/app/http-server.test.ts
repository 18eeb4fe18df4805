import { generateKeyPairSync } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { authorWebhookPath, startHttpServer, webhookPath } from "../../src/app/http-server.ts";
import type { ServerEnvironment } from "../../src/config/env.ts";
import type { Job } from "../../src/jobs/job.ts";
import { MemoryQueue } from "../../src/jobs/memory-queue.ts";
import { signed } from "../support/stage/delivery.ts";

const secret = "correct horse battery staple";
const authorSecret = "another horse";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const limit = 25 * 1024 * 1024;

const environment: ServerEnvironment = {
  appId: "4711",
  privateKey,
  webhookSecret: secret,
  authorWebhookSecret: authorSecret,
  repository: "example/registry",
  apiUrl: "http://127.0.0.1:1",
  serverUrl: "http://127.0.0.1:1",
  upstreamToken: null,
  publishTo: null,
  dataFolder: "unused",
  host: "127.0.0.1",
  port: 0,
};

async function start(overrides: Partial<ServerEnvironment> = {}) {
  const jobs: Job[] = [];
  const log: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const queue = new MemoryQueue({
    handler: async (job) => {
      jobs.push(job);
      if (job.kind === "review" && job.number === 666) throw new Error("No");
      return { lookAgain: null };
    },
    onEvent: () => {},
    pausesMs: [],
  });
  const server = await startHttpServer({
    environment: { ...environment, ...overrides },
    queue,
    log: (message, fields) => log.push({ message, fields }),
  });
  onTestFinished(async () => {
    await server.stop();
    await queue.stop();
  });
  const post = (delivery: { headers: Readonly<Record<string, string>>; body: string }, path = webhookPath) =>
    fetch(`${server.url}${path}`, { method: "POST", headers: delivery.headers, body: delivery.body });
  const worked = async () => {
    await vi.waitFor(() => expect(queue.size).toBe(0), { interval: 2 });
    return jobs;
  };
  return { server, queue, jobs, log, post, worked, url: server.url };
}

const pullRequest = (number: unknown = 7, more: object = {}) => ({
  action: "opened",
  number,
  pull_request: { number },
  repository: { full_name: "example/registry", default_branch: "main" },
  installation: { id: 99 },
  sender: { login: "carl", type: "User" },
  ...more,
});

const message = async (response: Response) => ((await response.json()) as { message: string }).message;

describe("signatures", () => {
  it("a delivery that GitHub signed is stored and answered 202", async () => {
    const { post, worked } = await start();
    const response = await post(signed("pull_request", pullRequest(), { secret }));
    expect(response.status).toBe(202);
    expect(await worked()).toEqual([{ kind: "review", number: 7 }]);
  });

  it("without a signature: 401, and it says where to set the secret", async () => {
    const { post, worked } = await start();
    const { headers, body } = signed("pull_request", pullRequest(), { secret });
    const { "x-hub-signature-256": _left, ...others } = headers;
    const response = await post({ headers: others, body });
    expect(response.status).toBe(401);
    expect(await message(response)).toMatch(/X-Hub-Signature-256 is missing; set the app's webhook secret/);
    expect(await worked()).toEqual([]);
  });

  it.each([
    ["a wrong secret", () => signed("pull_request", pullRequest(), { secret: "wrong" })],
    ["the other app's secret", () => signed("pull_request", pullRequest(), { secret: authorSecret })],
    [
      "a body that was changed",
      () => {
        const { headers, body } = signed("pull_request", pullRequest(), { secret });
        return { headers, body: body.replace("7", "8") };
      },
    ],
    [
      "a signature of another algorithm",
      () => {
        const { headers, body } = signed("pull_request", pullRequest(), { secret });
        return { body, headers: { ...headers, "x-hub-signature-256": `sha1=${"0".repeat(40)}` } };
      },
    ],
    [
      "an empty signature",
      () => {
        const { headers, body } = signed("pull_request", pullRequest(), { secret });
        return { body, headers: { ...headers, "x-hub-signature-256": "" } };
      },
    ],
    ["an empty body", () => ({ ...signed("pull_request", pullRequest(), { secret }), body: "" })],
  ])("%s: 401, nothing is stored, and the log says so", async (_what, delivery) => {
    const { post, worked, log } = await start();
    const response = await post(delivery());
    expect(response.status).toBe(401);
    expect(await worked()).toEqual([]);
    expect(log).toMatchObject([{ message: "webhook refused", fields: { status: 401 } }]);
    expect(JSON.stringify(log)).not.toContain(secret);
  });

  it("each door takes its own secret alone", async () => {
    const { post } = await start();
    const release = { action: "published", repository: { full_name: "acme/terraform-provider-dns" }, release: {} };
    expect((await post(signed("release", release, { secret: authorSecret }), authorWebhookPath)).status).toBe(202);
    expect((await post(signed("release", release, { secret }), authorWebhookPath)).status).toBe(401);
  });

  it("the authors' door is closed where it is not set up", async () => {
    const { post } = await start({ authorWebhookSecret: null });
    const response = await post(signed("release", {}, { secret: "" }), authorWebhookPath);
    expect(response.status).toBe(404);
    expect(await message(response)).toContain("AUTHOR_WEBHOOK_SECRET");
  });
});

describe("forms of a request", () => {
  it.each([
    ["form-encoded", `payload=${encodeURIComponent(JSON.stringify(pullRequest()))}`],
    ["no JSON", "{"],
    ["a list", "[1]"],
    ["a number", "1e999"],
    ["null", "null"],
  ])("a signed body that is %s: 415, and it says which content type to set", async (_what, body) => {
    const { post, worked } = await start();
    const response = await post(signed("pull_request", null, { secret, body }));
    expect(response.status).toBe(415);
    expect(await message(response)).toContain("application/json");
    expect(await worked()).toEqual([]);
  });

  it.each(["x-github-event", "x-github-delivery"])("without the header %s: 400", async (name) => {
    const { post } = await start();
    const { headers, body } = signed("pull_request", pullRequest(), { secret });
    const others = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
    const response = await post({ headers: others, body });
    expect(response.status).toBe(400);
    expect(await message(response)).toContain("X-GitHub-Event and X-GitHub-Delivery");
  });

  it.each(["GET", "PUT", "DELETE", "HEAD"])("%s: 405, and it says what is allowed", async (method) => {
    const { url } = await start();
    for (const path of [webhookPath, authorWebhookPath]) {
      const response = await fetch(`${url}${path}`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("POST");
      if (method === "GET") expect(await message(response)).toContain("POST");
    }
  });

  it.each(["/", "/api/github", `${webhookPath}/`, `/x/..${webhookPath}x`, "//", "/%00", "/probot"])(
    "%s: 404",
    async (path) => {
      const { url } = await start();
      const response = await fetch(`${url}${path}`, { method: "POST", body: "x" });
      expect(response.status).toBe(404);
      await response.arrayBuffer();
    },
  );

  it("a query after the path changes nothing", async () => {
    const { post } = await start();
    const response = await post(signed("pull_request", pullRequest(), { secret }), `${webhookPath}?x=1`);
    expect(response.status).toBe(202);
  });

  it("is taken with any text in it, also the one that stands for broken UTF-8", async () => {
    const { post, worked } = await start();
    const body = JSON.stringify(pullRequest(7, { title: "a \uFFFD \u2028 \ud83c\udf89 b" }));
    expect((await post(signed("pull_request", null, { secret, body }))).status).toBe(202);
    expect(await worked()).toHaveLength(1);
  });

  it("bytes that are no text fit no signature", async () => {
    const { url } = await start();
    const { headers } = signed("pull_request", pullRequest(), { secret });
    const response = await fetch(`${url}${webhookPath}`, {
      method: "POST",
      headers,
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect(response.status).toBe(401);
  });
});

/** Sends a body piece by piece; resolves with the answer's status, what was sent by then, and when the connection ended. */
function stream(
  url: string,
  wish: { readonly headers: Readonly<Record<string, string>>; readonly bytes: number; readonly piece?: number },
) {
  const { hostname, port, pathname } = new URL(url);
  const started = Date.now();
  const piece = Buffer.alloc(wish.piece ?? 1024 * 1024, "a");
  return new Promise<{ status: number; body: string; sent: number; ms: number; closed: Promise<void> }>(
    (resolve, reject) => {
      let sent = 0;
      let answered = false;
      const request = httpRequest({
        hostname,
        port,
        path: pathname,
        method: "POST",
        headers: wish.headers,
        agent: false,
      });
      const closed = new Promise<void>((done) => request.once("close", () => done()));
      request.on("error", (error) => {
        if (!answered) reject(error);
      });
      request.on("response", (response) => {
        answered = true;
        let body = "";
        response.on("data", (chunk) => {
          body += String(chunk);
        });
        const done = () => resolve({ status: response.statusCode ?? 0, body, sent, ms: Date.now() - started, closed });
        response.once("end", done);
        response.once("error", done);
      });
      const more = () => {
        while (sent < wish.bytes && !request.destroyed) {
          sent += piece.length;
          if (!request.write(piece)) {
            request.once("drain", more);
            return;
          }
        }
        request.end();
      };
      more();
    },
  );
}

describe("large bodies", () => {
  const headers = signed("push", {}, { secret }).headers;

  it("GitHub's largest payload is taken", async () => {
    const { post } = await start();
    const filler = "x".repeat(limit - JSON.stringify(pullRequest(7, { filler: "" })).length);
    const delivery = signed("pull_request", pullRequest(7, { filler }), { secret });
    expect(Buffer.byteLength(delivery.body)).toBe(limit);
    expect((await post(delivery)).status).toBe(202);
  });

  it("one byte more by its header: 413 at once, without reading it", async () => {
    const { url } = await start();
    const answer = await stream(`${url}${webhookPath}`, {
      headers: { ...headers, "content-length": String(limit + 1) },
      bytes: 0,
    }).catch((error) => error);
    // Nothing was sent, so nothing but the header can have told.
    expect(answer).toMatchObject({ status: 413, sent: 0 });
    expect(answer.body).toContain(String(limit));
  });

  it.each([
    ["with a length", { "content-length": String(64 * 1024 * 1024) }],
    ["in chunks, without a length", { "transfer-encoding": "chunked" }],
  ])("too large %s: 413, and the connection ends", async (_what, more) => {
    const { url, jobs } = await start();
    const answer = await stream(`${url}${webhookPath}`, { headers: { ...headers, ...more }, bytes: 64 * 1024 * 1024 });
    expect(answer.status).toBe(413);
    expect(answer.body).toContain("more than 26214400 bytes");
    expect(answer.ms).toBeLessThan(5_000);
    await answer.closed;
    expect(jobs).toEqual([]);
  });

  it("an endless body is neither kept nor waited for", async () => {
    const { url } = await start();
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }, 5);
    const answer = await stream(`${url}${webhookPath}`, {
      headers: { ...headers, "transfer-encoding": "chunked" },
      bytes: Number.POSITIVE_INFINITY,
    });
    expect(answer.status).toBe(413);
    await answer.closed;
    clearInterval(watch);
    // The limit, and what lies in buffers on both sides of the connection.
    expect(peak - before).toBeLessThan(120 * 1024 * 1024);
  });

  it("the server answers the next one as if nothing had been", async () => {
    const { url, post } = await start();
    await stream(`${url}${webhookPath}`, { headers: { ...headers, "transfer-encoding": "chunked" }, bytes: 2 * limit });
    expect((await post(signed("pull_request", pullRequest(), { secret }))).status).toBe(202);
  });

  it("a sender that goes away in the middle leaves nothing behind", async () => {
    const { url, post, jobs, log } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"begun`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    await vi.waitFor(() => expect(log).toMatchObject([{ message: "request failed", fields: { error: "aborted" } }]));
    expect((await post(signed("ping", { zen: "" }, { secret }))).status).toBe(202);
    expect(jobs).toEqual([]);
  });

  it("a large body at a door that does not read it ends too", async () => {
    const { url } = await start();
    const answer = await stream(`${url}/nothing-here`, {
      headers: { "transfer-encoding": "chunked" },
      bytes: 64 * 1024 * 1024,
    });
    expect(answer.status).toBe(404);
    await answer.closed;
  });
});

describe("deliveries", () => {
  it("one that is sent twice is worked on once", async () => {
    const { post, worked } = await start();
    const delivery = signed("pull_request", pullRequest(), { secret, id: "d1" });
    const statuses = await Promise.all([post(delivery), post(delivery)]);
    expect(statuses.map(({ status }) => status)).toEqual([202, 202]);
    expect(await worked()).toHaveLength(1);
    expect((await post(delivery)).status).toBe(202);
    expect(await worked()).toHaveLength(1);
  });

  it("two of one push are two jobs of one delivery", async () => {
    const { post, worked } = await start();
    const push = {
      ref: "refs/heads/main",
      after: "a".repeat(40),
      commits: [{ added: [], removed: [], modified: [".github/registrar.yml"] }],
      repository: { full_name: "example/registry", default_branch: "main" },
    };
    const delivery = signed("push", push, { secret });
    await post(delivery);
    await post(delivery);
    expect((await worked()).map(({ kind }) => kind).sort()).toEqual(["inspect-push", "publish"]);
  });

  it("a redelivery revives a job that died", async () => {
    const { post, worked, queue, url } = await start();
    const delivery = signed("pull_request", pullRequest(666), { secret });
    await post(delivery);
    expect(await worked()).toHaveLength(1);
    expect(queue.dead).toHaveLength(1);
    const ready = await fetch(`${url}/readyz`);
    expect(await message(ready)).toContain("1 given up");
    await post(delivery);
    expect(await worked()).toHaveLength(2);
  });

  it("those of other repositories are answered and dropped", async () => {
    const { post, worked } = await start();
    for (const full_name of ["acme/registry", "example/registry2", "example", "", null]) {
      const payload = pullRequest(7, { repository: { full_name, default_branch: "main" } });
      expect((await post(signed("pull_request", payload, { secret }))).status).toBe(202);
    }
    expect(await worked()).toEqual([]);
  });

  it("the registry's own are taken in any case of its name", async () => {
    const { post, worked } = await start();
    const payload = pullRequest(7, { repository: { full_name: "Example/Registry" } });
    await post(signed("pull_request", payload, { secret }));
    expect(await worked()).toHaveLength(1);
  });

  it("what cannot be stored is answered 500, so that GitHub shows it as failed", async () => {
    const { post, queue, log } = await start();
    await queue.stop();
    const response = await post(signed("pull_request", pullRequest(), { secret }));
    expect(response.status).toBe(500);
    expect(await message(response)).toBe("The delivery could not be stored; send it again.");
    const release = { action: "published", repository: { full_name: "acme/terraform-provider-dns" }, release: {} };
    const authors = await post(signed("release", release, { secret: authorSecret }), authorWebhookPath);
    expect(authors.status).toBe(500);
    expect(log.map((entry) => entry.message)).toEqual(["request failed", "request failed"]);
    // What asks for no job needs no store.
    expect((await post(signed("ping", {}, { secret }))).status).toBe(202);
  });

  const odd: [string, string, unknown][] = [
    ["no fields", "pull_request", {}],
    ["null fields", "pull_request", { action: null, pull_request: null, repository: null, installation: null }],
    ["numbers for texts", "pull_request", { action: 1, repository: { full_name: 5 }, installation: { id: "x" } }],
    ["a huge number", "pull_request", pullRequest(1e308)],
    ["a number beyond what is exact", "pull_request", pullRequest(2 ** 53)],
    ["a negative number", "pull_request", pullRequest(-1)],
    ["zero", "pull_request", pullRequest(0)],
    ["a fraction", "pull_request", pullRequest(1.5)],
    ["a text for a number", "pull_request", pullRequest("7; DROP TABLE")],
    ["a list for a number", "pull_request", pullRequest([7])],
    ["an unknown action", "pull_request", { ...pullRequest(), action: "exploded" }],
    ["an action of an object's own words", "pull_request", { ...pullRequest(), action: "constructor" }],
    ["an event of an object's own words", "constructor", pullRequest()],
    ["an unknown event", "earthquake", pullRequest()],
    ["a ping", "ping", { zen: "Design for failure.", hook_id: 1 }],
    [
      "an odd check",
      "check_run",
      {
        action: "rerequested",
        check_run: { external_id: "configuration", pull_requests: [null, 5, {}, { number: "7" }] },
        repository: { full_name: "example/registry" },
      },
    ],
    [
      "an external id that is too large a number",
      "check_run",
      {
        action: "rerequested",
        check_run: { external_id: `${"9".repeat(400)}:x`, pull_requests: [] },
        repository: { full_name: "example/registry" },
      },
    ],
  ];

  it.each(odd)("with %s are answered and ask for nothing", async (_what, event, payload) => {
    const { post, worked } = await start();
    expect((await post(signed(event, payload, { secret }))).status).toBe(202);
    expect(await worked()).toEqual([]);
  });

  it("with prototype keys change no object but their own", async () => {
    const { post, worked } = await start();
    const body = JSON.stringify(pullRequest()).replace(
      /^\{/,
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
    );
    expect((await post(signed("pull_request", null, { secret, body }))).status).toBe(202);
    expect(await worked()).toEqual([{ kind: "review", number: 7 }]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("with a repository of the wrong form reach nobody at the authors' door", async () => {
    const { post, worked } = await start();
    for (const full_name of ["../../etc", "acme/x/y", "acme/x y", "a".repeat(300), `acme/${"x".repeat(200)}`, null]) {
      const payload = { action: "published", repository: { full_name }, release: { tag_name: "v1" } };
      expect((await post(signed("release", payload, { secret: authorSecret }), authorWebhookPath)).status).toBe(202);
    }
    expect(await worked()).toEqual([]);
  });
});

describe("health", () => {
  it("/healthz says that the process lives, /readyz how many jobs there are", async () => {
    const { url, post } = await start();
    const alive = await fetch(`${url}/healthz`);
    expect([alive.status, await message(alive)]).toEqual([200, "alive"]);
    await post(signed("pull_request", pullRequest(), { secret }));
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await message(ready)).toMatch(/^ready; \d+ jobs, 0 given up$/);
  });

  it("a port that is taken is an error that says so", async () => {
    const { url } = await start();
    await expect(start({ port: Number(new URL(url).port) })).rejects.toThrow(/EADDRINUSE/);
  });

  it("stops while connections are open", async () => {
    const { url, server } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.once("connect", resolve));
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await server.stop();
    await ended;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
