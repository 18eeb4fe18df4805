import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry } from "./support.ts";

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
