import { describe, expect, it } from "vitest";
import { aListener, aPullRequest, aRegistry, caller, querier } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when the sandbox is told to fail", () => {
  it("fails as often as told, where told, with message and headers", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.add({
      path: /\/branches\//,
      status: 502,
      message: "Bad Gateway",
      headers: { "retry-after": "7" },
      times: 2,
    });
    const first = await asApp(`GET ${REPO}/branches/main`);
    expect([first.status, first.json.message, first.headers.get("retry-after")]).toEqual([502, "Bad Gateway", "7"]);
    expect((await asApp(`GET ${REPO}`)).status).toBe(200);
    expect((await asApp(`GET ${REPO}/branches/main`)).status).toBe(502);
    expect((await asApp(`GET ${REPO}/branches/main`)).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });

  it("looks at the method", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.add({ method: "POST", path: /git/, status: 500 });
    expect((await asApp(`GET ${REPO}/git/ref/heads/main`)).status).toBe(200);
    expect((await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(500);
  });

  it("delays, and drops connections", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.add({ path: /branches/, delayMs: 200 });
    const started = performance.now();
    expect((await asApp(`GET ${REPO}/branches/main`)).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
    sandbox.faults.add({ path: /branches/, dropConnection: true });
    await expect(asApp(`GET ${REPO}/branches/main`)).rejects.toThrow();
    expect((await asApp(`GET ${REPO}/branches/main`)).status).toBe(200);
  });

  it("lets something happen just before a request, once", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    const push = () =>
      sandbox
        .as("mona")
        .commit({ repository: "acme/registry", branch: "change", files: { late: "" }, message: "late" });
    sandbox.faults.before({ method: "PUT", path: /\/merge$/ }, push);
    const first = await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { sha: head } });
    expect(first.status).toBe(409);
    const current = (await asApp(`GET ${REPO}/pulls/${number}`)).json.head.sha;
    expect((await asApp(`PUT ${REPO}/pulls/${number}/merge`, { body: { sha: current } })).status).toBe(200);
  });

  it("fails downloads and git alike", async () => {
    const { sandbox } = await aRegistry();
    sandbox.faults.add({ path: /info\/refs/, status: 503 });
    expect((await fetch(`${sandbox.serverUrl}/acme/registry.git/info/refs?service=git-upload-pack`)).status).toBe(503);
    expect((await fetch(`${sandbox.serverUrl}/acme/registry.git/info/refs?service=git-upload-pack`)).status).toBe(200);
  });
});

describe("when GitHub does what it is asked and its answer is lost", () => {
  it("has done it, once, and says so to nobody", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.add({ method: "POST", path: /\/issues$/, afterwards: true, dropConnection: true });
    sandbox.faults.add({ method: "POST", path: /\/issues$/, afterwards: true, status: 502 });
    await expect(asApp(`POST ${REPO}/issues`, { body: { title: "one" } })).rejects.toThrow();
    expect((await asApp(`POST ${REPO}/issues`, { body: { title: "two" } })).status).toBe(502);
    expect(sandbox.requests.at(-1)).toMatchObject({
      status: 502,
      template: "/repos/{owner}/{repo}/issues",
      write: true,
    });
    const titles = (await asApp(`GET ${REPO}/issues`)).json.map(({ title }: { title: string }) => title);
    expect(titles.sort()).toEqual(["one", "two"]);
    expect(sandbox.violations).toEqual([]);
  });

  it("wants to know what the client hears", async () => {
    const { sandbox } = await aRegistry();
    expect(() => sandbox.faults.add({ path: /x/, afterwards: true })).toThrow("needs a status or dropConnection");
  });
});

