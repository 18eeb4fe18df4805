import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startSandbox } from "../../src/sandbox/index.ts";
import { aFolder, aRegistry, caller, installationToken } from "./support.ts";

const REPO = "/repos/acme/registry";
/** What the clock says from now on; time itself goes on as always. */
function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  onTestFinished(() => void vi.useRealTimers());
}

describe("when writes follow too closely", () => {
  it("answers with the secondary limit, and takes the write later", async () => {
    const { sandbox, asApp } = await aRegistry({ writeSpacingMs: 60_000 });
    const body = { content: "x" };
    expect((await asApp(`POST ${REPO}/git/blobs`, { body })).status).toBe(201);
    const close = await asApp(`POST ${REPO}/git/blobs`, { body });
    expect(close.status).toBe(403);
    expect(close.json.message).toMatch(/^You have exceeded a secondary rate limit/);
    expect(close.headers.get("retry-after")).toBe("1");
    expect((await asApp(`GET ${REPO}`)).status).toBe(200);
    later(60_000);
    expect((await asApp(`POST ${REPO}/git/blobs`, { body })).status).toBe(201);
    expect(sandbox.violations).toEqual([]);
  });

  it.each([
    [30_000, 403],
    [54_000, 201],
  ])("forgives a tenth: after %i of 60,000 ms it answers %i", async (ms, status) => {
    const { asApp } = await aRegistry({ writeSpacingMs: 60_000 });
    await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    later(ms);
    expect((await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(status);
  });

  it("is a second apart unless told otherwise", async () => {
    const sandbox = await startSandbox({ folder: await aFolder() });
    onTestFinished(() => sandbox.stop());
    sandbox.createAccount({ login: "mona" });
    await sandbox.createRepository({ owner: "mona", name: "hers" });
    const mona = caller(sandbox, sandbox.as("mona").token);
    const both = await Promise.all(
      [1, 2].map(() => mona("POST /repos/mona/hers/git/blobs", { body: { content: "x" } })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
  });

  it("counts by account, whatever the token, and each account for itself", async () => {
    const { sandbox, app, installation, asApp } = await aRegistry({ writeSpacingMs: 60_000 });
    await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    // Making tokens is not limited.
    const second = caller(sandbox, await installationToken(sandbox, { app, installation }));
    expect((await second(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(403);
    const mona = caller(sandbox, sandbox.as("mona").token);
    expect((await mona(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(201);
  });

  it("does not hold for the actors", async () => {
    const { sandbox } = await aRegistry({ writeSpacingMs: 60_000 });
    for (const title of ["a", "b", "c"]) await sandbox.as("mona").openIssue({ repository: "acme/registry", title });
  });
});

describe("when too much content is created", () => {
  it("refuses the 81st in a minute, and still takes what creates none", async () => {
    const { sandbox, asApp } = await aRegistry();
    const statuses: number[] = [];
    for (let index = 0; index < 81; index += 1) {
      statuses.push((await asApp(`POST ${REPO}/issues`, { body: { title: `${index}` } })).status);
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(80);
    expect(statuses.at(-1)).toBe(403);
    const refused = await asApp(`POST ${REPO}/issues`, { body: { title: "x" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(1);
    expect((await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(201);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when requests are counted", () => {
  it("says what is left, and does not count asking for it", async () => {
    const { sandbox, asApp } = await aRegistry();
    const first = await asApp(`GET ${REPO}`);
    expect(first.headers.get("x-ratelimit-limit")).toBe("5000");
    const before = Number(first.headers.get("x-ratelimit-remaining"));
    await asApp(`GET ${REPO}`);
    const { json } = await asApp("GET /rate_limit");
    expect(json.resources.core).toMatchObject({ limit: 5000, remaining: before - 1 });
    expect(first.headers.get("x-github-request-id")).toMatch(/^[0-9A-F:]+$/);
    expect(sandbox.violations).toEqual([]);
  });

  it("refuses when nothing is left", async () => {
    const { sandbox } = await aRegistry({ anonymousLimit: 2 });
    const call = caller(sandbox);
    await call(`GET ${REPO}`);
    await call(`GET ${REPO}`);
    const refused = await call(`GET ${REPO}`);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.json.message).toContain("API rate limit exceeded");
    expect((await caller(sandbox, sandbox.as("mona").token)(`GET ${REPO}`)).status).toBe(200);
  });
});
