import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { aListener, aPullRequest, aRegistry, aSandbox, caller, jwt, PERMISSIONS } from "./support.ts";

const SECRET = "a secret";
const REPO = "/repos/acme/registry";

describe("when an app listens", () => {
  it("hears only what it subscribes to, may read and is installed in", async () => {
    const listener = await aListener();
    const webhook = { url: listener.url, secret: SECRET };
    const { sandbox } = await aRegistry({
      events: ["pull_request", "release"],
      permissions: { contents: "read" },
      webhook,
    });
    await sandbox.createRepository({ owner: "acme", name: "other" });
    await aPullRequest(sandbox);
    await sandbox.as("acme").release({ repository: "acme/other", tag: "v1", assets: [] });
    await sandbox.idle();
    expect(listener.received).toEqual([]);
    await sandbox.as("acme").release({ repository: "acme/registry", tag: "v1", assets: [] });
    await sandbox.idle();
    expect(listener.received).toHaveLength(3);
  });

  it("hears of the re-run of its own checks and of no other app's", async () => {
    const first = await aListener();
    const { sandbox, asApp } = await aRegistry({ events: [], webhook: { url: first.url, secret: SECRET } });
    const second = await aListener();
    const other = await sandbox.createApp({
      name: "Other",
      slug: "other",
      permissions: PERMISSIONS,
      events: ["check_run"],
      webhook: { url: second.url, secret: SECRET },
    });
    sandbox.installApp(other, { account: "acme", repositories: "all" });
    const main = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    const { json } = await asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: main } });
    await sandbox.as("mona").rerequestCheck({ repository: "acme/registry", id: json.id });
    await sandbox.idle();
    expect(first.received.map(({ event, payload }) => `${event}.${payload.action}`)).toEqual(["check_run.rerequested"]);
    expect(second.received.map(({ payload }) => payload.action)).toEqual(["created"]);
  });

  it("can be told where to listen later", async () => {
    const { sandbox, app } = await aRegistry({ events: ["push"] });
    await sandbox.as("mona").commit({ repository: "acme/registry", branch: "a", files: { a: "" }, message: "a" });
    const listener = await aListener();
    sandbox.setWebhook(app, { url: listener.url, secret: SECRET });
    await sandbox.as("mona").commit({ repository: "acme/registry", branch: "a", files: { a: "b" }, message: "b" });
    await sandbox.idle();
    expect(listener.received.filter(({ event }) => event === "push")).toHaveLength(1);
  });
});

describe("when a delivery fails", () => {
  it("is listed, not tried again by itself, and sent again with the same id when asked", async () => {
    let status = 500;
    const listener = await aListener(() => status);
    const { sandbox, app } = await aRegistry({ events: ["issues"], webhook: { url: listener.url, secret: SECRET } });
    await sandbox.as("mona").openIssue({ repository: "acme/registry", title: "x" });
    await sandbox.idle();
    expect(listener.received).toHaveLength(1);
    const asApp = caller(sandbox, jwt(app));
    const [failed] = (await asApp("GET /app/hook/deliveries?status=failure")).json;
    expect(failed).toMatchObject({ event: "issues", action: "opened", status_code: 500, redelivery: false });
    const whole = (await asApp(`GET /app/hook/deliveries/${failed.id}`)).json;
    expect(whole.request.payload.issue.title).toBe("x");
    status = 200;
    expect((await asApp(`POST /app/hook/deliveries/${failed.id}/attempts`)).status).toBe(202);
    await sandbox.idle();
    const [first, second] = listener.received;
    expect(second?.headers["x-github-delivery"]).toBe(first?.headers["x-github-delivery"]);
    const all = (await asApp("GET /app/hook/deliveries")).json;
    expect(all).toMatchObject([{ redelivery: true, status: "OK", guid: failed.guid }, { redelivery: false }]);
    expect(sandbox.violations).toEqual([]);
  });

  it("pages by cursor", async () => {
    const listener = await aListener();
    const { sandbox, app } = await aRegistry({ events: ["issues"], webhook: { url: listener.url, secret: SECRET } });
    for (const title of ["a", "b", "c"]) await sandbox.as("mona").openIssue({ repository: "acme/registry", title });
    await sandbox.idle();
    const asApp = caller(sandbox, jwt(app));
    const first = await asApp("GET /app/hook/deliveries?per_page=2");
    const next = /<(.+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    const second = await asApp(`GET ${next.slice(sandbox.apiUrl.length)}`);
    expect([first.json.length, second.json.length]).toEqual([2, 1]);
    expect(second.headers.get("link")).toBeNull();
    expect(sandbox.violations).toEqual([]);
  });

  it("is recorded when nobody listens", async () => {
    const { sandbox } = await aRegistry({ events: ["issues"], webhook: { url: "http://127.0.0.1:9/", secret: "x" } });
    await sandbox.as("mona").openIssue({ repository: "acme/registry", title: "x" });
    await sandbox.idle();
    expect(sandbox.deliveries).toMatchObject([{ statusCode: 0, status: "failed to connect to host" }]);
  });
});

describe("when webhooks have faults", () => {
  it("loses, doubles and fails as told", async () => {
    const listener = await aListener();
    const { sandbox } = await aRegistry({ events: ["issues"], webhook: { url: listener.url, secret: SECRET } });
    const open = async (title: string) => {
      await sandbox.as("mona").openIssue({ repository: "acme/registry", title });
      await sandbox.idle();
      return listener.received.length;
    };
    sandbox.faults.webhooks({ drop: 1 });
    expect(await open("lost")).toBe(0);
    expect(sandbox.deliveries).toHaveLength(0);
    sandbox.faults.webhooks({ duplicate: 1 });
    expect(await open("twice")).toBe(2);
    const [one, two] = listener.received;
    expect(one?.headers["x-github-delivery"]).toBe(two?.headers["x-github-delivery"]);
    sandbox.faults.webhooks({ fail: 1 });
    expect(await open("failed")).toBe(2);
    expect(sandbox.deliveries.at(-1)?.statusCode).toBe(0);
    expect(await open("fine")).toBe(3);
    sandbox.faults.webhooks({ delayMs: 150 });
    const started = performance.now();
    expect(await open("late")).toBe(4);
    expect(performance.now() - started).toBeGreaterThanOrEqual(145);
  });
});

describe("when the sandbox stops", () => {
  it("refuses connections afterwards", async () => {
    const sandbox = await aSandbox();
    const { serverUrl } = sandbox;
    await sandbox.stop();
    await expect(fetch(serverUrl)).rejects.toThrow();
  });

  it("does not wait for a listener that never answers", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => server.closeAllConnections());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { sandbox } = await aRegistry({ events: ["issues"], webhook: { url, secret: SECRET } });
    await sandbox.as("mona").openIssue({ repository: "acme/registry", title: "x" });
    const started = performance.now();
    await sandbox.stop();
    server.close();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