describe("when GitHub limits", () => {
  it.each([
    [{}, 403, "60"],
    [{ status: 429, retryAfter: 3 }, 429, "3"],
    [{ retryAfter: null }, 403, null],
  ] as const)("by a secondary limit as told: %j", async (wish, status, retryAfter) => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.secondaryLimit({ method: "POST", path: /\/git\/blobs$/, ...wish });
    const refused = await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(refused.json.message).toMatch(/^You have exceeded a secondary rate limit/);
    expect((await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(201);
  });

  it("has nothing left for an account until the next hour, whichever of its tokens asks", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.faults.exhaust({ login: "registrar[bot]", seconds: 1 });
    const refused = await asApp(`GET ${REPO}`);
    expect(refused.status).toBe(403);
    expect(refused.json.message).toMatch(/^API rate limit exceeded/);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    const wait = Number(refused.headers.get("x-ratelimit-reset")) * 1000 - Date.now();
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(2000);
    expect((await caller(sandbox, sandbox.as("mona").token)(`GET ${REPO}`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1010));
    expect((await asApp(`GET ${REPO}`)).headers.get("x-ratelimit-remaining")).toBe("4999");
  });

  it("has nothing left for GraphQL alone, or for those without a token", async () => {
    const { sandbox, asApp, token } = await aRegistry();
    sandbox.faults.exhaust({ login: "registrar[bot]", resource: "graphql" });
    const { status, json } = await querier(sandbox, token)("{ viewer { login } }");
    expect([status, json.errors[0].type]).toEqual([200, "RATE_LIMITED"]);
    expect((await asApp(`GET ${REPO}`)).status).toBe(200);
    sandbox.faults.exhaust({ login: "anonymous", status: 429 });
    expect((await caller(sandbox)(`GET ${REPO}`)).status).toBe(429);
    expect(() => sandbox.faults.exhaust({ login: "nobody" })).toThrow('There is no account "nobody".');
  });
});

describe("when GraphQL answers in part", () => {
  it("leaves a repository out with its reason, or without a word, as often as told", async () => {
    const { sandbox, token } = await aRegistry();
    const ask = querier(sandbox, token);
    const query = `{ a: repository(owner: "acme", name: "registry") { name } viewer { login } }`;
    sandbox.faults.graphql({ repository: "acme/registry", type: "RESOURCE_LIMITS_EXCEEDED" });
    sandbox.faults.graphql({ repository: "acme/registry", type: null });
    const limited = (await ask(query)).json;
    expect(limited.data).toEqual({ a: null, viewer: { login: "registrar[bot]" } });
    expect(limited.errors).toMatchObject([
      { type: "RESOURCE_LIMITS_EXCEEDED", path: ["a"], message: "Resource limits for this query exceeded." },
    ]);
    expect((await ask(query)).json).toEqual({ data: { a: null, viewer: { login: "registrar[bot]" } } });
    expect((await ask(query)).json.data.a).toEqual({ name: "registry" });
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when deliveries go astray", () => {
  async function listening() {
    const listener = await aListener();
    const fixture = await aRegistry({ events: ["issues", "push"], webhook: { url: listener.url, secret: "s" } });
    const mona = fixture.sandbox.as("mona");
    const open = (title: string) => mona.openIssue({ repository: "acme/registry", title });
    const push = () => mona.commit({ repository: "acme/registry", branch: "b", files: { b: "" }, message: "b" });
    const titles = async () => {
      await fixture.sandbox.idle();
      const wanted = listener.received.filter(({ event }) => event === "issues" || event === "push");
      return wanted.map(({ payload }) => payload.issue?.title ?? "push");
    };
    return { ...fixture, listener, open, push, titles };
  }

  it("come in the other order", async () => {
    const { sandbox, open, titles } = await listening();
    sandbox.faults.webhooks({ reorder: 3 });
    for (const title of ["a", "b", "c", "d"]) await open(title);
    const got = await titles();
    expect(got.filter((title) => title !== "d")).toEqual(["c", "b", "a"]);
    expect(got).toHaveLength(4);
  });

  it("come in the end when there are not as many as were waited for", async () => {
    const { sandbox, open, titles } = await listening();
    sandbox.faults.webhooks({ reorder: 5 });
    const started = performance.now();
    for (const title of ["a", "b"]) await open(title);
    expect(await titles()).toEqual(["b", "a"]);
    expect(performance.now() - started).toBeGreaterThan(1900);
  });

  it("do so for some events only", async () => {
    const { sandbox, open, push, titles } = await listening();
    sandbox.faults.webhooks({ events: ["issues"], drop: 1, duplicate: 1 });
    await push();
    expect(await titles()).toEqual(["push"]);
    await open("lost");
    await open("twice");
    await open("once");
    expect((await titles()).sort()).toEqual(["once", "push", "twice", "twice"]);
  });

  it("come late", async () => {
    const { sandbox, open, titles, listener } = await listening();
    sandbox.faults.webhooks({ delayMs: 200 });
    const started = performance.now();
    await open("late");
    expect(listener.received).toEqual([]);
    expect(await titles()).toEqual(["late"]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });

  it("do not hold the sandbox up when it stops", async () => {
    const { sandbox, open } = await listening();
    sandbox.faults.webhooks({ reorder: 2 });
    await open("never");
    const started = performance.now();
    await sandbox.stop();
    expect(performance.now() - started).toBeLessThan(1500);
  });
});

describe("when requests are recorded", () => {
  it("says who did what, and what was written", async () => {
    const { sandbox, asApp } = await aRegistry();
    const from = sandbox.requests.length;
    await asApp(`GET ${REPO}/branches/main`);
    await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    await fetch(`${sandbox.serverUrl}/acme/registry`);
    expect(sandbox.requests.slice(from)).toMatchObject([
      {
        kind: "api",
        method: "GET",
        template: "/repos/{owner}/{repo}/branches/{branch}",
        status: 200,
        actor: "registrar[bot]",
        write: false,
      },
      { kind: "api", method: "POST", template: "/repos/{owner}/{repo}/git/blobs", status: 201, write: true },
      { kind: "page", method: "GET", template: null, actor: "anonymous" },
    ]);
  });

  it("tells a listener at once", async () => {
    const kinds: string[] = [];
    const { asApp } = await aRegistry({ onEvent: ({ kind }) => kinds.push(kind) });
    await asApp(`GET ${REPO}/nonsense`);
    expect(kinds).toContain("violation");
    expect(kinds.at(-1)).toBe("request");
  });
});
